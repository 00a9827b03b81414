//! The judge: who asks, what their policies say, and what is remembered of it.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use local_common::StackIdentity;

use super::arn;
use super::denial::Denial;
use super::need::Need;
use super::record::{Noted, Permission, Record, Report};
use super::statement::Statement;

/// What every function may do, and what it did. Clones share it.
///
/// Who is no function of the template is not judged: operators, and tests of a service alone.
#[derive(Clone, Default)]
pub struct Permissions {
    identity: Arc<StackIdentity>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Statements by the functions' names.
    policies: BTreeMap<String, Vec<Statement>>,
    /// The denials that tests impose, which override the policies.
    denials: Vec<Denial>,
    record: Record,
}

/// A call that the caller's policies do not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    function: String,
    need: Need,
    cause: Cause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// No statement allows it.
    NotAllowed,
    /// A statement denies it.
    Statement,
    /// A test denies it.
    Imposed,
}

/// The words of IAM.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
impl Display for Denied {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (caller, Need { action, resource, .. }) = (arn::caller(&self.function), &self.need);
        write!(f, "User: {caller} is not authorized to perform: {action} on resource: {resource} ")?;
        match self.cause {
            Cause::NotAllowed => write!(f, "because no identity-based policy allows the {action} action"),
            Cause::Statement => f.write_str("with an explicit deny in an identity-based policy"),
            Cause::Imposed => f.write_str("with an explicit deny in a service control policy"),
        }
    }
}

impl Permissions {
    /// Judges nobody yet. ARNs are of the stack called `identity`.
    #[must_use]
    pub fn new(identity: &StackIdentity) -> Self {
        Self { identity: Arc::new(identity.clone()), state: Arc::default() }
    }

    /// Judges functions from now on by the statements that stand here beside their names.
    pub fn enforce<'a>(&self, policies: impl IntoIterator<Item = (&'a str, &'a [Statement])>) {
        let stack = &self.identity.name;
        let mut state = self.state();
        for (function, statements) in policies {
            for (action, resource) in statements.iter().flat_map(Statement::grants) {
                state.record.grant(permission(function, action, arn::short(stack, resource)));
            }
            state.policies.insert(function.to_owned(), statements.to_vec());
        }
    }

    /// Judges a call of `function`; `needs` tells what it needs in the region that it is given.
    ///
    /// # Errors
    /// If the function's policies do not allow all of it.
    pub fn check(&self, function: &str, needs: impl FnOnce(&str) -> Vec<Need>) -> Result<(), Denied> {
        let mut state = self.state();
        let State { policies, denials, record } = &mut *state;
        let needs = needs(&self.identity.region);
        // Checked first, and not recorded: it says nothing about what the template should grant.
        if let Some(denied) = needs.iter().find_map(|need| imposed(function, denials, need)) {
            return Err(denied);
        }
        let Some(statements) = policies.get(function) else { return Ok(()) };
        let denied: Vec<_> = needs.iter().filter_map(|need| refusal(function, statements, need)).collect();
        for Denied { need, .. } in &denied {
            record.deny(permission(function, &need.action, arn::class(&self.identity.name, &need.resource)));
        }
        if let Some(denied) = denied.into_iter().next() {
            return Err(denied);
        }
        use_all(&self.identity.name, function, statements, &needs, record);
        Ok(())
    }

    /// Whether `function` is allowed `needs`, for answers that depend on it: no call fails if not. The grant counts as
    /// used.
    #[must_use]
    pub fn allow(&self, function: &str, needs: impl FnOnce(&str) -> Vec<Need>) -> bool {
        let mut state = self.state();
        let State { policies, denials, record } = &mut *state;
        let needs = needs(&self.identity.region);
        if needs.iter().any(|need| imposed(function, denials, need).is_some()) {
            return false;
        }
        let Some(statements) = policies.get(function) else { return true };
        let allowed = needs.iter().all(|need| refusal(function, statements, need).is_none());
        if allowed {
            use_all(&self.identity.name, function, statements, &needs, record);
        }
        allowed
    }

    /// Denies `function` an action on the resources of a pattern, whatever its policies say.
    pub fn deny(&self, function: &str, action: &str, resources: &str) {
        let [function, action, resources] = [function, action, resources].map(str::to_owned);
        self.state().denials.push(Denial { function, action, resources });
    }

    /// Lifts the denials of this action, or of all actions, for `function`.
    pub fn lift(&self, function: &str, action: Option<&str>) {
        let is_lifted = |denial: &Denial| {
            denial.function == function
                && action.is_none_or(|action| denial.action.eq_ignore_ascii_case(action))
        };
        self.state().denials.retain(|denial| !is_lifted(denial));
    }

    /// What functions may do and what they did so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.state().record.report()
    }

    /// Tells `watcher` what has been noted so far, and then whatever is new, before the call in question is
    /// answered. It must not ask this for anything.
    pub fn watch(&self, watcher: impl Fn(&Noted) + Send + Sync + 'static) {
        self.state().record.watch(Arc::new(watcher));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why `statements` do not allow `need`, if they do not.
fn refusal(function: &str, statements: &[Statement], need: &Need) -> Option<Denied> {
    let (against, others): (Vec<_>, Vec<_>) = statements
        .iter()
        .filter(|statement| statement.is_about(need))
        .partition(|statement| statement.denies());
    let cause = if against.is_empty() { Cause::NotAllowed } else { Cause::Statement };
    let denied = || Denied { function: function.to_owned(), need: need.clone(), cause };
    (cause == Cause::Statement || others.is_empty()).then(denied)
}

/// The denial of `need` that a test imposes, if one does.
fn imposed(function: &str, denials: &[Denial], need: &Need) -> Option<Denied> {
    let is_denied = denials.iter().any(|denial| denial.is_about(function, need));
    is_denied.then(|| Denied { function: function.to_owned(), need: need.clone(), cause: Cause::Imposed })
}

/// Records that `needs` were met, and by which grants.
fn use_all(stack: &str, function: &str, statements: &[Statement], needs: &[Need], record: &mut Record) {
    for need in needs {
        record.used.insert(permission(function, &need.action, arn::class(stack, &need.resource)));
        for (action, resource) in statements.iter().flat_map(|statement| statement.granting(need)) {
            record.exercise(permission(function, action, arn::short(stack, resource)));
        }
    }
}

fn permission(function: &str, action: &str, resource: String) -> Permission {
    Permission { function: function.to_owned(), action: action.to_owned(), resource }
}
