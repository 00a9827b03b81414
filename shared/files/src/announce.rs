//! Creates the pending record of an announced file or image.

use jiff::Timestamp;

use satchel_api::Announcement;
use satchel_model::clock::later;
use satchel_model::random::Random;
use satchel_model::{FileId, Kind, Multipart, Status, Tier, Title, Upload, User, VersionId, Visibility};

use crate::UploadLifetimes;

/// The largest file that can be uploaded with one PUT: 100 MiB.
pub const MAX_PUT_BYTES: u64 = 100 * 1024 * 1024;

/// The largest object that S3 stores: 5 TiB.
pub const MAX_OBJECT_BYTES: u64 = 5 << 40;

/// Builds the pending record of an announced file or image.
///
/// `visibility` applies if the announcement has none.
#[must_use]
pub fn pending_upload(
    announced: Announcement,
    kind: Kind,
    owner: &User,
    visibility: Visibility,
    lifetimes: UploadLifetimes,
    random: Random,
    now: Timestamp,
) -> Upload {
    Upload {
        id: FileId::new(random, now),
        owner: owner.id,
        kind,
        version: VersionId::new(random, now),
        title: announced.title.unwrap_or_else(|| Title::from(&announced.filename)),
        filename: announced.filename,
        content_type: announced.content_type,
        size: announced.size,
        sha256: announced.sha256,
        visibility: announced.visibility.unwrap_or(visibility),
        uploaded_by: announced.uploaded_by.unwrap_or_else(|| owner.username.clone()),
        status: Status::Pending,
        reason: None,
        created_at: now,
        updated_at: now,
        pending_until: later(now, lifetimes.pending),
        // New URLs can be signed as long as the upload is pending.
        upload_until: Some(later(now, lifetimes.pending + lifetimes.upload_url)),
        multipart: None,
        replacement: None,
        old_versions: Vec::new(),
        sequencer: None,
        picture: None,
        object: None,
        kept: None,
        sweeps: 0,
        revision: 0,
    }
}

/// Makes `file` a multipart upload with parts that suit its owner's tier, and extends its deadlines
/// accordingly.
#[must_use]
pub fn in_parts(file: Upload, tier: &Tier, lifetimes: UploadLifetimes, now: Timestamp) -> Upload {
    let pending_until = later(now, lifetimes.multipart);
    let parts = Multipart::for_files_of(tier.max_file_bytes);
    file.in_parts(parts, pending_until, later(pending_until, lifetimes.part_url))
}
