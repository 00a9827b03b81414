//! The files that hold objects' bytes. Their names are random: a key is never a path.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::record::Segment;

/// The folder of these files.
#[derive(Debug, Clone)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A name for a new file, which is removed again unless it is kept.
    pub fn fresh(&self) -> NewFile {
        let name = Uuid::now_v7().simple().to_string();
        NewFile { path: self.path(&name), name, kept: false }
    }

    /// The same bytes under another name: files never change once written, so a link will do.
    pub fn duplicate(&self, segment: &Segment) -> io::Result<NewFile> {
        let copy = self.fresh();
        let source = self.path(&segment.file);
        std::fs::hard_link(&source, copy.path())
            .or_else(|_| std::fs::copy(&source, copy.path()).map(drop))?;
        Ok(copy)
    }

    /// Removes bytes that nothing refers to any more. What is left over is swept at the next start.
    pub fn remove(&self, segments: &[Segment]) {
        for segment in segments {
            if let Err(error) = std::fs::remove_file(self.path(&segment.file)) {
                tracing::warn!(%error, file = segment.file, "an object's file was not removed");
            }
        }
    }

    /// Removes what a crash left: files that are not `used`.
    pub fn sweep(&self, used: &HashSet<String>) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// A file that nothing refers to yet.
#[derive(Debug)]
pub(super) struct NewFile {
    name: String,
    path: PathBuf,
    kept: bool,
}

impl NewFile {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Called once what refers to it has been committed.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // It may not have been written yet, and what stays is swept at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
