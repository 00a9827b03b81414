//! Filters of lists of files and images.

use satchel_model::{MediaType, Status, Visibility};

/// A filter; `None` matches everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub content_type: Option<MediaType>,
    pub status: Option<Status>,
    pub visibility: Option<Visibility>,
}

impl Filter {
    /// The filters as query parameters, for the URL of the next page.
    #[must_use]
    pub fn query(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("content_type", self.content_type.as_ref().map(MediaType::as_str)),
            ("status", self.status.map(Status::as_str)),
            ("visibility", self.visibility.map(Visibility::as_str)),
        ]
    }
}
