//! Running cargo.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::error::BuildError;
use super::report::{Made, Report};
use super::target::Target;
use crate::logs::Logs;

/// How much a build in the background steps back when functions run: they get about nine tenths of a core.
const NICENESS: &str = "10";

/// A cargo that builds binaries of one workspace.
pub(super) struct Cargo {
    pub program: OsString,
    pub workspace: PathBuf,
    pub target: Target,
    pub logs: Logs,
}

impl Cargo {
    pub fn new(workspace: PathBuf, target: Target, logs: Logs) -> Self {
        // Set for programs that cargo runs; else the one on the path.
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self { program, workspace, target, logs }
    }

    /// Builds all binaries, or those called `only`.
    ///
    /// # Errors
    /// If one of them does not build.
    pub async fn run(&self, only: Option<&BTreeSet<String>>) -> Result<(), BuildError> {
        let mut command = Command::new(&self.program);
        command.args(self.target.arguments(only));
        // With a person watching, cargo draws its own progress; else its words are kept for the error message.
        command.stderr(if self.logs.is_shown() { Stdio::inherit() } else { Stdio::piped() });
        let child = self.spawn(command)?;
        self.listen(child, |_| ()).await
    }

    /// Builds all binaries while functions run, and goes on after an error; `made` is told what is there.
    ///
    /// # Errors
    /// If one of them does not build.
    pub async fn run_in_background(&self, made: impl FnMut(Made)) -> Result<(), BuildError> {
        let mut command = Command::new("nice");
        command.args(["-n", NICENESS]).arg(&self.program);
        command.args(self.target.arguments(None)).arg("--keep-going");
        // Its processes are ended together, and a Ctrl-C at the terminal reaches the stack alone.
        command.process_group(0).stderr(Stdio::piped());
        let child = self.spawn(command)?;
        let group = Group::of(&child);
        let result = self.listen(child, made).await;
        group.has_ended();
        result
    }

    fn spawn(&self, mut command: Command) -> Result<Child, BuildError> {
        command.current_dir(&self.workspace).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_outer_cargo(name)) {
            command.env_remove(name);
        }
        command.spawn().map_err(|error| self.failed(error))
    }

    async fn listen(&self, mut child: Child, mut made: impl FnMut(Made)) -> Result<(), BuildError> {
        let mut report = Report::default();
        let messages = child.stdout.take();
        let listen = async {
            let Some(messages) = messages else { return Ok(()) };
            let mut lines = BufReader::new(messages).lines();
            while let Some(line) = lines.next_line().await? {
                report.hear(&line, &self.logs).map(&mut made);
            }
            Ok(())
        };
        let (heard, output) = tokio::join!(listen, child.wait_with_output());
        heard.map_err(|error| self.failed(error))?;
        let output = output.map_err(|error| self.failed(error))?;
        if output.status.success() { Ok(()) } else { Err(report.error(&output.stderr, &self.logs)) }
    }

    fn failed(&self, error: io::Error) -> BuildError {
        BuildError::NoCargo { cargo: self.program.to_string_lossy().into_owned(), reason: error.to_string() }
    }
}

/// A cargo and its compilers. Dropping it ends them all: without cargo, compilers would go on.
struct Group(Option<u32>);

impl Group {
    /// Those of a child that has a process group of its own.
    fn of(child: &Child) -> Self {
        Self(child.id())
    }

    fn has_ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(id) = self.0 else { return };
        // Every shell has this command; no safe function of the standard library signals a group. It fails only if the
        // processes have ended already.
        let group = format!("-{id}");
        _ = std::process::Command::new("sh").args(["-c", r#"kill -s TERM -- "$0""#, &group]).status();
    }
}

/// Variables that an outer `cargo run` or `cargo test` sets for its program. Build scripts that watch one of
/// them would run again for every build from here, and again for the next one from the outside.
fn is_of_outer_cargo(name: &OsStr) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_TARGET_TMPDIR"];
    const NAMES: [&str; 4] = ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR", "LD_LIBRARY_PATH"];
    let name = name.to_string_lossy();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name.as_ref())
}
