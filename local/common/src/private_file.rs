//! Files that contain secrets.

use std::io::{self, Write as _};
use std::path::Path;

/// Replaces `file` atomically by one that only its owner can read.
///
/// A stack that is killed meanwhile leaves either the old contents or the new ones.
///
/// # Errors
/// If the file cannot be written.
pub fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let unfinished = file.with_extension("json.new");
    let mut new =
        std::fs::File::options().create(true).write(true).truncate(true).mode(0o600).open(&unfinished)?;
    new.write_all(text)?;
    new.sync_all()?;
    std::fs::rename(unfinished, file)
}
