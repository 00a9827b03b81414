//! API Gateway's HTTP API, with the work of a CloudFront distribution in front of it.
//!
//! # What it emulates
//!
//! - Routing of HTTP APIs, events of payload format 2.0 (which bodies are base64, cookies, lower-case headers with
//!   joined values, decoded path, raw query), the responses that functions may give, CORS by configuration, the quotas,
//!   and the gateway's own answers such as `{"message":"Not Found"}`.
//! - Of CloudFront: the headers that the distribution adds, the errors that it caches, and an update that reaches edge
//!   locations one by one ([`Distribution`]).
//! - What a CloudFront function in front of the API does, as far as the caller says so in [`FrontDoor`]. Without that,
//!   requests reach API Gateway as they were sent.
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
//! "Configure CORS for HTTP APIs", <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>, the
//! quotas of HTTP APIs, <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>, and "How
//! CloudFront processes HTTP 4xx and 5xx status codes from your origin",
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>. Where these are silent, the
//! comment says whose observation it is, or that it is a guess. The tests read the events with the crate `lambda_http`.
//!
//! Start reading in `service`: a request goes through `distribution` and `front`, is checked (`target`, `limits`), finds
//! its route (`routing`), becomes an event (`event`), and the function's answer becomes the response (`response`).

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
