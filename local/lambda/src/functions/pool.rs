//! The processes of one function: started on demand, one event at a time each, kept warm in between.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use local_calls::Calls;
use local_common::{Credentials, Signer, clock};
use local_deployment::Function;
use tokio::sync::Semaphore;

use super::busy::Busy;
use super::ending::{self, End};
use super::environment::{self, Endpoints};
use super::link::Work;
use super::process::Process;
use super::processes::Processes;
use crate::binaries::{Binaries, NotBuilt};
use crate::logs::Logs;
use crate::outcome::Outcome;
use crate::report;

/// How many processes a function may have: a thousand requests at once share these and wait their turn.
const MAX_PROCESSES: u32 = 20;

/// How long a process may take until its first poll, as Lambda allows.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// A wait for a binary that is shorter than this is not worth a line: cargo takes as long to find that all is built.
const SHORT_WAIT: Duration = Duration::from_secs(1);

/// What all pools of a stack have in common.
pub(super) struct Shared {
    pub binaries: Binaries,
    pub endpoints: Endpoints,
    pub region: String,
    pub credentials: Credentials,
    pub calls: Calls,
    pub logs: Logs,
    pub processes: Processes,
    pub runtime_api: SocketAddr,
    pub stopping: AtomicBool,
    /// The number of invocations that are running.
    pub busy: AtomicUsize,
}

/// One function and its processes.
pub(super) struct Pool {
    name: String,
    shared: Arc<Shared>,
    turns: Semaphore,
    slots: Mutex<Slots>,
}

struct Slots {
    /// What processes are started from now on.
    function: Arc<Function>,
    /// Processes that wait for an event, and since when; the last has waited the least.
    idle: Vec<(Arc<Process>, Instant)>,
    free: BTreeSet<u32>,
}

impl Pool {
    pub fn new(function: Function, shared: Arc<Shared>) -> Self {
        let (name, function) = (function.name.clone(), Arc::new(function));
        let slots = Mutex::new(Slots { function, idle: Vec::new(), free: (0..MAX_PROCESSES).collect() });
        Self { name, shared, turns: Semaphore::new(MAX_PROCESSES as usize), slots }
    }

    /// The function as it is now.
    pub fn function(&self) -> Arc<Function> {
        Arc::clone(&self.slots().function)
    }

    /// Makes the function another. Events go on meanwhile: a process finishes what it does, and those that wait
    /// are replaced one after the other. Events that begin after this find none of the old processes waiting.
    pub async fn update(&self, function: Function) {
        let function = Arc::new(function);
        self.slots().function = Arc::clone(&function);
        self.retire_idle(|process, _| !Arc::ptr_eq(&process.function, &function)).await;
    }

    /// Runs one event on a process of its own, waiting for one if all are busy.
    pub async fn invoke(&self, request_id: &str, event: Bytes) -> Outcome {
        let binary = match self.binary().await {
            Ok(binary) => binary,
            Err(error) => return self.cannot_start(request_id, &error),
        };
        let Ok(_turn) = self.turns.acquire().await else { return Outcome::Crashed };
        let _busy = Busy::begin(&self.shared.busy, self.shared.calls.measures());
        let process = match self.process(&binary) {
            Ok(process) => process,
            Err(error) => return self.cannot_start(request_id, &error),
        };
        let init = match self.initialise(&process).await {
            Ok(init) => init,
            Err((message, outcome)) => {
                self.log(&message);
                self.log(&report::init_report(&outcome, process.age()));
                self.log_report(request_id, &process, &outcome, Duration::ZERO, None);
                self.retire(&process).await;
                return outcome;
            }
        };
        let (end, duration) = self.work(&process, request_id, event).await;
        let (outcome, message) = end.outcome(request_id, process.function.timeout);
        if let Some(message) = message {
            self.log(&message);
        }
        self.log_report(request_id, &process, &outcome, duration, init);
        let ended = matches!(outcome, Outcome::TimedOut | Outcome::OutOfMemory | Outcome::Crashed);
        if ended || !self.keep(&process) {
            self.retire(&process).await;
        }
        outcome
    }

    fn log_report(
        &self,
        request_id: &str,
        process: &Process,
        outcome: &Outcome,
        duration: Duration,
        init: Option<Duration>,
    ) {
        let memory = process.function.memory_mib;
        let peak = process.peak_memory().map(|kib| kib.div_ceil(1024));
        self.log(&report::report(request_id, outcome, duration, init, memory, peak));
    }

    /// Waits until the function's binary is built.
    pub async fn binary(&self) -> Result<PathBuf, NotBuilt> {
        let mut built = pin!(self.shared.binaries.get(&self.name));
        match tokio::time::timeout(SHORT_WAIT, &mut built).await {
            Ok(built) => built,
            Err(_) => {
                self.log("is still being built; a request or an event waits for it");
                built.await
            }
        }
    }

    fn cannot_start(&self, request_id: &str, error: &dyn std::error::Error) -> Outcome {
        let message = format!("RequestId: {request_id} Error: cannot start the function: {error}");
        self.log(&message);
        let outcome = ending::failed("Runtime.InvalidEntrypoint", &message);
        let memory = self.function().memory_mib;
        self.log(&report::report(request_id, &outcome, Duration::ZERO, None, memory, None));
        outcome
    }

    /// Ends the processes that have waited for longer than `idle_for`, all but one: what a rush has started
    /// must not stay for hours.
    pub async fn trim(&self, idle_for: Duration) {
        let mut spare = self.slots().idle.len().saturating_sub(1);
        let is_unused = |_: &Process, since: Instant| {
            let unused = spare > 0 && since.elapsed() > idle_for;
            spare -= usize::from(unused);
            unused
        };
        self.retire_idle(is_unused).await;
    }

    /// Ends waiting processes for as long as there is one that `is_over`. Each takes a turn for that: whoever has
    /// a turn finds a process or a free slot.
    async fn retire_idle(&self, mut is_over: impl FnMut(&Process, Instant) -> bool) {
        loop {
            let Ok(_turn) = self.turns.acquire().await else { return };
            let over = {
                let idle = &mut self.slots().idle;
                let place = idle.iter().position(|(process, since)| is_over(process, *since));
                place.map(|place| idle.remove(place).0)
            };
            let Some(process) = over else { return };
            self.retire(&process).await;
        }
    }

    /// Keeps a process warm, if it is what would be started now.
    fn keep(&self, process: &Arc<Process>) -> bool {
        let mut slots = self.slots();
        let keep = Arc::ptr_eq(&process.function, &slots.function);
        if keep {
            slots.idle.push((Arc::clone(process), Instant::now()));
        }
        keep
    }

    /// Lets no further event begin.
    pub fn close(&self) {
        self.turns.close();
        self.slots().idle.clear();
    }

    /// An idle process, the most recently used first, or a new one.
    fn process(&self, binary: &Path) -> std::io::Result<Arc<Process>> {
        let mut slots = self.slots();
        while let Some((idle, _)) = slots.idle.pop() {
            if idle.is_running() {
                return Ok(idle);
            }
            self.shared.processes.remove(&idle.signer);
            slots.free.insert(idle.signer.slot);
        }
        // A turn is held, so fewer than `MAX_PROCESSES` are working and a slot is free.
        let slot = slots.free.pop_first().ok_or_else(|| std::io::Error::other("no slot is free"))?;
        let started = self.start(binary, slot, Arc::clone(&slots.function));
        if started.is_err() {
            slots.free.insert(slot);
        }
        started
    }

    fn start(&self, binary: &Path, slot: u32, function: Arc<Function>) -> std::io::Result<Arc<Process>> {
        let shared = &self.shared;
        let signer = Signer { function: self.name.clone(), slot };
        let environment = environment::of(
            &function,
            &signer,
            &shared.region,
            shared.runtime_api,
            &shared.endpoints,
            &shared.credentials,
        );
        let start = || Process::start(binary, signer, function, environment, &shared.logs);
        let process = shared.processes.start(start)?;
        if shared.stopping.load(Ordering::SeqCst) {
            process.kill();
        }
        Ok(process)
    }

    /// Waits for the first poll of a new process: how long that took, or `None` for a warm one.
    async fn initialise(&self, process: &Process) -> Result<Option<Duration>, (String, Outcome)> {
        let Some(initialising) = process.link.initialising() else { return Ok(None) };
        tokio::select! {
            biased;
            Ok(initialised) = initialising => match initialised {
                Ok(()) => Ok(Some(process.age())),
                Err(body) => Err((String::from_utf8_lossy(&body).into_owned(), Outcome::Failed(body))),
            },
            ending = process.exited() => Err((format!("Runtime exited with error: {ending}"), Outcome::Crashed)),
            () = process.outgrows() => {
                Err((report::KILLED.to_owned(), Outcome::OutOfMemory))
            }
            () = tokio::time::sleep(INIT_TIMEOUT) => {
                Err(("the function did not ask for an event within 10 s".to_owned(), Outcome::TimedOut))
            }
        }
    }

    async fn work(&self, process: &Process, request_id: &str, event: Bytes) -> (End, Duration) {
        let timeout = process.function.timeout;
        let now = clock::now();
        let work = Work {
            request_id: request_id.to_owned(),
            event,
            deadline_ms: now
                .as_millisecond()
                .saturating_add(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX)),
            arn: environment::arn(&self.shared.region, &self.name),
            trace_id: trace_id(now.as_second()),
        };
        let signer = &process.signer;
        self.shared.calls.invocation_started(signer, request_id);
        let started = Instant::now();
        let answer = process.link.hand_over(work).await;
        let end = tokio::select! {
            biased;
            Ok(answer) = answer => {
                // Even after a short peak: on Lambda, the process would have been killed before it answered.
                if process.has_outgrown() { End::OutOfMemory } else { End::Answer(answer) }
            }
            () = process.outgrows() => End::OutOfMemory,
            ending = process.exited() => {
                let message =
                    format!("RequestId: {request_id} Error: Runtime exited with error: {ending} Runtime.ExitError");
                End::Broken(message, Outcome::Crashed)
            }
            () = tokio::time::sleep(timeout) => End::TimedOut,
        };
        self.shared.calls.invocation_ended(signer);
        (end, started.elapsed())
    }

    /// Ends a process and gives its slot back once nothing of it is left.
    async fn retire(&self, process: &Process) {
        process.kill();
        _ = process.exited().await;
        self.shared.processes.remove(&process.signer);
        self.slots().free.insert(process.signer.slot);
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self, message: &str) {
        self.shared.logs.push(&self.name, message);
    }
}

/// An X-Ray trace id that is not sampled.
fn trace_id(now: i64) -> String {
    let unique = uuid::Uuid::now_v7().simple().to_string();
    format!("Root=1-{now:08x}-{};Sampled=0", &unique[8..])
}
