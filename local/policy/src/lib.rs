//! What functions may do: the `Policies` of the template, judged call by call, and what came of it.
//!
//! # What it emulates
//!
//! IAM's evaluation of identity-based policies: a call is turned into its [`Need`]s by a table of its service, since an
//! operation is not always called as the action that allows it (HEAD needs `s3:GetObject`, an item of a transaction needs
//! what it does to its item). A need must be allowed by some statement, and denied by none. A denial is worded as IAM
//! words it. [`Permissions::report`] lists what was granted, used and denied.
//!
//! # What it leaves out
//!
//! Conditions other than `StringEquals` on `ses:FromAddress`, `NotAction`, `NotResource`, principals, policy variables,
//! managed policies and SAM's policy templates: a template that has one of these in a function's `Policies` does not load.
//! Resource-based policies, permission boundaries and session policies are ignored. Tests can impose denials, as an
//! organisation's policy would.
//!
//! # How it was checked
//!
//! Against "Policy evaluation logic",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>, and the service authorization
//! reference,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>,
//! of which each table names its page. The wording of denials is that of "Troubleshoot access denied error messages",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
//!
//! Start reading in `judge`, then `statement`.

mod arn;
mod denial;
mod dynamodb;
mod judge;
mod mail;
mod need;
mod pattern;
mod record;
mod s3;
mod secrets;
mod statement;
#[cfg(test)]
mod tests;

pub use dynamodb::needs as dynamodb_needs;
pub use judge::{Denied, Permissions};
pub use mail::needs as mail_needs;
pub use need::Need;
pub use record::{Grant, Noted, Permission, Report};
pub use s3::needs as s3_needs;
pub use secrets::needs as secrets_needs;
pub use statement::Statement;
