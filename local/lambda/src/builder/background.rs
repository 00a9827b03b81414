//! A build that goes on while functions run.

use std::collections::BTreeSet;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::cargo::Cargo;
use super::progress;
use super::report::Made;
use crate::binaries::Building;

/// A build that goes on in the background. Dropping it ends it.
pub struct Background(JoinHandle<()>);

impl Background {
    /// Builds every binary and reports to `building`. Of `total` functions, `missing` are not built yet.
    pub(super) fn start(cargo: Cargo, building: Building, missing: BTreeSet<String>, total: usize) -> Self {
        Self(tokio::spawn(build(cargo, building, missing, total)))
    }

    /// Ends the build and waits until its processes are told.
    pub async fn stop(mut self) {
        self.0.abort();
        _ = (&mut self.0).await;
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn build(cargo: Cargo, building: Building, missing: BTreeSet<String>, total: usize) {
    // Cargo makes most libraries before the first binary: each is half of a function.
    let mut parts: BTreeSet<_> =
        missing.into_iter().flat_map(|name| [Made::Library(name.clone()), Made::Binary(name)]).collect();
    let count = |parts: &BTreeSet<Made>| total - parts.len().div_ceil(2);
    let built = watch::Sender::new(count(&parts));
    let building_all = cargo.run_in_background(|made| {
        if let Made::Binary(name) = &made {
            building.built(name);
        }
        parts.remove(&made);
        built.send_replace(count(&parts));
    });
    let shown = progress::show(&cargo.logs, built.subscribe(), total);
    let end = tokio::select! {
        end = building_all => end,
        () = shown => return,
    };
    progress::clear(&cargo.logs);
    if let Err(error) = &end {
        cargo.logs.push("build", &error.to_string());
    }
    building.end(end.map_err(|error| error.to_string()));
}
