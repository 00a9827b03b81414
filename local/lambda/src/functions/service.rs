//! All functions of a stack, and the port at which their processes ask for events.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use local_calls::{Calls, Measures};
use local_common::Credentials;
use local_deployment::Function;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::environment::{self, Endpoints};
use super::pool::{Pool, Shared};
use super::processes::Processes;
use super::runtime_api;
use crate::binaries::Binaries;
use crate::logs::Logs;
use crate::outcome::{Invocation, Outcome, UnknownFunction};

/// What the functions' processes are started from.
pub struct Setup {
    /// A binary for each function.
    pub binaries: Binaries,
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

/// By the functions' names.
type Pools = Arc<RwLock<BTreeMap<String, Arc<Pool>>>>;

struct Inner {
    pools: Pools,
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
            busy: AtomicUsize::new(0),
        });
        let pools = Pools::default();
        let server = tokio::spawn(async move {
            // Serving ends only by being aborted.
            _ = axum::serve(listener, runtime_api::router(processes)).await;
        });
        let trimmed = Arc::clone(&pools);
        let trimming = tokio::spawn(async move {
            loop {
                tokio::time::sleep(idle_for / 4).await;
                for pool in all(&trimmed) {
                    pool.trim(idle_for).await;
                }
            }
        });
        let tasks = [server.abort_handle(), trimming.abort_handle()];
        let inner = Inner { pools, shared, runtime: Handle::current(), tasks };
        let started = Self { inner: Arc::new(inner) };
        started.update(functions).await;
        Ok(started)
    }

    /// Adds functions, and replaces those that differ from the ones of their names, one after the other; events
    /// that are waiting or running do not notice.
    pub async fn update(&self, functions: impl IntoIterator<Item = Function>) {
        for function in functions {
            match self.pool(&function.name) {
                Some(pool) if *pool.function() == function => {}
                Some(pool) => pool.update(function).await,
                None => {
                    let (name, shared) = (function.name.clone(), Arc::clone(&self.inner.shared));
                    let mut pools = self.inner.pools.write().unwrap_or_else(PoisonError::into_inner);
                    pools.insert(name, Arc::new(Pool::new(function, shared)));
                }
            }
        }
    }

    /// Invokes a function and waits for its outcome. As on Lambda, the function runs on if the caller gives up.
    ///
    /// # Errors
    /// If there is no such function.
    pub async fn invoke(&self, function: &str, event: Bytes) -> Result<Invocation, UnknownFunction> {
        let pool = self.pool(function).ok_or_else(|| UnknownFunction(function.to_owned()))?;
        let request_id = uuid::Uuid::now_v7().to_string();
        let id = request_id.clone();
        let running = self.inner.runtime.spawn(async move { pool.invoke(&id, event).await });
        let outcome = running.await.unwrap_or(Outcome::Crashed);
        Ok(Invocation { request_id, outcome })
    }

    /// Waits until the binary of a function is built, or until that has failed. A caller whose patience has a limit waits
    /// here first: nothing is built on Lambda.
    pub async fn built(&self, function: &str) {
        if let Some(pool) = self.pool(function) {
            // An invocation reports the error.
            _ = pool.binary().await;
        }
    }

    /// A function's configuration.
    #[must_use]
    pub fn get(&self, function: &str) -> Option<Arc<Function>> {
        self.pool(function).map(|pool| pool.function())
    }

    fn pool(&self, function: &str) -> Option<Arc<Pool>> {
        self.inner.pools.read().unwrap_or_else(PoisonError::into_inner).get(function).cloned()
    }

    /// The runtime on which the functions are run.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        &self.inner.runtime
    }

    /// The figures that AWS would publish in CloudWatch.
    #[must_use]
    pub fn measures(&self) -> &Measures {
        self.inner.shared.calls.measures()
    }

    /// The ARN of a function.
    #[must_use]
    pub fn arn(&self, function: &str) -> String {
        environment::arn(&self.inner.shared.region, function)
    }

    /// Whether [`Self::stop`] was called: what fails from then on says nothing about the function.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.inner.shared.stopping.load(Ordering::SeqCst)
    }

    /// Ends every process and waits until none is left; running invocations end as crashed.
    pub async fn stop(&self) {
        self.inner.shared.stopping.store(true, Ordering::SeqCst);
        for pool in all(&self.inner.pools) {
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

fn all(pools: &Pools) -> Vec<Arc<Pool>> {
    pools.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
}
