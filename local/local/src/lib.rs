//! The whole of Satchel on one machine: what `template.yaml` describes, run without AWS and without Docker.
//!
//! [`Stack::start`] reads the template, builds the function binaries, and stands in for the services they
//! talk to: API Gateway, the Lambda Runtime API, DynamoDB, S3, SES and Secrets Manager.

pub mod calls;
pub mod clock;
pub mod credentials;
pub mod deployment;
pub mod dynamodb;
pub mod functions;
pub mod gateway;
pub mod invoker;
pub mod logs;
pub mod mail;
pub mod options;
pub mod permissions;
pub mod s3;
pub mod secrets;
pub mod stack;
pub mod template;

pub use options::Options;
pub use stack::Stack;
