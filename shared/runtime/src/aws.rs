//! One set-up for every AWS client of a function, as cheap as measured (docs/decisions.md, "Cold start").
//!
//! `aws-config` is left out: on Lambda, region and credentials stand in the environment, and its chain of
//! providers costs more than all the rest of a cold start.

use std::time::Duration;

use crate::Wiring;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// Roots that Amazon's endpoints chain to: Amazon Root CA 1 to 4 and Starfield Services G2
/// (<https://www.amazontrust.com/repository/>). Loading the system's 140 instead costs 3 ms of every cold start.
const AMAZON_ROOTS: &str = include_str!("roots.pem");

/// The three tries of a call, together, end before the shortest time-out of a function (10 s).
const CONNECT: Duration = Duration::from_secs(1);
const ATTEMPT: Duration = Duration::from_millis(2500);
const OPERATION: Duration = Duration::from_secs(8);
const ATTEMPTS: u32 = 3;

/// What all clients share: region, credentials, HTTP client, time-outs and retries.
#[derive(Clone)]
pub struct Aws {
    config: SdkConfig,
    native_roots: bool,
}

/// Why a request to a signed URL has no answer; the URL is not in it.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    #[error("the URL is none")]
    Url(#[source] HttpError),
    #[error("no answer")]
    Connection(#[source] ConnectorError),
}

impl Aws {
    /// Sets up from what Lambda says in the environment: region and credentials, and whether the HTTPS client trusts the
    /// system's certificates (`NATIVE_ROOTS`) instead of Amazon's roots alone. Nothing is called, and no file is read
    /// unless the system's certificates are needed.
    ///
    /// # Panics
    /// If the built-in certificates cannot be read, which the first test would show.
    pub(crate) fn new(wiring: &Wiring) -> Self {
        let credentials = Credentials::new(
            wiring.text("AWS_ACCESS_KEY_ID"),
            wiring.text("AWS_SECRET_ACCESS_KEY"),
            wiring.ambient("AWS_SESSION_TOKEN"),
            None,
            "lambda",
        );
        let native_roots = wiring.ambient("NATIVE_ROOTS").is_some_and(|value| value == "true");
        // The SDK's own HTTP client would set up TLS once for each client, to check its settings, and again for the first
        // call.
        let connector = SharedHttpConnector::new(connector(native_roots, None));
        let http = http_client_fn(move |_, _| connector.clone());
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(wiring.text("AWS_REGION")))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .build();
        Self { config, native_roots }
    }

    /// The set-up of a client, with the endpoint of its service if it is not at Amazon's.
    #[must_use]
    pub fn service(&self, endpoint: Option<&String>) -> SdkConfig {
        let mut builder = self.config.clone().into_builder();
        builder.set_endpoint_url(endpoint.cloned());
        builder.build()
    }

    /// PUTs a text to a URL that is signed already, with an empty content type, as CloudFormation signs the URLs
    /// it waits at; the answer's status. Tried once.
    ///
    /// # Errors
    /// If there is no answer in time.
    pub async fn put(&self, url: &str, body: String) -> Result<u16, PutError> {
        let connector = connector(self.native_roots, Some(ATTEMPT));
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_uri(url).map_err(PutError::Url)?;
        request.set_method("PUT").map_err(PutError::Url)?;
        request.headers_mut().insert("content-type", "");
        let answer = connector.call(request).await.map_err(PutError::Connection)?;
        Ok(answer.status().as_u16())
    }
}

/// Connects to HTTPS servers and keeps the connections.
fn connector(native_roots: bool, read_timeout: Option<Duration>) -> Connector {
    let mut settings = HttpConnectorSettings::builder().connect_timeout(CONNECT);
    settings.set_read_timeout(read_timeout);
    Connector::builder()
        .connector_settings(settings.build())
        .sleep_impl(TokioSleep::new())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls_context(native_roots))
        .build()
}

fn tls_context(native_roots: bool) -> TlsContext {
    let roots = if native_roots {
        TrustStore::default()
    } else {
        TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
    };
    TlsContext::builder().with_trust_store(roots).build().expect("the built-in certificates can be read")
}
