//! The files with the bytes of objects. Their names are random, so a key never becomes a path.

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

    /// Reserves a name for a new file. The file is removed on drop unless [`NewFile::keep`] is called.
    pub fn fresh(&self) -> NewFile {
        let name = Uuid::now_v7().simple().to_string();
        NewFile { path: self.path(&name), name, kept: false }
    }

    /// Duplicates a file by a hard link if possible, because files never change after they were written.
    pub fn duplicate(&self, segment: &Segment) -> io::Result<NewFile> {
        let copy = self.fresh();
        let source = self.path(&segment.file);
        std::fs::hard_link(&source, copy.path())
            .or_else(|_| std::fs::copy(&source, copy.path()).map(drop))?;
        Ok(copy)
    }

    /// Removes files that are not used any more. If that fails, the next start removes them.
    pub fn remove(&self, segments: &[Segment]) {
        for segment in segments {
            if let Err(error) = std::fs::remove_file(self.path(&segment.file)) {
                tracing::warn!(%error, file = segment.file, "cannot remove an object's file");
            }
        }
    }

    /// Removes files that are not in `used`. A crash can leave such files.
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

/// A file that no record refers to yet.
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

    /// Keeps the file. Call this after the commit of the record that refers to it.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // The file may not exist yet. If it cannot be removed, the next start removes it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
