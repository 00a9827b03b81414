//! What the local stack is asked to do: the command line's options, which tests fill in directly.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;

/// Runs the whole of Satchel on this machine: no AWS account, no Docker.
#[derive(Debug, Clone, Parser)]
#[command(name = "local", version)]
pub struct Options {
    /// Port of the API; S3 and DynamoDB take the next two. 0 picks free ports.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Folder that keeps tables, objects, mail and secrets between runs.
    #[arg(long, value_name = "FOLDER", default_value = ".local")]
    pub data_dir: PathBuf,
    /// Keep nothing: a fresh folder that goes when the stack stops.
    #[arg(long)]
    pub ephemeral: bool,
    /// Build and run the functions with the release profile.
    #[arg(long)]
    pub release: bool,
    /// Set a parameter of the template; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// The template to run [default: template.yaml of this workspace].
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// Run the function binaries of this folder instead of building the workspace.
    #[arg(long, value_name = "FOLDER")]
    pub binaries: Option<PathBuf>,
    /// Write progress and the functions' output to stderr. The library keeps quiet unless this is set.
    #[arg(skip)]
    pub print: bool,
}

impl Default for Options {
    /// What tests start from: free ports, nothing kept, nothing printed.
    fn default() -> Self {
        Self {
            port: 0,
            data_dir: PathBuf::from(".local"),
            ephemeral: true,
            release: false,
            parameters: Vec::new(),
            template: None,
            binaries: None,
            print: false,
        }
    }
}

impl Options {
    /// The template to run.
    #[must_use]
    pub fn template(&self) -> PathBuf {
        self.template.clone().unwrap_or_else(|| workspace().join("template.yaml"))
    }
}

/// The root folder of this workspace.
pub(crate) fn workspace() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.parent().unwrap_or(crate_folder).to_owned()
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

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

/// How long a stack that stops waits for what still has its folder open.
const LETTING_GO: Duration = Duration::from_secs(5);

/// What lives as long as the folder is in use.
#[derive(Debug)]
struct Guard {
    /// Held for its file lock, which ends with the process however that ends.
    lock: std::fs::File,
    /// Removes the folder of an ephemeral stack.
    temporary: Option<tempfile::TempDir>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is just being started has it open too, until it is another
        // program.
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "the lock of the data folder ends with this process");
        }
    }
}

impl DataDir {
    /// Makes or opens the folder that `options` ask for, and locks it.
    ///
    /// # Errors
    /// If it cannot be written or another stack is using it.
    pub fn open(options: &Options) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io { folder: options.data_dir.clone(), source };
        let temporary = if options.ephemeral { Some(tempfile::tempdir().map_err(failed)?) } else { None };
        let path =
            temporary.as_ref().map_or_else(|| options.data_dir.clone(), |folder| folder.path().to_owned());
        std::fs::create_dir_all(&path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let lock = std::fs::File::create(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(DataDirError::InUse(path)),
            Err(std::fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
        let secret = secret(&path.join("secret")).map_err(failed)?;
        Ok(Self { path, secret, guard: Arc::new(Guard { lock, temporary }) })
    }

    /// The path of a file or folder of this name inside the folder; it need not exist.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder's own secret: made at first use, the same after a restart.
    #[must_use]
    pub fn secret(&self) -> Vec<u8> {
        self.secret.to_vec()
    }

    /// Waits until nothing else uses the folder, then gives it up: tasks that were ended let go a moment later.
    pub(crate) async fn give_up(self) {
        let started = Instant::now();
        while Arc::strong_count(&self.guard) > 1 && started.elapsed() < LETTING_GO {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whether the folder goes when the stack stops.
    #[must_use]
    pub fn is_ephemeral(&self) -> bool {
        self.guard.temporary.is_some()
    }
}

/// Reads the secret in `file`, or makes one there that only this user can read.
fn secret(file: &Path) -> io::Result<[u8; 32]> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut secret = [0; 32];
    match std::fs::File::open(file) {
        Ok(mut kept) => kept.read_exact(&mut secret)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            aws_lc_rs::rand::fill(&mut secret).map_err(io::Error::other)?;
            let mut kept = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(file)?;
            kept.write_all(&secret)?;
        }
        Err(error) => return Err(error),
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_has_the_documented_defaults() {
        let options = Options::parse_from(["local"]);
        assert_eq!((options.port, options.ephemeral, options.release), (3000, false, false));
        assert_eq!(options.data_dir, Path::new(".local"));
        assert!(options.template().ends_with("template.yaml"));
    }

    #[test]
    fn parameters_keep_what_follows_the_first_equals_sign() {
        let options = Options::parse_from(["local", "--parameter", "A=b=c", "--parameter", "D="]);
        assert_eq!(options.parameters, [("A".into(), "b=c".into()), ("D".into(), String::new())]);
        assert!(Options::try_parse_from(["local", "--parameter", "nothing"]).is_err());
    }

    #[test]
    fn a_data_folder_keeps_its_secret_and_serves_one_stack_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { ephemeral: false, data_dir: folder.path().join("new"), ..Options::default() };
        let first = DataDir::open(&options).unwrap();
        assert!(matches!(DataDir::open(&options), Err(DataDirError::InUse(_))));
        let secret = first.secret();
        drop(first);
        assert_eq!(DataDir::open(&options).unwrap().secret(), secret);
    }

    #[test]
    fn an_ephemeral_folder_is_gone_afterwards() {
        let data = DataDir::open(&Options::default()).unwrap();
        let path = data.path.clone();
        assert!(data.is_ephemeral() && path.is_dir());
        drop(data);
        assert!(!path.exists());
    }
}
