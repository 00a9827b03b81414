//! Running cargo.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::error::BuildError;
use super::report::Report;
use super::target::Target;

pub(super) async fn run(workspace: &Path, target: &Target, print: bool) -> Result<(), BuildError> {
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

/// Variables that an outer `cargo run` or `cargo test` sets for its program. Build scripts that watch one of
/// them would run again for every build from here, and again for the next one from the outside.
fn is_of_outer_cargo(name: &OsStr) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_TARGET_TMPDIR"];
    const NAMES: [&str; 4] = ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR", "LD_LIBRARY_PATH"];
    let name = name.to_string_lossy();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name.as_ref())
}
