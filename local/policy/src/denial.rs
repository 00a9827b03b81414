//! Denials that tests impose, as a policy outside the template would, such as one of the organisation.

use super::need::Need;
use super::pattern;

/// One function's name, one action, and a pattern of resources.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub function: String,
    pub action: String,
    pub resources: String,
}

impl Denial {
    /// Whether this denies `function` the action and resource of `need`.
    pub fn is_about(&self, function: &str, need: &Need) -> bool {
        self.function == function
            && self.action.eq_ignore_ascii_case(&need.action)
            && (pattern::matches(&self.resources, &need.resource)
                || key(&need.resource).is_some_and(|key| pattern::matches(&self.resources, key)))
    }
}

/// The key in the ARN of an object.
fn key(arn: &str) -> Option<&str> {
    Some(arn.strip_prefix("arn:aws:s3:::")?.split_once('/')?.1)
}
