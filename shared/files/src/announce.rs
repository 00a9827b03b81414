//! The record of a file that was announced.

use jiff::Timestamp;

use satchel_api::Announcement;
use satchel_model::clock::later;
use satchel_model::random::Random;
use satchel_model::{FileId, Kind, Multipart, Status, Tier, Title, Upload, User, VersionId, Visibility};

use crate::UploadLifetimes;

/// The largest file that one PUT may carry: 100 MiB.
pub const MAX_PUT_BYTES: u64 = 100 * 1024 * 1024;

/// The largest object that the store takes: 5 TiB.
pub const MAX_OBJECT_BYTES: u64 = 5 << 40;

/// The pending record of this file; `visibility` is what it gets if none was announced.
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
        // A URL may be signed, again and again, as long as it is pending.
        upload_until: Some(later(now, lifetimes.pending + lifetimes.upload_url)),
        multipart: None,
        replacement: None,
        old_versions: Vec::new(),
        sequencer: None,
        picture: None,
        sweeps: 0,
        revision: 0,
    }
}

/// Lets a file come in parts that suit its owner's tier, and gives it the time for them.
#[must_use]
pub fn in_parts(file: Upload, tier: &Tier, lifetimes: UploadLifetimes, now: Timestamp) -> Upload {
    let pending_until = later(now, lifetimes.multipart);
    let parts = Multipart::for_files_of(tier.max_file_bytes);
    file.in_parts(parts, pending_until, later(pending_until, lifetimes.part_url))
}
