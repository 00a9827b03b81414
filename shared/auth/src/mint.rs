//! Fetches the signing keys while the function starts.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use tokio::sync::OnceCell;

use satchel_guard::{Mint, SigningKeys, TokenLifetimes};
use satchel_model::Error;
use satchel_model::random::Random;
use satchel_runtime::{StartError, Wired, Wiring};

/// Creates tokens, as soon as the private keys have been fetched.
#[derive(Clone)]
pub struct TokenMint {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    /// Name or ARN of the secret with the private keys.
    secret_id: String,
    /// The `kid` of the key that signs.
    kid: String,
    issuer: String,
    lifetimes: TokenLifetimes,
    random: Random,
    mint: OnceCell<Mint>,
}

impl Wired for TokenMint {
    /// Starts to fetch the keys, in parallel with the rest of a cold start.
    ///
    /// If that fails, the first request that needs the keys tries again and reports the failure.
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let inner = Inner {
            client: Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_SECRETS_MANAGER")),
            secret_id: wiring.text("SIGNING_SECRET_ID"),
            kid: wiring.text("SIGNING_KID"),
            issuer: wiring.text("ISSUER"),
            lifetimes: TokenLifetimes {
                access: wiring.parsed("ACCESS_TOKEN_SECONDS"),
                refresh: wiring.parsed("REFRESH_TOKEN_SECONDS"),
            },
            random: wiring.random(),
            mint: OnceCell::new(),
        };
        let mint = Self { inner: Arc::new(inner) };
        let early = mint.clone();
        tokio::spawn(async move {
            let _reported_by_the_request = early.get().await.is_err();
        });
        Ok(mint)
    }
}

impl TokenMint {
    /// Waits until the keys have been fetched and returns the mint.
    ///
    /// # Errors
    /// [`Error::Busy`] if Secrets Manager throttles; [`Error::Failed`] if the secret cannot be fetched or
    /// read.
    pub async fn get(&self) -> Result<&Mint, Error> {
        self.inner.mint.get_or_try_init(|| self.inner.fetch()).await
    }
}

impl Inner {
    async fn fetch(&self) -> Result<Mint, Error> {
        let answer = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
        // The SDK has already retried the call; any other failure needs an operator's attention.
        let answer = answer.map_err(|error| match error.code() {
            Some("ThrottlingException") => Error::Busy { retry_after: 1 },
            _ => Error::failed(error),
        })?;
        let keys = SigningKeys::from_secret(answer.secret_string().unwrap_or_default())?;
        Ok(Mint::new(keys, &self.kid, &self.issuer, self.lifetimes, self.random))
    }
}
