//! `template.yaml` as CloudFormation and SAM read it, as far as the local stack runs it.
//!
//! What is written there runs; what this module does not understand is an error that names the line, never
//! something left out in silence. Secrets must exist before a `{{resolve:secretsmanager:...}}` can be resolved,
//! and custom resources must have run before their attributes are known, so a stack takes up to four steps:
//!
//! ```no_run
//! # use local::template::{Known, Template};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let template = Template::load("template.yaml".as_ref(), &std::collections::BTreeMap::new(), "us-east-1")?;
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
//! # What is understood
//!
//! - Short tags and long forms of `Ref`, `Sub`, `GetAtt`, `If`, `Equals`, `Not`, `And`, `Or`, `Join`, `Select`
//!   and `Condition`; `Parameters` with their constraints; `Conditions`; `Globals` for `Function` and `HttpApi`.
//! - `AWS::Serverless::Function` and `AWS::Serverless::HttpApi`, tables, buckets, secrets, queues, topics,
//!   configuration sets of SES with their event destinations, and custom resources: each in a module of its own
//!   that lists the properties it obeys and those that make no difference on one machine. Of a CloudFront
//!   distribution, it reads the origin's headers and how long errors are cached.
//! - Resources that only matter in AWS ([`names`] lists their types) are parsed, and what they refer to must
//!   exist, but they are not evaluated.

mod api;
mod buckets;
mod conditions;
pub(crate) mod distribution;
mod document;
mod dynamic;
mod error;
mod events;
mod functions;
mod globals;
mod intrinsics;
mod load;
mod mail;
pub mod names;
mod node;
mod parameters;
mod parse;
mod properties;
mod references;
mod resources;
mod scope;
mod secrets;
mod streams;
mod substitute;
mod tables;
#[cfg(test)]
mod tests;

pub use error::TemplateError;
pub use load::{Known, Template};
