//! The common set-up of all AWS clients of a function, chosen for a fast cold start
//! (docs/decisions/0009-aws-clients-are-set-up-without-aws-config.md).
//!
//! `aws-config` is not used: on Lambda, region and credentials are in the environment, and its chain of
//! providers takes longer than the rest of a cold start.

use std::time::Duration;

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
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::Wiring;

/// Root certificates of Amazon's endpoints: Amazon Root CA 1 to 4 and Starfield Services G2
/// (<https://www.amazontrust.com/repository/>). Loading the system's 140 certificates instead would add 3 ms
/// to every cold start.
const AMAZON_ROOTS: &str = include_str!("roots.pem");

/// The limits of a call: all three attempts together end before the shortest time-out of a function (10 s).
const CONNECT: Duration = Duration::from_secs(1);
const ATTEMPT: Duration = Duration::from_millis(2500);
const OPERATION: Duration = Duration::from_secs(8);
const ATTEMPTS: u32 = 3;

/// The configuration that all clients share: region, credentials, HTTP client, time-outs and retries.
#[derive(Clone)]
pub struct Aws {
    config: SdkConfig,
    credentials: Credentials,
    region: String,
    native_roots: bool,
}

/// Why a request got no response. It does not contain the URL, which may be signed.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    #[error("the URL is not valid")]
    Url(#[source] HttpError),
    #[error("no response")]
    Connection(#[source] ConnectorError),
}

impl Aws {
    /// Reads region and credentials from Lambda's environment, and whether the HTTPS client trusts the
    /// system's certificates (`NATIVE_ROOTS`) instead of only Amazon's roots.
    ///
    /// `ENDPOINT_CREDENTIALS` has credentials for an endpoint that is not Amazon's. They replace Lambda's, because
    /// `sam local` cannot give a function credentials of its own: a template must not set Lambda's variables.
    ///
    /// Makes no call, and reads no file unless the system's certificates are needed.
    ///
    /// # Panics
    /// If the built-in certificates cannot be read, which every test would show.
    pub(crate) fn new(wiring: &Wiring) -> Self {
        let credentials = match wiring.ambient("ENDPOINT_CREDENTIALS") {
            Some(pair) => {
                let (key, secret) = pair.split_once(':').unwrap_or((&pair, ""));
                Credentials::new(key, secret, None, None, "endpoint")
            }
            None => Credentials::new(
                wiring.text("AWS_ACCESS_KEY_ID"),
                wiring.text("AWS_SECRET_ACCESS_KEY"),
                wiring.ambient("AWS_SESSION_TOKEN"),
                None,
                "lambda",
            ),
        };
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
        let region = wiring.text("AWS_REGION");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .http_client(http)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .build();
        Self { config, credentials, region, native_roots }
    }

    /// The configuration of a client, with an endpoint if its service is not at Amazon's.
    #[must_use]
    pub fn service(&self, endpoint: Option<&String>) -> SdkConfig {
        let mut builder = self.config.clone().into_builder();
        builder.set_endpoint_url(endpoint.cloned());
        builder.build()
    }

    /// PUTs a text to a signed URL and returns the response's status; does not retry.
    ///
    /// The content type is empty, because CloudFormation signs its response URLs that way.
    ///
    /// # Errors
    /// If there is no response in time.
    pub async fn put(&self, url: &str, body: String) -> Result<u16, PutError> {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_uri(url).map_err(PutError::Url)?;
        request.set_method("PUT").map_err(PutError::Url)?;
        request.headers_mut().insert("content-type", "");
        Ok(self.send(request).await.map_err(PutError::Connection)?.status().as_u16())
    }

    /// Sends a request over a new connection; does not retry.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        connector(self.native_roots, Some(ATTEMPT)).call(request).await
    }

    /// The credentials of the function's role.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The region of the function.
    pub(crate) fn region(&self) -> &str {
        &self.region
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
