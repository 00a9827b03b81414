//! A whole SAM template on one machine, without AWS and without Docker.
//!
//! [`Stack::start`] reads the template, builds the function binaries, and stands in for the services they talk to: API
//! Gateway, the Lambda Runtime API, DynamoDB, S3, SES and Secrets Manager. It runs any template of HTTP APIs, S3 events,
//! table streams and schedules; what is specific to one deployment is its [`Profile`]. Without `--template` the program
//! runs Satchel's template with Satchel's profile.
//!
//! # What it emulates
//!
//! - Each service is a crate of its own; the pages of `local-gateway`, `local-lambda`, `local-dynamodb`, `local-s3`,
//!   `local-ses`, `local-secrets`, `local-parameters`, `local-policy` and `local-template` say what of it.
//! - Of CloudFormation: custom resources, which are made by functions of the template, and updates that change parameters
//!   of a running stack, with rollback.
//! - Of SAM: nothing, but `sam local` can run functions over this stack: with `--sam`, containers reach all services at
//!   one more port, and a file has the variables of every function.
//! - Of `EventBridge`: schedules by `rate(...)` and `cron(...)`.
//!
//! # What it leaves out
//!
//! - Of CloudFormation: replacing, deleting and importing resources; updates of a running stack that change more than
//!   environments of functions and the headers of the distribution.
//! - Of `EventBridge`: `at(...)`, the characters `L`, `W` and `#` of `cron(...)`, time zones, buses and rules.
//! - SQS beyond queues for events that failed for good, and SNS beyond the feedback of SES.
//!
//! # How it was checked
//!
//! Against "Custom resource reference",
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html>, the page on schedule
//! patterns,
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>, and for presigned URLs the
//! example of "Authenticating Requests: Using Query Parameters",
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>, whose signature a test computes. The test
//! `third_party` runs a small template that has nothing to do with Satchel.
//!
//! Start reading in `stack/start.rs`, which starts everything in the order in which one thing needs another.

#[cfg(test)]
mod fake;
mod options;
mod profile;
pub mod stack;

pub use local_calls as calls;
pub use local_cloudwatch as cloudwatch;
pub use local_common::clock;
pub use local_deployment as deployment;
pub use local_dynamodb as dynamodb;
pub use local_gateway as gateway;
pub use local_lambda as invoker;
pub use local_policy as permissions;
pub use local_s3 as s3;
pub use local_ses as mail;
pub use options::{Options, ReadyAfter};
pub use profile::Profile;
pub use stack::Stack;
