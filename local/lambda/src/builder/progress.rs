//! How far a build in the background is.

use std::time::Duration;

use tokio::sync::watch;

use crate::logs::Logs;

/// A build that takes less than this is not worth a line: cargo takes as long to find that everything is built.
const UNSEEN: Duration = Duration::from_secs(1);

/// Where there is no terminal, one line for this many functions.
const STEP: usize = 10;

/// Shows progress for as long as the build goes on: never returns.
pub(super) async fn show(logs: &Logs, mut built: watch::Receiver<usize>, total: usize) {
    tokio::time::sleep(UNSEEN).await;
    let mut shown = None;
    loop {
        let count = *built.borrow_and_update();
        let text = format!("building {} of {total}", total.min(count + 1));
        if !logs.status(&text) && shown.is_none_or(|shown| count / STEP > shown) {
            logs.show(&text);
            shown = Some(count / STEP);
        }
        if built.changed().await.is_err() {
            // The build is at its end.
            return std::future::pending().await;
        }
    }
}

/// Takes the last line of the terminal away.
pub(super) fn clear(logs: &Logs) {
    logs.status("");
}
