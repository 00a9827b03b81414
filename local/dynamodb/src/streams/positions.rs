//! The positions of functions in table streams, stored in the data folder.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The positions of all followers, in one file that is replaced atomically.
pub(super) struct Positions {
    file: PathBuf,
    positions: Mutex<BTreeMap<String, String>>,
}

impl Positions {
    /// Reads the positions in `file`, if it exists.
    pub(super) fn open(file: PathBuf) -> io::Result<Self> {
        let positions = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { file, positions: Mutex::new(positions) })
    }

    /// The stored position of `follower`.
    pub(super) fn get(&self, follower: &str) -> Option<String> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner).get(follower).cloned()
    }

    /// Stores the position of `follower`.
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
    fn positions_survive_a_restart() {
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
