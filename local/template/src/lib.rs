//! A SAM template as CloudFormation and SAM read it, as far as the local stack runs it.
//!
//! What is written in the template runs; what this crate does not understand is an error that names the line, never
//! something left out in silence. Secrets must exist before a `{{resolve:secretsmanager:...}}` can be resolved, and
//! custom resources must have run before their attributes are known, so a stack takes up to four steps:
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
//! // ... invoke `customs[n].function` for each and keep the `Data` it answers ...
//! let attribute = |id: &str, name: &str| (id == "SigningKeys" && name == "Public").then(|| "[]".to_owned());
//! let deployment = template.deployment(&Known { secret: &secret, attribute: &attribute })?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it emulates
//!
//! - Short tags and long forms of `Ref`, `Sub`, `GetAtt`, `If`, `Equals`, `Not`, `And`, `Or`, `Join`, `Select` and
//!   `Condition`; `Parameters` with their constraints; `Conditions`; `Globals` for `Function` and `HttpApi`; dynamic
//!   references to Secrets Manager.
//! - `AWS::Serverless::Function` with its events `HttpApi`, `DynamoDB`, `S3`, `SNS`, `Schedule` and
//!   `ScheduleV2`;
//!   `AWS::Serverless::HttpApi`; tables, buckets with their notifications, secrets, queues, topics, configuration sets
//!   of SES with their event destinations, and custom resources. Each has a module of its own that lists the properties
//!   it obeys and those that make no difference on one machine. Of a CloudFront distribution, it reads the origin's
//!   headers and how long errors are cached.
//! - The names and ARNs that `Ref` and `GetAtt` give have the form that AWS gives them. Where AWS would make up a name,
//!   it is the stack's name and the resource's id, so that a restart finds the same data again.
//!
//! # What it leaves out
//!
//! - Resources that only matter in AWS, such as alarms and log groups, are parsed, and what they refer to must exist,
//!   but they are not evaluated. The module `types` lists their types; any other type is an error.
//! - `Fn::ImportValue`, `Fn::FindInMap`, `Fn::Split` and the other intrinsic functions, `Mappings`, policy templates of
//!   SAM, the events `Api`, `SQS` and the rest, layers, and functions that are not Rust binaries on `provided.*`: all are
//!   errors.
//! - More than one HTTP API, authorizers, and stages other than `$default`.
//!
//! # How it was checked
//!
//! Against the specification of AWS SAM,
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html>, and the
//! template reference of CloudFormation,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html>: each module names the
//! page of the resource or section that it reads. The tests have a small template for each rule and each refusal. That
//! a template deploys at all is not checked here.
//!
//! Start reading in `load`, which has the steps above, then `document` (sections), `scope` (evaluation) and `names`
//! (what references give).

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
mod properties;
mod queues;
mod references;
mod resources;
mod scalar;
mod scope;
mod secrets;
mod streams;
mod substitute;
mod tables;
#[cfg(test)]
mod tests;
mod types;

pub use error::TemplateError;
pub use known::Known;
pub use load::Template;
