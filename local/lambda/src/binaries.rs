//! The functions' binaries, some of which a build may still have to make.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::sync::watch;

/// The folder of the functions' binaries. Clones share what is known of a build that is running.
#[derive(Clone)]
pub struct Binaries {
    folder: PathBuf,
    state: watch::Receiver<State>,
}

/// The side of a build: reports which binaries it has made. A build that is dropped before its end was stopped.
pub struct Building {
    state: watch::Sender<State>,
}

#[derive(Default)]
struct State {
    built: BTreeSet<String>,
    end: Option<Result<(), String>>,
}

/// A function has no binary, and will get none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} was not built: {reason}")]
pub struct NotBuilt {
    pub name: String,
    pub reason: String,
}

impl From<PathBuf> for Binaries {
    /// A folder whose binaries are all there.
    fn from(folder: PathBuf) -> Self {
        let (binaries, building) = Self::building(folder);
        building.end(Ok(()));
        binaries
    }
}

impl Binaries {
    /// A folder whose binaries are still to be built.
    #[must_use]
    pub fn building(folder: PathBuf) -> (Self, Building) {
        let (sender, receiver) = watch::channel(State::default());
        (Self { folder, state: receiver }, Building { state: sender })
    }

    /// Waits until the binary of the function `name` is built. A binary that an earlier build left does not count: it may
    /// be older than its sources.
    ///
    /// # Errors
    /// If the build ended without it.
    pub async fn get(&self, name: &str) -> Result<PathBuf, NotBuilt> {
        let failed = |reason: &str| NotBuilt { name: name.to_owned(), reason: reason.to_owned() };
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| state.end.is_some() || state.built.contains(name)).await;
        let settled = settled.map_err(|_| failed("the build was stopped"))?;
        match &settled.end {
            Some(Err(reason)) if !settled.built.contains(name) => Err(failed(reason)),
            _ => Ok(self.folder.join(name)),
        }
    }
}

impl Building {
    /// Reports that the binary of the function `name` is there.
    pub fn built(&self, name: &str) {
        self.state.send_modify(|state| _ = state.built.insert(name.to_owned()));
    }

    /// Reports the end of the build: why binaries are missing, if any are.
    pub fn end(self, end: Result<(), String>) {
        self.state.send_modify(|state| state.end = Some(end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_binary_is_there_when_its_build_or_the_whole_build_says_so() {
        let (binaries, building) = Binaries::building("/x".into());
        building.built("one");
        assert_eq!(binaries.get("one").await, Ok("/x/one".into()));
        let later = tokio::spawn(async move { binaries.get("two").await });
        building.end(Ok(()));
        assert_eq!(later.await.unwrap(), Ok("/x/two".into()));
    }

    #[tokio::test]
    async fn what_a_failed_build_has_not_made_is_missing() {
        let (binaries, building) = Binaries::building("/x".into());
        building.built("one");
        building.end(Err("two did not build".to_owned()));
        assert_eq!(binaries.get("one").await, Ok("/x/one".into()));
        let missing = binaries.get("two").await.unwrap_err();
        assert_eq!(missing.to_string(), "two was not built: two did not build");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_build_that_was_stopped() {
        let (binaries, building) = Binaries::building("/x".into());
        let waiting = tokio::spawn(async move { binaries.get("one").await });
        drop(building);
        assert_eq!(waiting.await.unwrap().unwrap_err().reason, "the build was stopped");
    }
}
