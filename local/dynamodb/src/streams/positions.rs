//! How far each function has read each table's stream, kept in the data folder.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The positions of all followers, in one small file that is replaced as a whole.
pub(super) struct Positions {
    file: PathBuf,
    positions: Mutex<BTreeMap<String, String>>,
}

impl Positions {
    /// Reads the positions that an earlier run left in `file`, if there was one.
    pub(super) fn open(file: PathBuf) -> io::Result<Self> {
        let positions = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { file, positions: Mutex::new(positions) })
    }

    /// The sequence number of the last record that `follower` is done with.
    pub(super) fn get(&self, follower: &str) -> Option<String> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner).get(follower).cloned()
    }

    /// Keeps that `follower` is done with everything up to `position`.
    pub(super) fn set(&self, follower: &str, position: &str) -> io::Result<()> {
        let mut positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        positions.insert(follower.to_owned(), position.to_owned());
        let unfinished = self.file.with_extension("json.new");
        std::fs::write(&unfinished, serde_json::to_vec(&*positions)?)?;
        std::fs::rename(unfinished, &self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("streams.json");
        let positions = Positions::open(file.clone()).unwrap();
        assert_eq!(positions.get("mail/table"), None);
        positions.set("mail/table", "41").unwrap();
        positions.set("other/table", "7").unwrap();
        positions.set("mail/table", "42").unwrap();
        let reopened = Positions::open(file).unwrap();
        assert_eq!(reopened.get("mail/table").as_deref(), Some("42"));
        assert_eq!(reopened.get("other/table").as_deref(), Some("7"));
    }
}
