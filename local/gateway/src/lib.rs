//! API Gateway's HTTP API, with the work of the CloudFront distribution in front of it.
//!
//! A request goes through `distribution` and `front`, is checked (`target`, `limits`), finds its route (`routing`), becomes
//! an event of payload format 2.0 (`event`), and the function's answer becomes the response (`response`).
//! What AWS does is taken from its documentation, named where it is used; where that is silent, the comment
//! says whose observation it is, or that it is a guess.

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
pub use service::{Settings, router};
