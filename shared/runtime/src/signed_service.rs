//! Calls a service without its SDK, for a function that needs few operations of a large service
//! (docs/decisions/0068-origin-secrets-are-a-parameter.md).

use std::time::Duration;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningError, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use satchel_model::clock::Clock;
use serde_json::Value;

use crate::{Aws, Wiring};

/// The pauses before a call is repeated that got no response, or an error of the service.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// A service that is called with signed requests.
#[derive(Clone)]
pub struct SignedService {
    aws: Aws,
    clock: Clock,
    /// The service's name in signatures.
    name: &'static str,
    url: String,
}

/// Why a call failed. It contains nothing of the request.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The service refused the call, with this exception.
    #[error("{exception}: {message}")]
    Refused { exception: String, message: String },
    #[error("the service answered {0}")]
    Status(u16),
    #[error("the request cannot be made")]
    Request(#[from] HttpError),
    #[error("the request cannot be signed")]
    Signature(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no response")]
    Connection(#[from] ConnectorError),
}

impl CallError {
    /// Whether the service refused the call with this exception.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused { exception, .. } if exception == name)
    }

    /// Whether the same call may succeed a moment later.
    fn is_transient(&self) -> bool {
        match self {
            Self::Refused { exception, .. } => exception.contains("Throttl") || exception == "TooManyUpdates",
            Self::Status(status) => *status >= 500 || *status == 429,
            Self::Connection(_) => true,
            Self::Request(_) | Self::Signature(_) => false,
        }
    }
}

impl From<SigningError> for CallError {
    fn from(cause: SigningError) -> Self {
        Self::Signature(cause.into())
    }
}

impl SignedService {
    /// A service with this name; `endpoint` is the name of the setting with its URL, if that is not Amazon's.
    #[must_use]
    pub fn wired(wiring: &Wiring, name: &'static str, endpoint: &str) -> Self {
        let aws = wiring.aws().clone();
        let suffix = if aws.region().starts_with("cn-") { ".cn" } else { "" };
        let url = wiring.endpoint(endpoint);
        let url = url.unwrap_or_else(|| format!("https://{name}.{}.amazonaws.com{suffix}", aws.region()));
        Self { aws, clock: wiring.clock(), name, url }
    }

    /// Calls an operation in the protocol JSON 1.1, with the value of the header `X-Amz-Target`.
    ///
    /// # Errors
    /// If the service refuses the call, or does not answer even after repetitions.
    pub async fn json(&self, target: &str, request: &Value) -> Result<Value, CallError> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let body = self.post("/", &headers, &request.to_string()).await?;
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Posts a body, and returns that of a response with a status of success. Repeats the call twice if the service does not
    /// answer or asks to wait.
    ///
    /// # Errors
    /// If the service refuses the call, or does not answer even after repetitions.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Vec<u8>, CallError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            match self.attempt(path, headers, body).await {
                Err(failure) if failure.is_transient() => match pauses.next() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(failure),
                },
                outcome => return outcome,
            }
        }
    }

    async fn attempt(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Vec<u8>, CallError> {
        let response = self.aws.send(self.signed(path, headers, body)?).await?;
        let status = response.status().as_u16();
        let body = ByteStream::new(response.into_body()).collect().await;
        let body = body.map_err(|_| CallError::Status(status))?.to_vec();
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let error: Value = serde_json::from_slice(&body).unwrap_or_default();
        // The type may have a prefix: `com.amazonaws.ssm#ParameterNotFound`.
        let exception = error["__type"].as_str().unwrap_or_default();
        let exception = exception.rsplit('#').next().unwrap_or_default().to_owned();
        if status >= 500 || exception.is_empty() {
            return Err(CallError::Status(status));
        }
        let message = error["message"].as_str().or(error["Message"].as_str()).unwrap_or_default().to_owned();
        Err(CallError::Refused { exception, message })
    }

    /// The request, signed for the function's role.
    fn signed(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Result<HttpRequest, CallError> {
        let identity = self.aws.credentials().clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.aws.region())
            .name(self.name)
            .time(self.clock.now().into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|cause| CallError::Signature(cause.into()))?
            .into();
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let signable = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new("POST", &url, headers.iter().copied(), signable)?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_uri(url.as_str())?;
        request.set_method("POST")?;
        for (name, value) in headers {
            request.headers_mut().insert((*name).to_owned(), (*value).to_owned());
        }
        for (name, value) in instructions.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(request)
    }
}
