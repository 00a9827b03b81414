//! The condition keys of IAM that the local stack supports.

/// A condition key. Its values come from the call that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextKey {
    /// `ses:FromAddress`: the sender of a mail.
    FromAddress,
    /// `aws:ResourceTag/aws:cloudformation:stack-id`: the stack of a secret.
    StackTag,
    /// `dynamodb:LeadingKeys`: the partition keys that a call names; those of the index, if it reads one.
    LeadingKeys,
    /// `dynamodb:Attributes`: the top-level attributes that a call names.
    Attributes,
}

impl ContextKey {
    /// Every supported key.
    pub(super) const ALL: [Self; 4] =
        [Self::FromAddress, Self::StackTag, Self::LeadingKeys, Self::Attributes];

    /// The name in a policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FromAddress => "ses:FromAddress",
            Self::StackTag => "aws:ResourceTag/aws:cloudformation:stack-id",
            Self::LeadingKeys => "dynamodb:LeadingKeys",
            Self::Attributes => "dynamodb:Attributes",
        }
    }

    /// The key of this name. Names of condition keys are not case-sensitive.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name().eq_ignore_ascii_case(name))
    }

    /// Whether a call can have several values, so that a comparison needs a set operator (`ForAllValues`).
    pub(super) fn is_multivalued(self) -> bool {
        matches!(self, Self::LeadingKeys | Self::Attributes)
    }
}
