//! An HTTP API of API Gateway, and a CloudFront distribution in front of it.
//!
//! # What it emulates
//!
//! - Routing of HTTP APIs; events in the payload format 2.0, with base64 bodies, cookies, joined headers, a decoded
//!   path and a raw query; responses of functions; CORS by configuration; quotas; API Gateway's own responses such as
//!   `{"message":"Not Found"}`.
//! - Of CloudFront: the headers that the distribution adds, its cache of errors, and updates that reach edge locations
//!   one after another ([`Distribution`]).
//! - The effects of a CloudFront function in front of the API, as configured in [`FrontDoor`]. By default, requests
//!   reach API Gateway unchanged.
//!
//! # What it leaves out
//!
//! - Authorizers, stages, payload format 1.0, WebSocket and REST APIs, throttling, access logs, custom domains, TLS.
//! - Of CloudFront: the cache of successful responses, behaviours other than the default one, custom error pages, and
//!   running the code of CloudFront functions.
//!
//! # How it was checked
//!
//! Against "Working with AWS Lambda proxy integrations for HTTP APIs",
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>, "Create
//! routes for HTTP APIs", <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>,
//! "Configure CORS for HTTP APIs", <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>,
//! the quotas of HTTP APIs, <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>, and
//! "How CloudFront processes HTTP 4xx and 5xx status codes from your origin",
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>. Where the documentation
//! says nothing, a comment names the source of an observation, or says that the behaviour is a guess. The tests parse
//! the events with the crate `lambda_http`.
//!
//! Start reading in `service`. A request passes `distribution` and `front`, is checked (`target`, `limits`), routed
//! (`routing`) and converted to an event (`event`). The function's answer is converted to the response (`response`).

mod answers;
mod body;
mod cors;
mod distribution;
mod event;
mod front;
mod limits;
mod response;
mod routing;
mod service;
mod target;
#[cfg(test)]
mod tests;

pub use distribution::Distribution;
pub use front::{BodyLimit, FrontDoor};
pub use service::{Settings, router};
