//! Files that come in parts: what the routes for their parts share.

use http::StatusCode;
use jiff::Timestamp;
use satchel_http::ApiError;
use satchel_model::{Multipart, Status, Upload};

/// The parts of a file that waits for them.
///
/// # Errors
/// 409 that says why no part of it can be sent.
pub fn awaited_parts(file: &Upload, now: Timestamp) -> Result<&Multipart, ApiError> {
    let conflict = |words| Err(ApiError::Detail(StatusCode::CONFLICT, words));
    match (file.status, &file.multipart) {
        (Status::Pending, Some(_)) if file.pending_until <= now => {
            conflict("The time to send this file is over. Announce it again.")
        }
        (Status::Pending, Some(parts)) => Ok(parts),
        (Status::Pending, None) => {
            conflict("This file is sent by a single PUT, to the URL it was announced with.")
        }
        (Status::Ready, _) => conflict("The file is complete already."),
        _ => conflict("The file was rejected."),
    }
}
