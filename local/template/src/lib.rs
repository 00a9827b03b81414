//! Reads a SAM template, and evaluates the part of it that the local stack runs.
//!
//! An element that this crate does not support is an error that names the line. Nothing is left out silently.
//! Evaluation has up to four steps, because secrets must exist before a `{{resolve:secretsmanager:...}}` can be
//! resolved, and custom resources must have been created before their attributes are known:
//!
//! ```no_run
//! # use local_common::StackIdentity;
//! # use local_template::{Known, Template};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = StackIdentity::default();
//! let template = Template::load("template.yaml".as_ref(), &std::collections::BTreeMap::new(), &identity)?;
//! let stores = template.stores()?; // tables, buckets, secrets and queues; no functions
//! // ... open the secrets of `stores` ...
//! let secret = |id: &str| (id == "origin").then(|| "s3cret".to_owned());
//! let customs = template.custom_resources(&Known { secret: &secret, attribute: &|_, _| None })?;
//! // ... invoke `customs[n].function` for each, and store the `Data` of its answer ...
//! let attribute = |id: &str, name: &str| (id == "SigningKeys" && name == "Public").then(|| "[]".to_owned());
//! let deployment = template.deployment(&Known { secret: &secret, attribute: &attribute })?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it emulates
//!
//! - The short and long forms of `Ref`, `Sub`, `GetAtt`, `If`, `Equals`, `Not`, `And`, `Or`, `Join`, `Select`, `Split`
//!   and `Condition`; `Parameters` with their constraints; `Rules` with their own
//!   functions; `Conditions`; `Globals` for `Function` and `HttpApi`; dynamic
//!   references to Secrets Manager.
//! - `AWS::Serverless::Function` with its events `HttpApi`, `DynamoDB`, `S3`, `SNS`, `Schedule` and `ScheduleV2`;
//!   `AWS::Serverless::HttpApi`; tables, buckets with their notifications, secrets, queues, topics, metric filters,
//!   alarms, configuration sets of SES with their event destinations, policies beside the roles of functions, and custom
//!   resources. The module of each type lists the properties that it
//!   supports, and those that it ignores because they make no difference on one machine. Of a CloudFront distribution,
//!   only the headers of the origin, the caching of errors and the policy of response headers are read.
//! - The names and ARNs that `Ref` and `GetAtt` return have AWS's form. Where AWS would generate a name, the local
//!   stack combines the stack's name and the logical id, so that a restart finds the same data again.
//!
//! # What it leaves out
//!
//! - Resources that matter in AWS only, such as dashboards and log groups, are not evaluated. Their references are checked.
//!   The module `types` lists their types. Any other type is an error.
//! - `Fn::ImportValue`, `Fn::FindInMap` and the other intrinsic functions, `Mappings`, policy templates of
//!   SAM, the events `Api`, `SQS` and the rest, layers, and functions that are not Rust binaries on `provided.*`. All
//!   of these are errors.
//! - More than one HTTP API, authorizers, and stages other than `$default`.
//!
//! # How it was checked
//!
//! Against the specification of AWS SAM,
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html>, and the
//! template reference of CloudFormation,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html>: the modules name the
//! pages of their resources and sections. The tests have a small template for each rule and each error. This crate does
//! not check that AWS would deploy a template.
//!
//! Start reading in `load`, which has the steps above, then `document` (sections), `scope` (evaluation) and `names`
//! (values of references).

mod api;
mod arguments;
mod buckets;
mod custom;
mod distribution;
mod document;
mod dynamic;
mod error;
mod events;
mod functions;
mod globals;
mod intrinsics;
mod known;
mod load;
mod mail;
mod names;
mod node;
mod parameters;
mod parse;
mod policies;
mod properties;
mod queues;
mod references;
mod resources;
mod response_headers;
mod rules;
mod scalar;
mod scope;
mod secrets;
mod signals;
mod streams;
mod substitute;
mod tables;
#[cfg(test)]
mod tests;
mod types;

pub use error::TemplateError;
pub use known::Known;
pub use load::Template;
