//! One process of a function: started, listened to, and killed.

use std::future::poll_fn;
use std::io::ErrorKind;
use std::path::Path;
use std::pin::pin;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use local_common::Signer;
use local_deployment::Function;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::link::Link;
use super::memory;
use crate::logs::Logs;

/// A running process. Dropping it kills it.
pub(super) struct Process {
    pub signer: Signer,
    /// What the function was when this was started.
    pub function: Arc<Function>,
    /// Its side of the Runtime API.
    pub link: Link,
    pub started: Instant,
    pid: Option<u32>,
    /// The highest peak that was measured, in KiB.
    peak: AtomicU64,
    child: Arc<Mutex<Child>>,
    /// `Some` once it has ended. Several may wait for that (an invocation, a stop), so one task waits for them all.
    ended: watch::Receiver<Option<Ending>>,
}

/// How a process ended, in words: `exit status: 1`.
type Ending = Arc<str>;

/// How often, and after which pause, a busy executable is tried again.
const BUSY_ATTEMPTS: u32 = 100;
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Starts a process. An executable that was just written is busy (ETXTBSY) while a process that another thread forked at
/// that moment still has the file open for writing. This ends when that process executes its own program.
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..BUSY_ATTEMPTS {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::sleep(BUSY_PAUSE),
            started => return started,
        }
    }
    command.spawn()
}

impl Process {
    /// Starts `binary` with nothing but `environment`, and forwards what it writes to `logs`.
    pub fn start(
        binary: &Path,
        signer: Signer,
        function: Arc<Function>,
        environment: Vec<(String, String)>,
        logs: &Logs,
    ) -> std::io::Result<Self> {
        let started = Instant::now();
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            // Ctrl-C at the terminal reaches the stack alone, which then ends its processes in order.
            .process_group(0);
        let mut child = spawn(&mut command)?;
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(forward(stdout, signer.function.clone(), logs.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(forward(stderr, signer.function.clone(), logs.clone()));
        }
        let pid = child.id();
        let child = Arc::new(Mutex::new(child));
        let (ending, ended) = watch::channel(None);
        let watched = Arc::clone(&child);
        tokio::spawn(async move { ending.send_replace(Some(wait(&watched).await)) });
        Ok(Self {
            signer,
            function,
            link: Link::default(),
            started,
            pid,
            peak: AtomicU64::new(0),
            child,
            ended,
        })
    }

    /// Sends SIGKILL; [`Self::exited`] resolves soon after.
    pub fn kill(&self) {
        // The only failure is that it has ended already.
        _ = lock(&self.child).start_kill();
    }

    /// Resolves when the process has ended, to how it did.
    pub async fn exited(&self) -> Ending {
        match self.ended.clone().wait_for(Option::is_some).await.as_deref() {
            Ok(Some(ending)) => Arc::clone(ending),
            // The task that waits was dropped: the stack's runtime is going down, and its processes with it.
            _ => "the stack has stopped".into(),
        }
    }

    /// Whether the process has not ended yet.
    pub fn is_running(&self) -> bool {
        matches!(lock(&self.child).try_wait(), Ok(None))
    }

    /// Peak memory in KiB, if the system reports it.
    pub fn peak_memory(&self) -> Option<u64> {
        let now = self.pid.and_then(memory::peak_kib).unwrap_or_default();
        // An ended process reports none: its last measurement still counts.
        let before = self.peak.fetch_max(now, Ordering::Relaxed);
        Some(now.max(before)).filter(|peak| *peak > 0)
    }

    /// Whether it has ever used more memory than its function's `MemorySize`.
    pub fn has_outgrown(&self) -> bool {
        self.peak_memory().is_some_and(|peak| peak > u64::from(self.function.memory_mib) * 1024)
    }

    /// Resolves when the process exceeds its function's `MemorySize`; never if the system does not report memory.
    pub async fn outgrows(&self) {
        loop {
            tokio::time::sleep(memory::INTERVAL).await;
            if self.has_outgrown() {
                return;
            }
        }
    }

    /// How long the process took from its start until now.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits for the end of a child without holding its lock between two polls: it may have to be killed meanwhile.
async fn wait(child: &Mutex<Child>) -> Ending {
    // `wait` may be dropped and made anew at will.
    let status = poll_fn(|context| pin!(lock(child).wait()).poll(context)).await;
    status.map_or_else(|error| error.to_string().into(), |status| status.to_string().into())
}

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes each line on until the process closes its end.
async fn forward(output: impl AsyncRead + Unpin, function: String, logs: Logs) {
    let mut lines = BufReader::new(output).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        logs.push(&function, String::from_utf8_lossy(&line).trim_end());
    }
}
