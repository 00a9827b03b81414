//! Every running process of every function.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use local_common::Signer;

use super::process::Process;

/// Every running process, by who it signs as.
#[derive(Clone, Default)]
pub(super) struct Processes {
    by_signer: Arc<Mutex<HashMap<Signer, Arc<Process>>>>,
}

impl Processes {
    /// Starts a process and enters it, both under the lock: on a busy machine it may poll before this returns,
    /// and that poll waits here until the process is known.
    pub fn start(&self, start: impl FnOnce() -> io::Result<Process>) -> io::Result<Arc<Process>> {
        let mut by_signer = self.by_signer();
        let process = Arc::new(start()?);
        by_signer.insert(process.signer.clone(), Arc::clone(&process));
        Ok(process)
    }

    pub fn remove(&self, signer: &Signer) {
        self.by_signer().remove(signer);
    }

    pub fn get(&self, signer: &Signer) -> Option<Arc<Process>> {
        self.by_signer().get(signer).cloned()
    }

    pub fn drain(&self) -> Vec<Arc<Process>> {
        self.by_signer().drain().map(|(_, process)| process).collect()
    }

    fn by_signer(&self) -> MutexGuard<'_, HashMap<Signer, Arc<Process>>> {
        self.by_signer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
