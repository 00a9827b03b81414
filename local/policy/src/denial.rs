//! Denials that tests impose. They act like a policy outside the template, such as a service control policy.

use super::need::Need;
use super::pattern;

/// Denies a function one action on the resources that match a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub function: String,
    pub action: String,
    pub resources: String,
}

impl Denial {
    /// Whether this denies `need` to `function`.
    pub fn applies_to(&self, function: &str, need: &Need) -> bool {
        self.function == function
            && self.action.eq_ignore_ascii_case(&need.action)
            && (pattern::matches(&self.resources, &need.resource)
                || key(&need.resource).is_some_and(|key| pattern::matches(&self.resources, key)))
    }
}

/// The key in the ARN of an S3 object.
fn key(arn: &str) -> Option<&str> {
    Some(arn.strip_prefix("arn:aws:s3:::")?.split_once('/')?.1)
}
