//! Clients whose service answers what a test says, in the service's own wire format.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

/// Answers by a part of the path; requests without an answer get a 404.
#[derive(Debug, Clone)]
struct Canned(Vec<(String, u16, String)>);

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.iter().find(|(path, _, _)| request.uri().contains(path.as_str()));
        let (status, body) = answer.map_or((404, "{}"), |(_, status, body)| (*status, body.as_str()));
        let status = StatusCode::try_from(status).expect("tests name valid statuses");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// Answers requests in their order; those after the last answer get that answer, too.
#[derive(Debug, Clone)]
struct InTurn(Arc<(AtomicUsize, Vec<String>)>);

impl HttpConnector for InTurn {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let (requests, answers) = &*self.0;
        let place = requests.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let status = StatusCode::try_from(200).expect("a valid status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answers[place].as_str()))))
    }
}

/// An HTTP client that answers requests in their order, and all further ones with the last answer.
pub fn in_turn(answers: &[&str]) -> SharedHttpClient {
    let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let connector = SharedHttpConnector::new(InTurn(Arc::new((AtomicUsize::new(0), answers))));
    http_client_fn(move |_, _| connector.clone())
}

/// An HTTP client that answers every request alike.
pub fn reply(status: u16, body: &str) -> SharedHttpClient {
    by_path(&[("", status, body)])
}

/// An HTTP client that answers by path; requests without an answer get a 404.
pub fn by_path(answers: &[(&str, u16, &str)]) -> SharedHttpClient {
    let own = |(path, status, body): &(&str, u16, &str)| ((*path).to_owned(), *status, (*body).to_owned());
    let connector = SharedHttpConnector::new(Canned(answers.iter().map(own).collect()));
    http_client_fn(move |_, _| connector.clone())
}

/// The configuration of a client of the crate `$sdk`.
macro_rules! config {
    ($sdk:ident, $http:expr) => {
        $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new("eu-north-1"))
            .credentials_provider($sdk::config::Credentials::new("key", "secret", None, None, "test"))
            .retry_config($sdk::config::retry::RetryConfig::disabled())
            .http_client($http)
            .build()
    };
}
pub(crate) use config;
