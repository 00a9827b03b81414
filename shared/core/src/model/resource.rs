//! Resources: two texts that an account keeps.

use serde::{Deserialize, Serialize};

use super::ResourceId;
use crate::http::{ApiError, Fields, Input};

const MAX_CHARS: usize = 1000;

/// A resource, as it is kept and as its owner reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    pub id: ResourceId,
    pub field1: ResourceText,
    pub field2: ResourceText,
}

/// A text of a resource: 1 to 1000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceText(String);

/// What is to be changed of a resource; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    pub field1: Option<ResourceText>,
    pub field2: Option<ResourceText>,
}

impl Resource {
    /// Reads the fields of a new resource.
    ///
    /// # Errors
    /// 400 with everything that is wrong.
    pub fn read(id: ResourceId, input: &Input) -> Result<Self, ApiError> {
        let mut fields = Fields::of(input);
        let field1 = fields.required("field1", ResourceText::parse);
        let field2 = fields.required("field2", ResourceText::parse);
        let (field1, field2) = fields.finish(field1.zip(field2))?;
        Ok(Self { id, field1, field2 })
    }

    /// The resource once `change` is made.
    #[must_use]
    pub fn with(self, change: ResourceChange) -> Self {
        Self {
            field1: change.field1.unwrap_or(self.field1),
            field2: change.field2.unwrap_or(self.field2),
            ..self
        }
    }
}

impl ResourceText {
    /// # Errors
    /// If it is too long.
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

impl ResourceChange {
    /// Reads both fields.
    ///
    /// # Errors
    /// 400 with everything that is wrong.
    pub fn whole(input: &Input) -> Result<Self, ApiError> {
        let mut fields = Fields::of(input);
        let field1 = fields.required("field1", ResourceText::parse);
        let field2 = fields.required("field2", ResourceText::parse);
        fields.finish(Some(Self { field1, field2 }))
    }

    /// Reads the fields that are there.
    ///
    /// # Errors
    /// 400 with everything that is wrong.
    pub fn partial(input: &Input) -> Result<Self, ApiError> {
        let mut fields = Fields::of(input);
        let field1 = fields.optional("field1", ResourceText::parse);
        let field2 = fields.optional("field2", ResourceText::parse);
        fields.finish(Some(Self { field1, field2 }))
    }
}
