//! Secrets Manager: a store of secrets in the data folder, and the wire protocol.
//!
//! # What it emulates
//!
//! `GetSecretValue`, `DescribeSecret`, `CreateSecret`, `PutSecretValue` and `UpdateSecretVersionStage` over JSON 1.1, with
//! versions and staging labels, and `GenerateSecretString` of CloudFormation.
//!
//! # What it leaves out
//!
//! Every other operation, deletion and its recovery window, rotation by a function, resource policies, replicas and
//! encryption. Values are stored in a file that only its owner can read.
//!
//! # How it was checked
//!
//! Against the AWS Secrets Manager API Reference,
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html>, and the property reference of
//! `GenerateSecretString`,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html>.
//!
//! Start reading in `operations`, then `store`.

mod endpoint;
mod generate;
mod operations;
mod store;
mod versions;

pub use endpoint::router;
pub use store::{Secrets, SecretsError};

#[cfg(test)]
mod tests;
