//! Running `sam build` and `sam deploy`.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, stderr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::inspect::Wanted;
use crate::aws::Aws;
use crate::checks::refusals;
use crate::console::Console;
use crate::failure::Failure;
use crate::options::Options;
use crate::stack::Watch;

/// Where `sam build` puts functions and template.
pub const BUILD: &str = ".aws-sam/build";
/// How many lines of SAM's output are shown after a failure.
const TAIL: usize = 15;

/// Builds all functions, with the parameters of the deployment: they decide the architecture.
///
/// # Errors
/// If SAM is missing or fails.
pub async fn build(options: &Options, wanted: &Wanted, console: Console) -> Result<(), Failure> {
    let mut command = sam("build", options);
    command.arg("--beta-features").args(overrides(&wanted.parameters));
    command.stdout(Stdio::from(stderr()));
    console.progress("running sam build");
    let status = command.status().await.map_err(missing)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new("sam build failed").advice("its output is above; remove the cause and repeat this"))
}

/// Deploys a template with `sam deploy`, and shows CloudFormation's events meanwhile.
///
/// # Errors
/// If SAM fails.
pub async fn deploy(
    aws: &Aws,
    options: &Options,
    wanted: &Wanted,
    template: &Path,
    bucket: Option<&str>,
    console: Console,
) -> Result<(), Failure> {
    let name = format!("satchel-deploy-{:016x}.log", getrandom::u64().unwrap_or_default());
    let log = std::env::temp_dir().join(name);
    let file =
        created(&log).map_err(|error| Failure::new(format!("cannot write {}: {error}", log.display())))?;
    let same =
        file.try_clone().map_err(|error| Failure::new(format!("cannot write {}: {error}", log.display())))?;
    let mut watch = Watch::begin(aws, &wanted.stack).await?;
    let mut command = match bucket {
        // SAM refuses the option together with `resolve_s3` of samconfig.toml.
        Some(bucket) => {
            let mut command = sam("deploy", &Options { config: PathBuf::new(), ..options.clone() });
            command.args(["--s3-bucket", bucket]);
            command
        }
        None => {
            let mut command = sam("deploy", options);
            command.arg("--resolve-s3");
            command
        }
    };
    command
        .args(["--stack-name", &wanted.stack, "--region", aws.region(), "--capabilities", "CAPABILITY_IAM"])
        .args(["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"])
        .arg("--template-file")
        .arg(template)
        .args(overrides(&wanted.parameters))
        .stdout(Stdio::from(file))
        .stderr(Stdio::from(same));
    console.progress(format!("running sam deploy; its output is in {}", log.display()));
    let mut child = command.spawn().map_err(missing)?;
    let mut failures = Vec::new();
    let status = loop {
        let ended =
            child.try_wait().map_err(|error| Failure::new(format!("cannot wait for sam: {error}")))?;
        watch.show(console, &mut failures).await?;
        match ended {
            Some(status) => break status,
            None => tokio::time::sleep(Duration::from_secs(2)).await,
        }
    };
    if status.success() {
        return Ok(());
    }
    let output = std::fs::read_to_string(&log).unwrap_or_default();
    let lines: Vec<&str> = output.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n  ");
    let reasons = if failures.is_empty() { tail } else { failures.join("\n  ") };
    let advice = refusals::advice(&reasons)
        .unwrap_or("remove the cause and repeat this; the previous state was restored");
    Err(Failure::new(format!("the deployment failed:\n  {reasons}")).advice(advice))
}

/// A new file that only this user can read, because everybody shares the folder, and parameters can be private.
fn created(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}

fn sam(command: &str, options: &Options) -> Command {
    let mut sam = Command::new("sam");
    sam.arg(command).env("SAM_CLI_TELEMETRY", "0").stdin(Stdio::null()).kill_on_drop(true);
    if let Some(profile) = &options.profile {
        sam.args(["--profile", profile]);
    }
    if options.config.exists() {
        // SAM looks for the file beside the template if its path is relative.
        let file = options.config.canonicalize().unwrap_or_else(|_| options.config.clone());
        sam.arg("--config-file").arg(file);
        if let Some(environment) = options.samconfig().ok().map(|config| config.environment) {
            sam.args(["--config-env", &environment]);
        }
    }
    sam
}

fn missing(error: std::io::Error) -> Failure {
    Failure::new(format!("cannot run sam: {error}")).advice("install it: pip install 'aws-sam-cli>=1.170'")
}

/// Parameters as arguments. SAM splits values at spaces unless they are in quotes.
fn overrides(parameters: &BTreeMap<String, String>) -> Vec<String> {
    if parameters.is_empty() {
        return Vec::new();
    }
    let plain = |value: &str| !value.is_empty() && !value.contains(char::is_whitespace);
    let argument = |(name, value): (&String, &String)| {
        if plain(value) { format!("{name}={value}") } else { format!("{name}=\"{value}\"") }
    };
    std::iter::once("--parameter-overrides".to_owned()).chain(parameters.iter().map(argument)).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_log_is_private_and_no_file_of_somebody_else() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("deploy.log");
        let mode = created(&log).unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(created(&log).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn values_with_spaces_and_empty_ones_are_quoted() {
        assert!(overrides(&BTreeMap::new()).is_empty());
        let parameters = [("A", "1"), ("B", "two words"), ("C", "")];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(overrides(&parameters), ["--parameter-overrides", "A=1", "B=\"two words\"", "C=\"\""]);
    }
}
