//! Functions that events do not start, because somebody wants to run them elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use crate::outcome::{Invocation, Outcome};

/// The functions, and the folder that keeps the last event of each. Clones share them.
#[derive(Clone)]
pub(super) struct Held {
    functions: Arc<BTreeSet<String>>,
    folder: PathBuf,
}

impl Held {
    /// Keeps the events of `functions` in `folder`, which is created for the first one.
    pub fn new(functions: impl IntoIterator<Item = String>, folder: PathBuf) -> Self {
        Self { functions: Arc::new(functions.into_iter().collect()), folder }
    }

    /// Keeps an event if its function is held; the outcome is that of a function that does nothing.
    pub fn take(&self, function: &str, event: &[u8]) -> Option<Invocation> {
        if !self.functions.contains(function) {
            return None;
        }
        let request_id = Uuid::now_v7().to_string();
        let outcome = match self.keep(function, event) {
            Ok(()) => Outcome::Answered(Bytes::from_static(b"null")),
            Err(error) => {
                tracing::error!(%function, %error, "a held event could not be kept");
                Outcome::Crashed
            }
        };
        Some(Invocation { request_id, outcome })
    }

    fn keep(&self, function: &str, event: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        // Readers see the whole event or the one before.
        let unfinished = self.folder.join(format!("{function}.new"));
        fs::write(&unfinished, event)?;
        fs::rename(unfinished, self.folder.join(format!("{function}.json")))
    }
}
