//! Stale reads on demand: a copy of the tables that reads are answered from that may be behind.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use dynoxide::Database;

/// The copy that eventually consistent reads see, while there is one. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Freezer(Arc<Mutex<Option<Database>>>);

/// While this is kept, reads that need not be up to date are not.
#[must_use]
pub struct Frozen(Freezer);

impl Freezer {
    /// Lets reads that may be behind see `live` as it is now. Where it was frozen before, that copy is gone.
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
