//! The data folder: everything that survives a restart of the stack.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Two stacks in one folder would overwrite each other's records.
    #[error("another local stack is using {}; stop it or name another folder with --data-dir", .0.display())]
    InUse(PathBuf),
    #[error("cannot use the data folder {}: {source}", folder.display())]
    Io { folder: PathBuf, source: io::Error },
}

/// The folder in which the stack keeps everything that survives a restart.
#[derive(Debug, Clone)]
pub struct DataDir {
    /// The folder itself; it exists.
    pub path: PathBuf,
    secret: [u8; 32],
    guard: Arc<Guard>,
}

/// How long a stack that is stopping waits for the other users of its data folder.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(5);

/// Holds the folder until its last user has dropped it.
#[derive(Debug)]
struct Guard {
    /// Locked while the folder is in use. The operating system releases the lock when the process ends, even by a
    /// crash.
    lock: std::fs::File,
    /// Removes an ephemeral folder when it is dropped.
    temporary: Option<tempfile::TempDir>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that has been forked and not yet executed has it open, too.
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "cannot unlock the data folder; the lock is released when this process ends");
        }
    }
}

impl DataDir {
    /// Opens `folder`, which is created if it does not exist, and locks it.
    ///
    /// # Errors
    /// If the folder cannot be written, or another stack is using it.
    pub fn open(folder: &Path) -> Result<Self, DataDirError> {
        Self::lock(folder, None)
    }

    /// Creates a temporary folder, which is removed when the last clone is dropped.
    ///
    /// # Errors
    /// If the system's folder for temporary files cannot be written.
    pub fn ephemeral() -> Result<Self, DataDirError> {
        let temporary = tempfile::tempdir()
            .map_err(|source| DataDirError::Io { folder: std::env::temp_dir(), source })?;
        let folder = temporary.path().to_owned();
        Self::lock(&folder, Some(temporary))
    }

    fn lock(folder: &Path, temporary: Option<tempfile::TempDir>) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let path = folder.canonicalize().map_err(failed)?;
        let lock = std::fs::File::create(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(DataDirError::InUse(path)),
            Err(std::fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
        let secret = secret(&path.join("secret")).map_err(failed)?;
        Ok(Self { path, secret, guard: Arc::new(Guard { lock, temporary }) })
    }

    /// The path of the file or folder `name` inside the data folder. It need not exist.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder's own secret: 32 random bytes, generated when the folder is created.
    #[must_use]
    pub fn secret(&self) -> Vec<u8> {
        self.secret.to_vec()
    }

    /// Waits until nothing else uses the folder, at most 5 seconds, and then drops it.
    ///
    /// Tasks that were aborted drop their clones a moment later.
    pub async fn give_up(self) {
        let started = Instant::now();
        while Arc::strong_count(&self.guard) > 1 && started.elapsed() < RELEASE_TIMEOUT {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whether the folder is removed when the stack stops.
    #[must_use]
    pub fn is_ephemeral(&self) -> bool {
        self.guard.temporary.is_some()
    }
}

/// Reads the secret in `file`. Creates the file, readable only by its owner, if it does not exist.
fn secret(file: &Path) -> io::Result<[u8; 32]> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut secret = [0; 32];
    match std::fs::File::open(file) {
        Ok(mut stored) => stored.read_exact(&mut secret)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            aws_lc_rs::rand::fill(&mut secret).map_err(io::Error::other)?;
            let mut stored =
                std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(file)?;
            stored.write_all(&secret)?;
        }
        Err(error) => return Err(error),
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_keeps_its_secret_and_serves_one_stack_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        let first = DataDir::open(&folder).unwrap();
        assert!(matches!(DataDir::open(&folder), Err(DataDirError::InUse(_))));
        let secret = first.secret();
        drop(first);
        assert_eq!(DataDir::open(&folder).unwrap().secret(), secret);
    }

    #[test]
    fn an_ephemeral_folder_is_gone_afterwards() {
        let data = DataDir::ephemeral().unwrap();
        let path = data.path.clone();
        assert!(data.is_ephemeral() && path.is_dir());
        drop(data);
        assert!(!path.exists());
    }
}
