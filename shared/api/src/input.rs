//! The fields and files of a request's body, independent of its format.

use std::collections::BTreeMap;

use serde_json::json;

use satchel_model::secret::sha256;

use crate::Sent;

/// A parsed body.
#[derive(Debug, Clone, Default)]
pub struct Input {
    pub(crate) values: BTreeMap<String, Sent>,
    pub(crate) files: Vec<FilePart>,
    /// In a form, a blank value means that the field is absent.
    pub(crate) is_form: bool,
}

/// A file in a form.
#[derive(Debug, Clone)]
pub struct FilePart {
    /// The name of the form's field.
    pub name: String,
    pub filename: String,
    pub content_type: Option<String>,
    pub bytes: Vec<u8>,
}

impl Input {
    /// A body of the fields of a JSON object.
    #[must_use]
    pub fn from_json(values: BTreeMap<String, Sent>) -> Self {
        Self { values, ..Self::default() }
    }

    /// A body of the fields and files of a form.
    #[must_use]
    pub fn from_form(values: BTreeMap<String, Sent>, files: Vec<FilePart>) -> Self {
        Self { values, files, is_form: true }
    }

    /// Whether the body has neither fields nor files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.files.is_empty()
    }

    /// A field as it was sent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Sent> {
        self.values.get(name)
    }

    /// Whether the body has a field of this name, other than a blank field of a form, which counts as absent.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|sent| !(self.is_form && sent.as_str() == Some("")))
    }

    /// The first file under one of these names.
    #[must_use]
    pub fn file(&self, names: &[&str]) -> Option<&FilePart> {
        self.files.iter().find(|file| names.contains(&file.name.as_str()))
    }

    /// Whether the body has a field of this name that is not a file.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// SHA-256 of the values of the body, in base64url; neither the order of fields nor a form's boundary
    /// affects it.
    ///
    /// Do not store the hash itself: a password in the body could be guessed from it.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut values = self.values.clone();
        for value in values.values_mut() {
            if let Sent::Value(value) = value {
                value.sort_all_objects();
            }
        }
        let files = self.files.iter();
        let files: Vec<_> = files
            .map(|file| json!([file.name, file.filename, file.content_type, sha256(&file.bytes)]))
            .collect();
        let whole = serde_json::to_string(&(values, files)).expect("a body can be serialized");
        sha256(whole.as_bytes())
    }
}
