//! Filters of lists of files and images.

use satchel_model::{MediaType, Refusal, Status};

/// A filter; `None` matches everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub content_type: Option<MediaType>,
    pub status: Option<Status>,
}

impl Filter {
    /// Reads the query parameters `content_type` and `status` of a list.
    ///
    /// # Errors
    /// A field error if a parameter is invalid.
    pub fn parse(content_type: Option<&str>, status: Option<&str>) -> Result<Self, Refusal> {
        let refused =
            |name: &'static str| move |messages: Vec<String>| Refusal::field(name, &messages.join(" "));
        Ok(Self {
            content_type: content_type.map(MediaType::parse).transpose().map_err(refused("content_type"))?,
            status: status.map(Status::parse).transpose().map_err(refused("status"))?,
        })
    }

    /// The filters as query parameters, for the URL of the next page.
    #[must_use]
    pub fn query(&self) -> [(&'static str, Option<&str>); 2] {
        [
            ("content_type", self.content_type.as_ref().map(MediaType::as_str)),
            ("status", self.status.map(Status::as_str)),
        ]
    }
}
