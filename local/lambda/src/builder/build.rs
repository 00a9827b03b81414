//! A build of the functions, once per process.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tokio::sync::Mutex;

use super::cargo;
use super::error::BuildError;
use super::target::Target;

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
        let result = cargo::run(&self.workspace, &target, self.print).await.map(|()| binaries.clone());
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn another_workspace_has_a_target_folder_of_its_own() {
        let build = |release| Build { workspace: "/x".into(), is_own: false, release, print: false };
        assert_eq!(build(false).target().unwrap().binaries(), Path::new("/x/target/debug"));
        assert_eq!(build(true).target().unwrap().binaries(), Path::new("/x/target/release"));
    }
}
