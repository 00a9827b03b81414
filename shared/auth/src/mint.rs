//! The signing keys, fetched while the function starts.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use satchel_guard::{Mint, SigningKeys};
use satchel_http::ApiError;
use satchel_model::random::Random;
use satchel_runtime::Aws;
use satchel_runtime::config::{Config, Signing};
use tokio::sync::OnceCell;

/// Mints tokens once the private keys are there.
#[derive(Clone)]
pub struct TokenMint {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    config: Config,
    mint: OnceCell<Mint>,
}

impl TokenMint {
    /// Starts to fetch the keys, beside whatever else a cold start has to do. If that fails, the first request
    /// that needs them tries again and reports it.
    #[must_use]
    pub fn start(aws: &Aws, config: &Config) -> Self {
        let client = Client::new(&aws.service(config.aws.secrets_endpoint.as_ref()));
        let mint = Self { inner: Arc::new(Inner { client, config: config.clone(), mint: OnceCell::new() }) };
        let early = mint.clone();
        tokio::spawn(async move {
            let _reported_by_the_request = early.get().await.is_err();
        });
        mint
    }

    /// The mint, as soon as the keys are there.
    ///
    /// # Errors
    /// 503 if Secrets Manager throttles; 500 if the secret cannot be read.
    pub async fn get(&self) -> Result<&Mint, ApiError> {
        self.inner.mint.get_or_try_init(|| self.inner.fetch()).await
    }
}

impl Inner {
    async fn fetch(&self) -> Result<Mint, ApiError> {
        let Some(Signing { secret_id, kid }) = &self.config.signing else {
            return Err(ApiError::internal("SIGNING_SECRET_ID and SIGNING_KID are not set"));
        };
        let answer = self.client.get_secret_value().secret_id(secret_id).send().await;
        // The SDK has already repeated the call; any other failure needs an operator's attention.
        let answer = answer.map_err(|error| match error.code() {
            Some("ThrottlingException") => ApiError::Busy(1),
            _ => ApiError::internal(error),
        })?;
        let keys = SigningKeys::from_secret(answer.secret_string().unwrap_or_default())?;
        Ok(Mint::new(keys, kid, &self.config.issuer, self.config.lives, Random::System))
    }
}
