//! What functions may do: the `Policies` of the template, judged call by call, and what came of it.
//!
//! A call is turned into its [`Need`]s by a table of its service, since an operation is not always called as the
//! action that allows it: HEAD needs `s3:GetObject`, an item of a transaction needs what it does to its item. A
//! need is judged as IAM judges it: allowed by some statement, and denied by none.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

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

pub(crate) use dynamodb::needs as dynamodb_needs;
pub use judge::{Denied, Permissions};
pub(crate) use mail::needs as mail_needs;
pub use need::Need;
pub use record::{Grant, Noted, Permission, Report};
pub(crate) use s3::needs as s3_needs;
pub(crate) use secrets::needs as secrets_needs;
pub use statement::Statement;
