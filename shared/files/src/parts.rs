//! Files that come in parts: what the routes for their parts share.

use jiff::Timestamp;
use satchel_model::Refusal;
use satchel_model::{Multipart, Status, Upload};

/// The parts of a file that waits for them.
///
/// # Errors
/// 409 that says why no part of it can be sent.
pub fn awaited_parts(file: &Upload, now: Timestamp) -> Result<&Multipart, Refusal> {
    match (file.status, &file.multipart) {
        (Status::Pending, Some(_)) if file.pending_until <= now => Err(Refusal::UploadTimeOver),
        (Status::Pending, Some(parts)) => Ok(parts),
        (Status::Pending, None) => Err(Refusal::NotInParts),
        (Status::Ready, _) => Err(Refusal::UploadComplete),
        _ => Err(Refusal::UploadRejected),
    }
}
