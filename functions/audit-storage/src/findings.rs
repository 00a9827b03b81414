//! Logs each finding as a warning. The alarm comes from the metric that counts findings.

use satchel_files::Holding;
use satchel_model::Upload;
use satchel_objects::{Bucket, Listed, PartsUnderWay};
use tracing::warn;

/// Findings that one run logs. Above this number, the totals of the report are more useful.
const MOST: usize = 100;

/// Logs findings, up to a maximum number per run.
pub struct Findings {
    repair: bool,
    written: usize,
}

impl Findings {
    pub fn new(repair: bool) -> Self {
        Self { repair, written: 0 }
    }

    /// Logs an object without a record.
    ///
    /// `is_ours` tells whether Satchel could have made the key. Any other key may contain anything, so it is
    /// not logged; the object can be found by its time.
    pub fn object(&mut self, bucket: Bucket, object: &Listed, is_ours: bool) {
        if !self.has_room() {
            return;
        }
        let (bucket, key) = (bucket.name(), shown(&object.key, is_ours));
        let (bytes, modified_at) = (object.size, object.modified_at.to_string());
        if self.repair {
            warn!(
                audit.bucket = bucket,
                audit.key = key,
                audit.bytes = bytes,
                audit.modified_at = modified_at,
                "deleted an object without a record"
            );
        } else {
            warn!(
                audit.bucket = bucket,
                audit.key = key,
                audit.bytes = bytes,
                audit.modified_at = modified_at,
                "object without a record"
            );
        }
    }

    /// Logs a multipart upload that no record is waiting for.
    pub fn parts(&mut self, upload: &PartsUnderWay, is_ours: bool) {
        if !self.has_room() {
            return;
        }
        let (key, begun_at) = (shown(&upload.key, is_ours), upload.begun_at.to_string());
        if self.repair {
            warn!(audit.key = key, audit.begun_at = begun_at, "aborted a multipart upload without a record");
        } else {
            warn!(audit.key = key, audit.begun_at = begun_at, "multipart upload without a record");
        }
    }

    /// Logs an account whose used or kept bytes differ from the sum of its records.
    pub fn account(&mut self, holding: &Holding, is_repaired: bool) {
        if !self.has_room() {
            return;
        }
        let Holding { user_id: id, used, reserved, kept, counted } = *holding;
        if is_repaired {
            warn!(
                user_id = %id,
                audit.used = used,
                audit.reserved = reserved,
                audit.kept = kept,
                audit.counted = counted,
                "corrected a quota"
            );
        } else {
            warn!(
                user_id = %id,
                audit.used = used,
                audit.reserved = reserved,
                audit.kept = kept,
                audit.counted = counted,
                "quota differs from the sum of the account's records"
            );
        }
    }

    /// Logs a shared copy that differs from its file or has no file.
    pub fn copy(&mut self, copy: &Upload, is_repaired: bool) {
        if !self.has_room() {
            return;
        }
        let (file, owner) = (copy.id, copy.owner);
        if is_repaired {
            warn!(audit.file = %file, user_id = %owner, "removed a shared copy that does not match its file");
        } else {
            warn!(audit.file = %file, user_id = %owner, "shared copy does not match its file");
        }
    }

    fn has_room(&mut self) -> bool {
        self.written += 1;
        if self.written == MOST + 1 {
            warn!(audit.lines = MOST, "more findings than are logged");
        }
        self.written <= MOST
    }
}

fn shown(key: &str, is_ours: bool) -> &str {
    if is_ours { key } else { "not one of ours" }
}
