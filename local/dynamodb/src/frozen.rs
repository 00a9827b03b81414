//! Stale reads for tests: a copy of the tables that answers eventually consistent reads.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use dynoxide::Database;

/// The optional copy for eventually consistent reads. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Freezer(Arc<Mutex<Option<Database>>>);

/// Keeps eventually consistent reads stale until it is dropped.
#[must_use]
pub struct Frozen(Freezer);

impl Freezer {
    /// Answers eventually consistent reads from a copy of `live`, which is made now. It replaces an earlier copy.
    pub(super) fn freeze(&self, live: &Database) -> Result<Frozen, Box<dyn Error + Send + Sync>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("copy.sqlite");
        live.vacuum_into(&file.to_string_lossy())?;
        let copy = Database::memory()?;
        copy.restore_from(&file.to_string_lossy())?;
        self.set(Some(copy));
        Ok(Frozen(self.clone()))
    }

    /// The copy, if there is one.
    pub(super) fn copy(&self) -> Option<Database> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, copy: Option<Database>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = copy;
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.set(None);
    }
}
