//! A build of the functions, once per process.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tokio::sync::Mutex;

use super::background::Background;
use super::cargo::Cargo;
use super::error::BuildError;
use super::target::Target;
use crate::binaries::Binaries;
use crate::logs::Logs;

/// Finished builds of this process, by the folder of their binaries: a test binary with many stacks builds once.
static FINISHED: Mutex<BTreeMap<PathBuf, Result<PathBuf, BuildError>>> = Mutex::const_new(BTreeMap::new());

/// What to build.
pub struct Build {
    /// The folder of a cargo workspace: each function is a binary of it.
    pub workspace: PathBuf,
    /// Whether this program comes from the same workspace. Then the functions are built with its profile and beside it;
    /// those of another workspace go to the folder `target` of that workspace.
    pub is_own: bool,
    /// Whether to build with the release profile.
    pub release: bool,
    /// Where errors and progress are shown.
    pub logs: Logs,
}

impl Build {
    /// Builds every binary of the workspace, once per process.
    ///
    /// # Errors
    /// If something does not build; the message names it.
    pub async fn run(&self) -> Result<Binaries, BuildError> {
        let target = self.target()?;
        let binaries = target.binaries();
        let mut finished = FINISHED.lock().await;
        if let Some(result) = finished.get(&binaries) {
            return result.clone().map(Binaries::from);
        }
        let result = self.cargo(target).run(None).await.map(|()| binaries.clone());
        finished.insert(binaries, result.clone());
        result.map(Binaries::from)
    }

    /// Builds the functions `first`, and then every binary of the workspace in the background. Whoever needs one of them
    /// waits for it.
    ///
    /// # Errors
    /// If one of `first` does not build; the message names it.
    pub async fn run_first(
        &self,
        first: &BTreeSet<String>,
        functions: &BTreeSet<String>,
    ) -> Result<(Binaries, Background), BuildError> {
        let target = self.target()?;
        let (binaries, building) = Binaries::building(target.binaries());
        let cargo = self.cargo(target);
        cargo.run(Some(first)).await?;
        let missing: BTreeSet<_> = functions.difference(first).cloned().collect();
        for name in first {
            building.built(name);
        }
        Ok((binaries, Background::start(cargo, building, missing, functions.len())))
    }

    fn cargo(&self, target: Target) -> Cargo {
        Cargo::new(self.workspace.clone(), target, self.logs.clone())
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
        let build = |release| Build { workspace: "/x".into(), is_own: false, release, logs: Logs::default() };
        assert_eq!(build(false).target().unwrap().binaries(), Path::new("/x/target/debug"));
        assert_eq!(build(true).target().unwrap().binaries(), Path::new("/x/target/release"));
    }
}
