//! Denials that tests impose: what a policy outside the template, such as one of the organisation, takes away.

use super::need::Need;
use super::pattern;

/// The name of one function, one action, and a pattern of the resources.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub function: String,
    pub action: String,
    pub resources: String,
}

impl Denial {
    /// Whether `function` is denied `need`.
    pub fn is_about(&self, function: &str, need: &Need) -> bool {
        self.function == function
            && self.action.eq_ignore_ascii_case(&need.action)
            && (pattern::matches(&self.resources, &need.resource)
                || key(&need.resource).is_some_and(|key| pattern::matches(&self.resources, key)))
    }
}

/// The key of an object, by the object's ARN.
fn key(arn: &str) -> Option<&str> {
    Some(arn.strip_prefix("arn:aws:s3:::")?.split_once('/')?.1)
}
