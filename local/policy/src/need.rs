//! What a call needs.

/// One thing that a call needs to be allowed; a call may need several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of what it is done to.
    pub resource: String,
    /// `ses:FromAddress`, for mail.
    pub from: Option<String>,
}

impl Need {
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), from: None }
    }
}
