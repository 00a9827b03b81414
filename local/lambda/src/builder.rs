//! Builds the functions' binaries by a nested `cargo build`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::Mutex;

/// The functions did not build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The compiler refused these.
    #[error("{} did not build{detail}", .names.join(", "))]
    Broken { names: Vec<String>, detail: String },
    /// Cargo itself refused, with its own words.
    #[error("cargo build failed{0}")]
    Cargo(String),
    #[error("cannot run {cargo}: {reason}")]
    NoCargo { cargo: String, reason: String },
    #[error("cannot tell where the functions' binaries belong: {0} is in no target folder of cargo")]
    NoTarget(String),
}

/// Finished builds of this process, by the folder of their binaries: a test binary with many stacks builds once.
static FINISHED: Mutex<BTreeMap<PathBuf, Result<PathBuf, BuildError>>> = Mutex::const_new(BTreeMap::new());

/// What to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The folder of a cargo workspace: each function is a binary of it.
    pub workspace: PathBuf,
    /// Whether this program comes from the same workspace. Then the functions are built with its profile and beside it;
    /// those of another workspace go to the folder `target` of that workspace.
    pub is_own: bool,
    /// Whether to build with the release profile.
    pub release: bool,
    /// Whether somebody watches at a terminal.
    pub print: bool,
}

impl Build {
    /// Builds every binary of the workspace, once per process; answers with the folder that holds them.
    ///
    /// # Errors
    /// If something does not build; the message names it.
    pub async fn run(&self) -> Result<PathBuf, BuildError> {
        let target = self.target()?;
        let binaries = target.binaries();
        let mut finished = FINISHED.lock().await;
        if let Some(result) = finished.get(&binaries) {
            return result.clone();
        }
        let result = run(&self.workspace, &target, self.print).await.map(|()| binaries.clone());
        finished.insert(binaries, result.clone());
        result
    }

    fn target(&self) -> Result<Target, BuildError> {
        let mut target = if self.is_own {
            let program = std::env::current_exe().map_err(|error| BuildError::NoTarget(error.to_string()))?;
            Target::of(&program).ok_or_else(|| BuildError::NoTarget(program.display().to_string()))?
        } else {
            let folder = self.workspace.join("target");
            Target { folder, triple: None, profile_folder: "debug".to_owned() }
        };
        if self.release {
            "release".clone_into(&mut target.profile_folder);
        }
        Ok(target)
    }
}

/// Where cargo put a program: `<folder>/[<triple>/]<profile folder>/[deps/]program`.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    folder: PathBuf,
    triple: Option<String>,
    profile_folder: String,
}

impl Target {
    fn of(program: &Path) -> Option<Self> {
        let mut profile = program.parent()?;
        if matches!(profile.file_name()?.to_str()?, "deps" | "examples") {
            profile = profile.parent()?;
        }
        let parent = profile.parent()?;
        let name = parent.file_name()?.to_str()?;
        let is_triple = name.contains("-linux-") || name.contains("-apple-");
        let (folder, triple) =
            if is_triple { (parent.parent()?, Some(name.to_owned())) } else { (parent, None) };
        let profile_folder = profile.file_name()?.to_str()?.to_owned();
        Some(Self { folder: folder.to_owned(), triple, profile_folder })
    }

    fn binaries(&self) -> PathBuf {
        let mut folder = self.folder.clone();
        folder.extend(&self.triple);
        folder.join(&self.profile_folder)
    }

    /// The arguments of `cargo`. The whole workspace, so that features are those of every other build of it.
    fn arguments(&self) -> Vec<OsString> {
        let profile = if self.profile_folder == "debug" { "dev" } else { &self.profile_folder };
        let in_colour = std::io::stderr().is_terminal();
        let messages = if in_colour { "json-diagnostic-rendered-ansi" } else { "json" };
        let mut arguments: Vec<OsString> =
            ["build", "--locked", "--workspace", "--bins", "--message-format", messages]
                .map(OsString::from)
                .into();
        arguments.extend(["--profile".into(), profile.into()]);
        arguments.extend(["--target-dir".into(), self.folder.clone().into()]);
        if let Some(triple) = &self.triple {
            arguments.extend(["--target".into(), triple.into()]);
        }
        arguments
    }
}

async fn run(workspace: &Path, target: &Target, print: bool) -> Result<(), BuildError> {
    // Set for programs that cargo runs; else the one on the path.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let failed = |error: io::Error| BuildError::NoCargo {
        cargo: cargo.to_string_lossy().into_owned(),
        reason: error.to_string(),
    };
    let mut command = Command::new(&cargo);
    command.args(target.arguments()).current_dir(workspace).stdin(Stdio::null()).kill_on_drop(true);
    // With a person watching, cargo draws its own progress; else its words are kept for the error message.
    command.stdout(Stdio::piped()).stderr(if print { Stdio::inherit() } else { Stdio::piped() });
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_outer_cargo(name)) {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(failed)?;
    let mut report = Report::default();
    let messages = child.stdout.take();
    let listen = async {
        let Some(messages) = messages else { return Ok(()) };
        let mut lines = BufReader::new(messages).lines();
        while let Some(line) = lines.next_line().await? {
            report.hear(&line, print);
        }
        Ok(())
    };
    let (heard, output) = tokio::join!(listen, child.wait_with_output());
    heard.map_err(failed)?;
    let output = output.map_err(failed)?;
    if output.status.success() { Ok(()) } else { Err(report.error(&output.stderr, print)) }
}

/// What cargo reports, one JSON object a line: <https://doc.rust-lang.org/cargo/reference/external-tools.html>
#[derive(Default)]
struct Report {
    /// The targets with a compiler error.
    broken: BTreeSet<String>,
    /// Their errors, as the compiler words them.
    errors: String,
}

impl Report {
    fn hear(&mut self, line: &str, print: bool) {
        let Ok(heard) = serde_json::from_str::<Value>(line) else { return };
        if heard["reason"] != "compiler-message" {
            return;
        }
        let text = heard["message"]["rendered"].as_str().unwrap_or_default();
        if print {
            eprint!("{text}");
        }
        if heard["message"]["level"] == "error" {
            // A crate's library is named with underscores, its folder with hyphens.
            self.broken.extend(heard["target"]["name"].as_str().map(|name| name.replace('_', "-")));
            self.errors.push_str(text);
        }
    }

    fn error(self, stderr: &[u8], print: bool) -> BuildError {
        let words = if self.errors.is_empty() { String::from_utf8_lossy(stderr) } else { self.errors.into() };
        let detail =
            if print { "; cargo says why above".to_owned() } else { format!(":\n{}", words.trim_end()) };
        if self.broken.is_empty() {
            return BuildError::Cargo(detail);
        }
        BuildError::Broken { names: self.broken.into_iter().collect(), detail }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn target(program: &str) -> Target {
        Target::of(Path::new(program)).unwrap()
    }

    #[test]
    fn binaries_are_beside_the_program_or_above_the_test() {
        assert_eq!(target("/w/target/debug/local").binaries(), Path::new("/w/target/debug"));
        assert_eq!(target("/w/target/debug/deps/api-0af1").binaries(), Path::new("/w/target/debug"));
        let cross = target("/w/target/aarch64-unknown-linux-gnu/release/deps/api-0af1");
        assert_eq!(cross.folder, Path::new("/w/target"));
        assert_eq!(cross.binaries(), Path::new("/w/target/aarch64-unknown-linux-gnu/release"));
    }

    #[test]
    fn another_workspace_has_a_target_folder_of_its_own() {
        let build = |release| Build { workspace: "/x".into(), is_own: false, release, print: false };
        assert_eq!(build(false).target().unwrap().binaries(), Path::new("/x/target/debug"));
        assert_eq!(build(true).target().unwrap().binaries(), Path::new("/x/target/release"));
    }

    #[test]
    fn the_profile_is_the_programs_own() {
        let profile = |program| {
            let arguments = target(program).arguments();
            let at = arguments.iter().position(|argument| argument == "--profile").unwrap();
            arguments[at + 1].clone()
        };
        assert_eq!(profile("/w/target/debug/local"), "dev");
        assert_eq!(profile("/w/target/release/local"), "release");
        assert_eq!(profile("/w/target/quick/deps/api-1"), "quick");
    }

    #[test]
    fn only_targets_with_errors_are_named() {
        let mut report = Report::default();
        for message in [
            r#"{"reason":"compiler-message","target":{"name":"create_file"},"message":{"level":"error","rendered":"no!"}}"#,
            r#"{"reason":"compiler-message","target":{"name":"create-file"},"message":{"level":"error"}}"#,
            r#"{"reason":"compiler-message","target":{"name":"health"},"message":{"level":"warning"}}"#,
            r#"{"reason":"build-finished","success":false}"#,
        ] {
            report.hear(message, false);
        }
        assert_eq!(report.error(b"", false).to_string(), "create-file did not build:\nno!");
    }

    #[test]
    fn what_cargo_itself_refuses_is_in_its_own_words() {
        let error = Report::default().error(b"error: no such profile\n", false);
        assert_eq!(error.to_string(), "cargo build failed:\nerror: no such profile");
    }
}
