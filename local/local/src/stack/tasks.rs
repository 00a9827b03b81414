//! Tasks that run for as long as something else does.

use tokio::task::AbortHandle;

/// Tasks that end when this is dropped.
#[derive(Default)]
pub(super) struct Tasks(pub Vec<AbortHandle>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}
