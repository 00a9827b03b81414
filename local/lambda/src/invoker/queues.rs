//! The queues that take events which failed for good: a file each, one message a line.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// The dead-letter queues of a data folder. Clones share them.
#[derive(Clone)]
pub(super) struct Queues {
    folder: PathBuf,
    messages: Arc<Mutex<BTreeMap<String, Vec<Value>>>>,
}

impl Queues {
    /// Opens the queues kept in `folder`.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut messages = BTreeMap::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let lines = fs::read_to_string(entry.path())?;
            // A last line that a crash cut short is no message.
            let kept = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            messages.insert(entry.file_name().to_string_lossy().into_owned(), kept);
        }
        Ok(Self { folder, messages: Arc::new(Mutex::new(messages)) })
    }

    /// Puts a message at the end of a queue.
    pub fn put(&self, queue: &str, body: Value) -> io::Result<()> {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = OpenOptions::new().create(true).append(true).open(self.folder.join(queue))?;
        file.write_all(format!("{body}\n").as_bytes())?;
        messages.entry(queue.to_owned()).or_default().push(body);
        Ok(())
    }

    /// The messages of a queue, oldest first.
    pub fn messages(&self, queue: &str) -> Vec<Value> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.get(queue).cloned().unwrap_or_default()
    }
}
