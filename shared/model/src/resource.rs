//! Resources: pairs of texts that an account stores.

use serde::{Deserialize, Serialize};

use super::ResourceId;

const MAX_CHARS: usize = 1000;

/// A resource, as it is stored and as its owner reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    pub id: ResourceId,
    pub field1: ResourceText,
    pub field2: ResourceText,
}

/// A text of a resource: up to 1000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceText(String);

/// A change of a resource; `None` leaves the field unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    pub field1: Option<ResourceText>,
    pub field2: Option<ResourceText>,
}

impl Resource {
    /// Applies `change` to the resource.
    #[must_use]
    pub fn with(self, change: ResourceChange) -> Self {
        Self {
            id: self.id,
            field1: change.field1.unwrap_or(self.field1),
            field2: change.field2.unwrap_or(self.field2),
        }
    }
}

impl ResourceText {
    /// Accepts a text of up to 1000 characters.
    ///
    /// # Errors
    /// The message, if the text is too long.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        if text.chars().count() > MAX_CHARS {
            return Err(vec![format!("Ensure this field has no more than {MAX_CHARS} characters.")]);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_up_to_1000_characters_of_any_encoded_length() {
        assert!(ResourceText::parse(&"\u{1f40e}".repeat(1000)).is_ok());
        let refused = ResourceText::parse(&"x".repeat(1001));
        assert_eq!(refused, Err(vec!["Ensure this field has no more than 1000 characters.".to_owned()]));
    }
}
