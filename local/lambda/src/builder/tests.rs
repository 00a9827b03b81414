//! Builds by a program that prints what cargo would.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::background::Background;
use super::cargo::Cargo;
use super::target::Target;
use crate::binaries::Binaries;
use crate::logs::Logs;

const BUILT: &str =
    r#"{"reason":"compiler-artifact","target":{"name":"NAME"},"executable":"/NAME","fresh":false}"#;
const ERROR: &str =
    r#"{"reason":"compiler-message","target":{"name":"NAME"},"message":{"level":"error","rendered":"no!"}}"#;

/// A folder with a program that stands in for cargo.
struct Workshop {
    folder: TempDir,
    logs: Logs,
}

impl Workshop {
    /// `script` is what the program does; `built NAME` and `broken NAME` report as cargo does.
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut program = "#!/bin/sh\n".to_owned();
        for (name, message) in [("built", BUILT), ("broken", ERROR)] {
            writeln!(program, "{name}() {{ echo '{message}' | sed \"s/NAME/$1/g\"; }}").unwrap();
        }
        program.push_str(script);
        let file = folder.path().join("cargo");
        std::fs::write(&file, program).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, logs: Logs::default() }
    }

    fn start(&self) -> (Binaries, Background) {
        let folder = self.folder.path();
        let cargo = Cargo {
            program: folder.join("cargo").into(),
            workspace: folder.to_owned(),
            target: Target {
                folder: folder.join("target"),
                triple: None,
                profile_folder: "debug".to_owned(),
            },
            logs: self.logs.clone(),
        };
        let (binaries, building) = Binaries::building(folder.to_owned());
        let missing = ["one", "two"].map(str::to_owned).into();
        (binaries, Background::start(cargo, building, missing, 3))
    }
}

#[tokio::test]
async fn a_binary_can_be_used_while_others_are_built() {
    let workshop = Workshop::new("built one; until [ -e go-on ]; do sleep 0.05; done; built two");
    let (binaries, _build) = workshop.start();
    assert_eq!(binaries.get("one").await, Ok(workshop.folder.path().join("one")));
    let soon = tokio::time::timeout(Duration::from_millis(100), binaries.get("two")).await;
    assert!(soon.is_err());
    std::fs::write(workshop.folder.path().join("go-on"), "").unwrap();
    assert_eq!(binaries.get("two").await, Ok(workshop.folder.path().join("two")));
}

#[tokio::test]
async fn a_failed_build_says_what_is_missing_and_leaves_the_rest() {
    let workshop = Workshop::new("broken two; built one; echo 'error: could not compile' >&2; exit 101");
    let (binaries, _build) = workshop.start();
    let missing = binaries.get("two").await.unwrap_err();
    assert_eq!(missing.reason, "two did not build:\nno!");
    assert!(binaries.get("one").await.is_ok());
    assert_eq!(workshop.logs.lines(), ["build | two did not build:\nno!"]);
}

#[tokio::test]
async fn a_cargo_that_refuses_is_quoted() {
    let workshop = Workshop::new("echo 'error: the lock file needs to be updated' >&2; exit 101");
    let (binaries, _build) = workshop.start();
    let missing = binaries.get("one").await.unwrap_err();
    assert_eq!(missing.reason, "cargo build failed:\nerror: the lock file needs to be updated");
}

#[tokio::test]
async fn everything_is_built_in_one_cargo_with_the_features_of_the_workspace() {
    let workshop = Workshop::new(r#"echo "$*" > arguments; built one; built two"#);
    let (binaries, _build) = workshop.start();
    binaries.get("two").await.unwrap();
    let arguments = std::fs::read_to_string(workshop.folder.path().join("arguments")).unwrap();
    let expected =
        ["build --locked --workspace --message-format json --bins", "--profile dev", "--keep-going"];
    for part in expected {
        assert!(arguments.contains(part), "{arguments}");
    }
}

#[tokio::test]
async fn stopping_a_build_ends_its_compilers_too() {
    let workshop = Workshop::new("sleep 60 & echo $! > compiler; built one; wait");
    let (binaries, build) = workshop.start();
    binaries.get("one").await.unwrap();
    let compiler = std::fs::read_to_string(workshop.folder.path().join("compiler")).unwrap();
    let compiler = format!("/proc/{}/stat", compiler.trim());
    assert!(Path::new(&compiler).exists());
    build.stop().await;
    assert_eq!(binaries.get("two").await.unwrap_err().reason, "the build was stopped");
    // A process that has ended may wait for somebody who asks how.
    let is_running = || std::fs::read_to_string(&compiler).is_ok_and(|state| !state.contains(") Z "));
    for _ in 0..100 {
        if !is_running() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the compiler is still running");
}
