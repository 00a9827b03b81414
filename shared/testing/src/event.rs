//! Turns the events of `events/` into requests.

use serde_json::Value;

use satchel_http::{Gate, Request};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_runtime::{Wired, Wiring};

use crate::access_token;
use crate::settings::setting;

/// An event of API Gateway, which a test can change before a handler gets it.
#[derive(Debug, Clone)]
pub struct Event(Value);

impl Event {
    /// Reads a file of `events/`.
    #[must_use]
    pub fn of(file: &str) -> Self {
        Self(serde_json::from_str(file).expect("an event is JSON"))
    }

    /// Adds a token that is valid at [`NOW`](crate::NOW).
    #[must_use]
    pub fn signed_in(self) -> Self {
        self.header("authorization", Some(&format!("Bearer {}", access_token())))
    }

    /// Sets a header, or removes it.
    #[must_use]
    pub fn header(mut self, name: &str, value: Option<&str>) -> Self {
        let headers = self.0["headers"].as_object_mut().expect("an event has headers");
        match value {
            Some(value) => headers.insert(name.to_owned(), value.into()),
            None => headers.remove(name),
        };
        self
    }

    /// Sets the body to this JSON.
    #[must_use]
    pub fn body(mut self, body: &Value) -> Self {
        self.0["body"] = body.to_string().into();
        self.0["isBase64Encoded"] = false.into();
        self
    }

    /// Removes the body and its content type.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.0["body"] = Value::Null;
        self.header("content-type", None)
    }

    /// Sets the query; values are encoded as in a URL.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        self.0["rawQueryString"] = query.into();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        self.0["queryStringParameters"] = pairs.collect();
        self
    }

    /// Sets a path parameter.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.0["pathParameters"][name] = value.into();
        self
    }

    /// Turns the event into a HEAD of the same path.
    #[must_use]
    pub fn head(mut self) -> Self {
        self.0["requestContext"]["http"]["method"] = "HEAD".into();
        self
    }

    /// The request as a handler gets it from [`satchel_http::serve`].
    #[must_use]
    pub fn request(&self) -> Request {
        let request = lambda_http::request::from_str(&self.0.to_string()).expect("an event of API Gateway");
        let lookup = |name: &str| Some(setting(name, "http://localhost").to_owned());
        let gate =
            Gate::wired(&Wiring::new(lookup, Clock::System, Random::System)).expect("the gate is wired");
        let admitted = gate.admit(request);
        admitted.unwrap_or_else(|refusal| panic!("the gate is open: {refusal:?}"))
    }
}
