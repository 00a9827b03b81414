//! What operators read of each finding: at level ERROR, which rings an alarm, until it is put right.

use satchel_files::Holding;
use satchel_model::Upload;
use satchel_objects::{Bucket, Listed, PartsUnderWay};
use tracing::{error, warn};

/// As many lines as one run writes: whoever has more to read needs the figures.
const MOST: usize = 100;

/// Writes findings down, up to a number.
pub struct Findings {
    repair: bool,
    written: usize,
}

impl Findings {
    pub fn new(repair: bool) -> Self {
        Self { repair, written: 0 }
    }

    /// An object without record; `is_ours` if its key is one that we make. Any other may say anything, and is not shown:
    /// it is found by its time.
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
                "deleted an object without record"
            );
        } else {
            error!(
                audit.bucket = bucket,
                audit.key = key,
                audit.bytes = bytes,
                audit.modified_at = modified_at,
                "an object without record"
            );
        }
    }

    /// An upload in parts that no record waits for.
    pub fn parts(&mut self, upload: &PartsUnderWay, is_ours: bool) {
        if !self.has_room() {
            return;
        }
        let (key, begun_at) = (shown(&upload.key, is_ours), upload.begun_at.to_string());
        if self.repair {
            warn!(audit.key = key, audit.begun_at = begun_at, "gave up an upload in parts without record");
        } else {
            error!(audit.key = key, audit.begun_at = begun_at, "an upload in parts without record");
        }
    }

    /// An account whose quota its records do not explain.
    pub fn account(&mut self, holding: &Holding, is_repaired: bool) {
        if !self.has_room() {
            return;
        }
        let (id, used, reserved) = (holding.user_id, holding.used, holding.reserved);
        if is_repaired {
            warn!(user_id = %id, audit.used = used, audit.reserved = reserved, "corrected a quota");
        } else {
            error!(user_id = %id, audit.used = used, audit.reserved = reserved, "a quota that no record explains");
        }
    }

    /// A copy of a shared file that differs from the file, or has none.
    pub fn copy(&mut self, copy: &Upload, is_repaired: bool) {
        if !self.has_room() {
            return;
        }
        let (file, owner) = (copy.id, copy.owner);
        if is_repaired {
            warn!(audit.file = %file, user_id = %owner, "removed a shared copy that does not match its file");
        } else {
            error!(audit.file = %file, user_id = %owner, "a shared copy that does not match its file");
        }
    }

    fn has_room(&mut self) -> bool {
        self.written += 1;
        if self.written == MOST + 1 {
            warn!(audit.lines = MOST, "more was found than is written down");
        }
        self.written <= MOST
    }
}

fn shown(key: &str, is_ours: bool) -> &str {
    if is_ours { key } else { "not one of ours" }
}
