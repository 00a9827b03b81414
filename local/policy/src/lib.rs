//! Permissions of functions: checks every call against the `Policies` of the template, and records the result.
//!
//! # What it emulates
//!
//! IAM's evaluation of identity-based policies. A module for each service maps a call to the permissions that it needs
//! ([`Need`]), because an operation and its action may have different names: `HeadObject` needs `s3:GetObject`, and a
//! transaction needs the action for each of its items. At least one statement must allow each need, and no statement
//! may deny it. The text of a denial is IAM's. [`Permissions::report`] lists what was granted, used and denied.
//!
//! Conditions compare `ses:FromAddress`, the stack's tag of a secret, `dynamodb:LeadingKeys` and `dynamodb:Attributes` by `StringEquals`,
//! `StringLike`, their negations and `Null`; the two keys of DynamoDB need `ForAllValues`. Each item of a transaction is
//! checked by itself. A batch is checked once for each table, with all of its keys, so that one statement must allow all
//! of them. AWS does not say whether a batch could also be allowed by several statements together; a policy that passes
//! here passes in either case.
//!
//! # What it leaves out
//!
//! Other condition keys and operators, `NotAction`, `NotResource`, principals, policy variables, managed policies and
//! SAM's policy templates. A template that uses one of these in a function's `Policies` does not load. Resource-based
//! policies, permission boundaries and session policies are ignored. Tests can impose denials, which act like a service
//! control policy.
//!
//! # How it was checked
//!
//! Against "Policy evaluation logic",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>, and the service
//! authorization reference,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>,
//! whose pages are named in the module of each service. Conditions were checked against the examples of "Using IAM policy
//! conditions for fine-grained access control",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>, and not against AWS
//! itself. The text of denials follows "Troubleshoot access denied error
//! messages", <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
//!
//! Start reading in `permissions`, then `statement`.

mod arn;
mod condition;
mod context;
mod denial;
mod dynamodb;
mod expressions;
#[cfg(test)]
mod guide_examples;
mod lambda;
mod mail;
mod need;
mod parameters;
mod pattern;
mod permissions;
mod record;
mod s3;
mod secrets;
mod statement;
#[cfg(test)]
mod tests;

pub use context::ContextKey;
pub use dynamodb::needs as dynamodb_needs;
pub use lambda::needs as lambda_needs;
pub use mail::needs as mail_needs;
pub use need::Need;
pub use parameters::needs as parameter_needs;
pub use permissions::{Denied, Permissions};
pub use record::{Grant, Noted, Permission, Report};
pub use s3::{needs as s3_needs, needs_of_version as s3_version_needs};
pub use secrets::needs as secrets_needs;
pub use statement::Statement;
