//! The tokens of share links: derived from the id of the link, so that its owner can read its URL again.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use satchel_model::clock::{Clock, later};
use satchel_model::secret::Secret;
use satchel_model::{Error, ShareId};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::StoredShare;

/// Fetches the secret of share links while the function starts, and again when it may have been rotated.
#[derive(Clone)]
pub struct LinkTokens {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    /// Name or ARN of the secret.
    secret_id: String,
    /// How long a function uses the secret before it fetches it again, in seconds.
    seconds: i64,
    clock: Clock,
    fetched: Mutex<Option<(Timestamp, Arc<LinkSecret>)>>,
}

/// The secret of all generations, from which the tokens of share links are derived.
#[derive(Clone)]
pub struct LinkSecret {
    /// The generation of new links.
    pub current: u32,
    generations: BTreeMap<u32, Secret>,
}

/// The stored form: the template generates a flat object with a `generation` and a `secret`.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredSecret {
    #[serde(flatten)]
    pub current: Generation,
    /// The generations of links that are still valid.
    #[serde(default)]
    pub earlier: Vec<Generation>,
    /// When the current generation was created; `None` for the first one.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// One generation of the secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Generation {
    pub generation: u32,
    pub secret: String,
}

/// The stored secret is not in the expected JSON format. The message contains nothing of the secret.
#[derive(Debug, thiserror::Error)]
#[error("the secret of share links is not {{\"generation\", \"secret\", \"earlier\", \"since\"}}")]
pub(crate) struct Malformed;

impl Wired for LinkTokens {
    /// Starts to fetch the secret, in parallel with the rest of a cold start.
    ///
    /// If that fails, the first request that needs the secret tries again and reports the failure.
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let inner = Inner {
            client: Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_SECRETS_MANAGER")),
            secret_id: wiring.text("LINK_SECRET_ID"),
            seconds: wiring.parsed("LINK_SECRET_SECONDS"),
            clock: wiring.clock(),
            fetched: Mutex::default(),
        };
        let tokens = Self { inner: Arc::new(inner) };
        let early = tokens.clone();
        tokio::spawn(async move {
            let _reported_by_the_request = early.get().await.is_err();
        });
        Ok(tokens)
    }
}

impl LinkTokens {
    /// Returns the secret for new links; it is at most `LINK_SECRET_SECONDS` old.
    ///
    /// # Errors
    /// [`Error::Busy`] if Secrets Manager throttles; [`Error::Failed`] if the secret cannot be fetched or
    /// read.
    pub async fn get(&self) -> Result<Arc<LinkSecret>, Error> {
        self.knowing(0).await
    }

    /// Returns the secret for the URLs of `shares`; it is fetched again if one of them is from a later
    /// generation.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn of(&self, shares: &[StoredShare]) -> Result<Arc<LinkSecret>, Error> {
        let generations = shares.iter().filter_map(|stored| stored.share.generation);
        self.knowing(generations.max().unwrap_or_default()).await
    }

    async fn knowing(&self, generation: u32) -> Result<Arc<LinkSecret>, Error> {
        let (inner, now) = (&self.inner, self.inner.clock.now());
        let mut fetched = inner.fetched.lock().await;
        if let Some((at, secret)) = &*fetched
            && later(*at, inner.seconds) > now
            && secret.current >= generation
        {
            return Ok(Arc::clone(secret));
        }
        let secret = Arc::new(LinkSecret::from(inner.fetch().await?));
        *fetched = Some((now, Arc::clone(&secret)));
        Ok(secret)
    }
}

impl Inner {
    async fn fetch(&self) -> Result<StoredSecret, Error> {
        let answer = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
        // The SDK has already retried the call; any other failure needs an operator's attention.
        let answer = answer.map_err(|error| match error.code() {
            Some("ThrottlingException") => Error::Busy { retry_after: 1 },
            _ => Error::failed(error),
        })?;
        serde_json::from_str(answer.secret_string().unwrap_or_default()).map_err(|_| Error::failed(Malformed))
    }
}

impl LinkSecret {
    /// The token of a new link.
    ///
    /// # Panics
    /// Never: the secret contains its current generation.
    #[must_use]
    pub fn new_token(&self, id: ShareId) -> Secret {
        derive(&self.generations[&self.current], id)
    }

    /// The URL of a link below `base_url`; `None` if its token is not derived, or not from this secret.
    #[must_use]
    pub fn url(&self, StoredShare { share, hash }: &StoredShare, base_url: &str) -> Option<String> {
        let token = derive(self.generations.get(&share.generation?)?, share.id);
        (token.sha256() == *hash).then(|| format!("{base_url}/s/{}", token.expose()))
    }
}

impl From<StoredSecret> for LinkSecret {
    fn from(stored: StoredSecret) -> Self {
        let current = stored.current.generation;
        let all = stored.earlier.into_iter().chain([stored.current]);
        let generations = all.map(|one| (one.generation, Secret::new(one.secret))).collect();
        Self { current, generations }
    }
}

fn derive(secret: &Secret, id: ShareId) -> Secret {
    secret.token_for(&format!("share link {id}"))
}
