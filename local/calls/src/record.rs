//! The record of calls, and the faults that are to be injected.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use local_common::{Credentials, Signer};
use local_policy::Permissions;

use super::call::{self, Call, Cancellation, Fault, Service};
use super::measures::Measures;
use super::usage::Usage;

/// How many finished calls are kept. Older ones are dropped.
const MAX_FINISHED: usize = 10_000;

/// The record of all AWS calls, and the faults that are to be injected. Clones share both.
#[derive(Clone, Default)]
pub struct Calls {
    state: Arc<Mutex<State>>,
    permissions: Permissions,
    measures: Measures,
}

type Killer = Arc<dyn Fn(&Signer) + Send + Sync>;

#[derive(Default)]
struct State {
    finished: VecDeque<Call>,
    /// By function.
    usage: BTreeMap<String, Usage>,
    running: HashMap<Signer, Running>,
    last_request: HashMap<String, String>,
    injections: Vec<Injection>,
    outages: Vec<Outage>,
    delays: HashMap<String, Duration>,
    killer: Option<Killer>,
}

/// The invocation that a process is handling, and how many calls it has begun.
struct Running {
    request_id: String,
    begun: u32,
}

struct Injection {
    function: String,
    nth: u32,
    fault: Fault,
    left: u32,
}

struct Outage {
    function: String,
    operation: String,
    fault: Fault,
    /// How many more calls the fault applies to. `None` means all.
    left: Option<u32>,
}

/// What a service is to do with a call.
#[must_use]
pub enum Begun {
    /// Carry it out, then call [`Permit::finish`] before answering.
    Proceed(Permit),
    /// Do nothing, and answer this fault in the service's own wording.
    Answer(Fault),
    /// Do nothing, and never answer.
    Never,
}

/// A call that is being carried out.
#[must_use]
pub struct Permit {
    calls: Calls,
    call: Call,
    kill: bool,
    lose: bool,
}

impl Calls {
    /// A record of calls that are subject to `permissions`.
    #[must_use]
    pub fn judged_by(permissions: Permissions) -> Self {
        Self { permissions, ..Self::default() }
    }

    /// The permissions of the functions. A service checks them between [`Self::begin`] and carrying out a call.
    #[must_use]
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// The figures that AWS would publish in CloudWatch.
    #[must_use]
    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    /// Begins a call. Every service calls this as soon as it knows the access key and the operation.
    pub async fn begin(&self, access_key: &str, service: Service, operation: &str) -> Begun {
        let started = Instant::now();
        let Some(signer) = Credentials::signer(access_key) else {
            let signer = Signer { function: access_key.to_owned(), slot: 0 };
            return Begun::Proceed(self.permit(signer, None, service, operation, started));
        };
        let (request_id, fault, delay) = self.state().count_call(&signer, operation);
        let mut permit = self.permit(signer, request_id, service, operation, started);
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        match fault {
            None => {}
            Some(Fault::KillAfter) => permit.kill = true,
            Some(Fault::LoseAnswer) => permit.lose = true,
            Some(Fault::Delay(by)) => tokio::time::sleep(by).await,
            Some(Fault::Hang) => {
                _ = permit.finish();
                return Begun::Never;
            }
            Some(fault) => {
                if service == Service::DynamoDb && is_throttling(fault) {
                    let is_read = ["Get", "Query", "Scan"].iter().any(|read| operation.contains(read));
                    let name = if is_read { "ReadThrottleEvents" } else { "WriteThrottleEvents" };
                    // The table is not known here: a deployment has one.
                    self.measures.put("AWS/DynamoDB", name, &[], 1.0);
                }
                _ = permit.finish();
                return Begun::Answer(fault);
            }
        }
        Begun::Proceed(permit)
    }

    /// Injects `fault` into the `nth` AWS call (from 1) of each of the next `times` invocations of `function`.
    pub fn inject(&self, function: &str, nth: u32, fault: Fault, times: u32) {
        self.state().injections.push(Injection { function: function.to_owned(), nth, fault, left: times });
    }

    /// Injects `fault` into every call of `operation` by `function`, until [`Self::clear`] is called.
    pub fn interrupt(&self, function: &str, operation: &str, fault: Fault) {
        self.add_outage(function, operation, fault, None);
    }

    /// Injects `fault` into the next `times` calls of `operation` by `function`, in any invocation.
    pub fn interrupt_next(&self, function: &str, operation: &str, fault: Fault, times: u32) {
        self.add_outage(function, operation, fault, Some(times));
    }

    fn add_outage(&self, function: &str, operation: &str, fault: Fault, left: Option<u32>) {
        let (function, operation) = (function.to_owned(), operation.to_owned());
        self.state().outages.push(Outage { function, operation, fault, left });
    }

    /// Denies `function` an action, such as `s3:GetObject`, whatever the template grants.
    ///
    /// Each service answers with its own error. URLs that the function has signed stop working, too.
    /// [`Permissions::report`] does not list the denial. [`Self::allow`] and [`Self::clear`] lift it.
    pub fn deny(&self, function: &str, action: &str) {
        self.permissions.deny(function, action, "*");
    }

    /// Denies `function` an action on some resources only.
    ///
    /// `resources` is a pattern with the wildcards of policies. It is compared with the ARN and, for an object, also
    /// with its key alone.
    pub fn deny_on(&self, function: &str, action: &str, resources: &str) {
        self.permissions.deny(function, action, resources);
    }

    /// Lifts the denials of an action that [`Self::deny`] and [`Self::deny_on`] imposed on `function`.
    pub fn allow(&self, function: &str, action: &str) {
        self.permissions.lift(function, Some(action));
    }

    /// Removes all remaining faults of `function`, and lifts its denials.
    pub fn clear(&self, function: &str) {
        self.permissions.lift(function, None);
        let mut state = self.state();
        state.injections.retain(|injection| injection.function != function);
        state.outages.retain(|outage| outage.function != function);
    }

    /// How many calls of `operation` by `function` have finished.
    #[must_use]
    pub fn count(&self, function: &str, operation: &str) -> usize {
        self.state().usage.get(function).map_or(0, |usage| usage.count(operation))
    }

    /// What each function has used since the start.
    #[must_use]
    pub fn usage(&self) -> BTreeMap<String, Usage> {
        self.state().usage.clone()
    }

    /// Delays every call of `function`, so that parallel calls overlap measurably. `None` ends the delay.
    pub fn delay_all(&self, function: &str, by: Option<Duration>) {
        let mut state = self.state();
        match by {
            Some(by) => state.delays.insert(function.to_owned(), by),
            None => state.delays.remove(function),
        };
    }

    /// The finished calls of one invocation, in the order in which they ended.
    #[must_use]
    pub fn of_request(&self, request_id: &str) -> Vec<Call> {
        let state = self.state();
        state.finished.iter().filter(|call| call.request_id.as_deref() == Some(request_id)).cloned().collect()
    }

    /// The read capacity units that the calls of one invocation consumed. They do not depend on the machine.
    #[must_use]
    pub fn read_units_of_request(&self, request_id: &str) -> f64 {
        self.of_request(request_id).iter().map(|call| call.read_units).sum()
    }

    /// The request id of the newest invocation of `function`.
    #[must_use]
    pub fn last_request_of(&self, function: &str) -> Option<String> {
        self.state().last_request.get(function).cloned()
    }

    /// The length of the longest chain of calls in which each call starts after the previous one has ended.
    #[must_use]
    pub fn in_sequence(calls: &[Call]) -> usize {
        call::in_sequence(calls)
    }

    /// Records that the process of `signer` has started the invocation `request_id`.
    pub fn invocation_started(&self, signer: &Signer, request_id: &str) {
        let mut state = self.state();
        state.last_request.insert(signer.function.clone(), request_id.to_owned());
        state.running.insert(signer.clone(), Running { request_id: request_id.to_owned(), begun: 0 });
    }

    /// Records that the process of `signer` has answered its invocation.
    pub fn invocation_ended(&self, signer: &Signer) {
        self.state().running.remove(signer);
    }

    /// Registers the function that kills a process, for [`Fault::KillAfter`].
    pub fn on_kill(&self, kill: impl Fn(&Signer) + Send + Sync + 'static) {
        self.state().killer = Some(Arc::new(kill));
    }

    fn permit(
        &self,
        signer: Signer,
        request_id: Option<String>,
        service: Service,
        operation: &str,
        started: Instant,
    ) -> Permit {
        let operation = operation.to_owned();
        let (read_units, write_units) = (0.0, 0.0);
        let call =
            Call { signer, request_id, service, operation, read_units, write_units, started, ended: started };
        Permit { calls: self.clone(), call, kill: false, lose: false }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_throttling(fault: Fault) -> bool {
    use Cancellation::{ProvisionedThroughputExceeded, ThrottlingError};
    matches!(fault, Fault::Throttling | Fault::Cancelled(ProvisionedThroughputExceeded | ThrottlingError, _))
}

impl State {
    /// Counts a new call of `signer`. Returns its invocation, the fault to inject, and the delay.
    fn count_call(
        &mut self,
        signer: &Signer,
        operation: &str,
    ) -> (Option<String>, Option<Fault>, Option<Duration>) {
        let delay = self.delays.get(&signer.function).copied();
        let Some(running) = self.running.get_mut(signer) else { return (None, None, delay) };
        running.begun += 1;
        let nth = running.begun;
        let injection = self.injections.iter_mut().find(|injection| {
            injection.function == signer.function && injection.nth == nth && injection.left > 0
        });
        let fault = injection.map(|injection| {
            injection.left -= 1;
            injection.fault
        });
        let applies = |outage: &&mut Outage| {
            outage.function == signer.function && outage.operation == operation && outage.left != Some(0)
        };
        let fault = fault.or_else(|| {
            let outage = self.outages.iter_mut().find(applies)?;
            outage.left = outage.left.map(|left| left - 1);
            Some(outage.fault)
        });
        (Some(running.request_id.clone()), fault, delay)
    }
}

impl Permit {
    /// Records how many capacity units of DynamoDB the call consumed.
    pub fn consumed(&mut self, read_units: f64, write_units: f64) {
        self.call.read_units = read_units;
        self.call.write_units = write_units;
    }

    /// Records that the call has ended.
    ///
    /// Returns `true` if the connection must be closed without an answer, because of [`Fault::KillAfter`] or
    /// [`Fault::LoseAnswer`].
    #[must_use]
    pub fn finish(mut self) -> bool {
        self.call.ended = Instant::now();
        let signer = self.call.signer.clone();
        let killer = {
            let mut state = self.calls.state();
            if state.finished.len() == MAX_FINISHED {
                state.finished.pop_front();
            }
            state.usage.entry(signer.function.clone()).or_default().add(&self.call);
            state.finished.push_back(self.call);
            state.killer.clone()
        };
        if let (true, Some(kill)) = (self.kill, killer) {
            kill(&signer);
        }
        self.kill || self.lose
    }
}
