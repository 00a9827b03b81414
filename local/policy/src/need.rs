//! The permissions that a call needs.

/// One permission that a call needs. A call may need several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of the resource that the action is applied to.
    pub resource: String,
    /// The value of the condition key `ses:FromAddress`, for mail.
    pub from: Option<String>,
    /// The value of the tag `aws:cloudformation:stack-id` of the resource, for secrets.
    pub stack: Option<String>,
}

impl Need {
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), from: None, stack: None }
    }
}
