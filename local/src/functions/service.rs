//! All functions of a stack, and the port at which their processes ask for events.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::environment::{self, Endpoints};
use super::pool::{Pool, Shared};
use super::runtime_api::{self, Processes};
use crate::calls::Calls;
use crate::credentials::Credentials;
use crate::deployment::Function;
use crate::invoker::{Invocation, Outcome, UnknownFunction};
use crate::logs::Logs;

/// What the functions' processes are started from.
pub struct Setup {
    /// The folder that holds a binary for each function.
    pub binaries: PathBuf,
    pub endpoints: Endpoints,
    pub region: String,
    pub credentials: Credentials,
    pub calls: Calls,
    pub logs: Logs,
    /// How long a process is kept waiting that another of its function could stand in for.
    pub idle_for: Duration,
}

/// Runs functions on this machine. Clones share the processes, which end with the last clone.
#[derive(Clone)]
pub struct Functions {
    inner: Arc<Inner>,
}

struct Inner {
    pools: BTreeMap<String, Arc<Pool>>,
    shared: Arc<Shared>,
    runtime: Handle,
    tasks: [AbortHandle; 2],
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        for process in self.shared.processes.drain() {
            process.kill();
        }
    }
}

impl Functions {
    /// Opens the Runtime API; processes are started when events come.
    ///
    /// # Errors
    /// If no loopback port can be had.
    pub async fn start(functions: impl IntoIterator<Item = Function>, setup: Setup) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let processes = Processes::default();
        let Setup { binaries, endpoints, region, credentials, calls, logs, idle_for } = setup;
        let killable = processes.clone();
        calls.on_kill(move |signer| {
            if let Some(process) = killable.get(signer) {
                process.kill();
            }
        });
        let shared = Arc::new(Shared {
            binaries,
            endpoints,
            region,
            credentials,
            calls,
            logs,
            processes: processes.clone(),
            runtime_api: listener.local_addr()?,
            stopping: AtomicBool::new(false),
        });
        let pools: BTreeMap<_, _> = functions
            .into_iter()
            .map(|function| (function.name.clone(), Arc::new(Pool::new(function, Arc::clone(&shared)))))
            .collect();
        let server = tokio::spawn(async move {
            // Serving ends only by being aborted.
            _ = axum::serve(listener, runtime_api::router(processes)).await;
        });
        let trimmed: Vec<_> = pools.values().cloned().collect();
        let trimming = tokio::spawn(async move {
            loop {
                tokio::time::sleep(idle_for / 4).await;
                for pool in &trimmed {
                    pool.trim(idle_for).await;
                }
            }
        });
        let tasks = [server.abort_handle(), trimming.abort_handle()];
        let inner = Inner { pools, shared, runtime: Handle::current(), tasks };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Invokes a function and waits for its outcome. As on Lambda, the function runs on if the caller gives up.
    ///
    /// # Errors
    /// If there is no such function.
    pub async fn invoke(&self, function: &str, event: Bytes) -> Result<Invocation, UnknownFunction> {
        let pool = self.inner.pools.get(function).ok_or_else(|| UnknownFunction(function.to_owned()))?;
        let pool = Arc::clone(pool);
        let request_id = uuid::Uuid::now_v7().to_string();
        let id = request_id.clone();
        let running = self.inner.runtime.spawn(async move { pool.invoke(&id, event).await });
        let outcome = running.await.unwrap_or(Outcome::Crashed);
        Ok(Invocation { request_id, outcome })
    }

    /// A function's configuration.
    #[must_use]
    pub fn get(&self, function: &str) -> Option<&Function> {
        self.inner.pools.get(function).map(|pool| &pool.function)
    }

    /// The runtime on which the functions are run.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.inner.runtime
    }

    /// The ARN of a function.
    pub(crate) fn arn(&self, function: &str) -> String {
        environment::arn(&self.inner.shared.region, function)
    }

    /// Whether [`Self::stop`] was called: what fails from then on says nothing about the function.
    pub(crate) fn is_stopping(&self) -> bool {
        self.inner.shared.stopping.load(Ordering::SeqCst)
    }

    /// Ends every process and waits until none is left; running invocations end as crashed.
    pub async fn stop(&self) {
        self.inner.shared.stopping.store(true, Ordering::SeqCst);
        for pool in self.inner.pools.values() {
            pool.close();
        }
        let processes = self.inner.shared.processes.drain();
        for process in &processes {
            process.kill();
        }
        for process in &processes {
            _ = process.exited().await;
        }
        self.inner.tasks.iter().for_each(AbortHandle::abort);
    }
}
