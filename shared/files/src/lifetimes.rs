//! The configured lifetimes of uploads, and the default visibility.

use satchel_model::Visibility;
use satchel_runtime::{StartError, Wired, Wiring};

/// How long uploads stay pending and URLs for their bytes stay valid, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct UploadLifetimes {
    /// How long an upload by one PUT stays pending.
    pub pending: i64,
    /// How long a multipart upload stays pending.
    pub multipart: i64,
    pub upload_url: i64,
    pub part_url: i64,
}

impl Wired for UploadLifetimes {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            pending: wiring.parsed("PENDING_SECONDS"),
            multipart: wiring.parsed("MULTIPART_SECONDS"),
            upload_url: wiring.parsed("UPLOAD_URL_SECONDS"),
            part_url: wiring.parsed("PART_URL_SECONDS"),
        })
    }
}

/// The visibility of a file whose owner specifies none.
#[derive(Debug, Clone, Copy)]
pub struct DefaultVisibility(pub Visibility);

impl Wired for DefaultVisibility {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(wiring.parsed("DEFAULT_VISIBILITY")))
    }
}
