//! The permissions that a call needs.

use super::context::ContextKey;

/// One permission that a call needs. A call may need several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of the resource that the action is applied to.
    pub resource: String,
    /// The values of condition keys.
    context: Vec<(ContextKey, Vec<String>)>,
}

impl Need {
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), context: Vec::new() }
    }

    /// Adds the values of a condition key. Without any, the key is absent.
    pub(super) fn with(mut self, key: ContextKey, values: Vec<String>) -> Self {
        self.context.push((key, values));
        self
    }

    /// The values of a condition key; empty if the call does not have it.
    #[must_use]
    pub fn values(&self, key: ContextKey) -> &[String] {
        self.context.iter().find(|(known, _)| *known == key).map_or(&[], |(_, values)| values)
    }
}
