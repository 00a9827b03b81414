//! Decides whether a function's policies allow a call, and records the decision.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use local_common::StackIdentity;

use super::arn;
use super::context::ContextKey;
use super::denial::Denial;
use super::need::Need;
use super::record::{Noted, Permission, Record, Report};
use super::statement::{Allowed, Statement};

/// The permissions of all functions, and a record of their use. Clones share both.
///
/// Callers that are not functions of the template, such as operators, are always allowed.
#[derive(Clone, Default)]
pub struct Permissions {
    identity: Arc<StackIdentity>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Statements, by function name.
    policies: BTreeMap<String, Vec<Statement>>,
    /// Denials that tests impose. They override the policies.
    denials: Vec<Denial>,
    record: Record,
}

/// The error for a call that is not allowed. Its text is IAM's.
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

/// IAM's text.
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
    /// Permissions without any policies, which allow every call. `identity` determines the ARNs.
    #[must_use]
    pub fn new(identity: &StackIdentity) -> Self {
        Self { identity: Arc::new(identity.clone()), state: Arc::default() }
    }

    /// Sets the policies of functions, given as pairs of a name and its statements.
    pub fn enforce<'a>(&self, policies: impl IntoIterator<Item = (&'a str, &'a [Statement])>) {
        let stack = &self.identity.name;
        let mut state = self.state();
        for (function, statements) in policies {
            for allowed in statements.iter().flat_map(Statement::grants) {
                state.record.grant(granted(stack, function, &allowed));
            }
            state.policies.insert(function.to_owned(), statements.to_vec());
        }
    }

    /// Checks that `function` may make a call. `needs` gets the region and returns the permissions that the call needs.
    ///
    /// # Errors
    /// If one of these permissions is missing.
    pub fn check(&self, function: &str, needs: impl FnOnce(&str) -> Vec<Need>) -> Result<(), Denied> {
        let mut state = self.state();
        let State { policies, denials, record } = &mut *state;
        let needs = needs(&self.identity.region);
        // An imposed denial is not recorded, because it does not mean that the template lacks a grant.
        if let Some(denied) = needs.iter().find_map(|need| imposed_denial(function, denials, need)) {
            return Err(denied);
        }
        let Some(statements) = policies.get(function) else { return Ok(()) };
        let denied: Vec<_> = needs.iter().filter_map(|need| refusal(function, statements, need)).collect();
        for Denied { need, .. } in &denied {
            for permission in needed(&self.identity.name, function, need) {
                record.deny(permission);
            }
        }
        if let Some(denied) = denied.into_iter().next() {
            return Err(denied);
        }
        record_use(&self.identity.name, function, statements, &needs, record);
        Ok(())
    }

    /// Whether `function` has all of the permissions `needs`.
    ///
    /// This is for services whose answer depends on a permission. A missing permission is not recorded as a denial. If
    /// all are granted, their grants count as used.
    #[must_use]
    pub fn allow(&self, function: &str, needs: impl FnOnce(&str) -> Vec<Need>) -> bool {
        let mut state = self.state();
        let State { policies, denials, record } = &mut *state;
        let needs = needs(&self.identity.region);
        if needs.iter().any(|need| imposed_denial(function, denials, need).is_some()) {
            return false;
        }
        let Some(statements) = policies.get(function) else { return true };
        let allowed = needs.iter().all(|need| refusal(function, statements, need).is_none());
        if allowed {
            record_use(&self.identity.name, function, statements, &needs, record);
        }
        allowed
    }

    /// Denies `function` an action on the resources that match a pattern, whatever its policies say.
    pub fn deny(&self, function: &str, action: &str, resources: &str) {
        let [function, action, resources] = [function, action, resources].map(str::to_owned);
        self.state().denials.push(Denial { function, action, resources });
    }

    /// Lifts the imposed denials of this action, or of all actions, for `function`.
    pub fn lift(&self, function: &str, action: Option<&str>) {
        let is_lifted = |denial: &Denial| {
            denial.function == function
                && action.is_none_or(|action| denial.action.eq_ignore_ascii_case(action))
        };
        self.state().denials.retain(|denial| !is_lifted(denial));
    }

    /// The granted permissions, and those that were used and denied so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.state().record.report()
    }

    /// Passes everything recorded so far to `watcher`, and then each new entry before its call is answered.
    ///
    /// `watcher` must not call methods of `self`, which is locked meanwhile.
    pub fn watch(&self, watcher: impl Fn(&Noted) + Send + Sync + 'static) {
        self.state().record.watch(Arc::new(watcher));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The denial of `need`, if `statements` do not allow it.
fn refusal(function: &str, statements: &[Statement], need: &Need) -> Option<Denied> {
    let (denying, allowing): (Vec<_>, Vec<_>) = statements
        .iter()
        .filter(|statement| statement.applies_to(need))
        .partition(|statement| statement.denies());
    let cause = if denying.is_empty() { Cause::NotAllowed } else { Cause::Statement };
    let denied = || Denied { function: function.to_owned(), need: need.clone(), cause };
    (cause == Cause::Statement || allowing.is_empty()).then(denied)
}

/// The denial of `need`, if a test imposes it.
fn imposed_denial(function: &str, denials: &[Denial], need: &Need) -> Option<Denied> {
    let is_denied = denials.iter().any(|denial| denial.applies_to(function, need));
    is_denied.then(|| Denied { function: function.to_owned(), need: need.clone(), cause: Cause::Imposed })
}

/// Records the use of `needs`, and of the grants that allow them.
fn record_use(stack: &str, function: &str, statements: &[Statement], needs: &[Need], record: &mut Record) {
    for need in needs {
        record.used.extend(needed(stack, function, need));
        for allowed in statements.iter().flat_map(|statement| statement.granting(need)) {
            record.exercise(granted(stack, function, &allowed));
        }
    }
}

/// A permission that a statement of `function` grants.
fn granted(stack: &str, function: &str, allowed: &Allowed<'_>) -> Permission {
    Permission {
        function: function.to_owned(),
        action: allowed.action.to_owned(),
        resource: arn::short(stack, allowed.resource),
        keys: allowed.keys.map(str::to_owned),
    }
}

/// The permissions of which a call of `function` needs one or several: one for each kind of key.
fn needed(stack: &str, function: &str, need: &Need) -> BTreeSet<Permission> {
    let resource = arn::class(stack, &need.resource);
    let permission = |keys: Option<String>| Permission {
        function: function.to_owned(),
        action: need.action.clone(),
        resource: resource.clone(),
        keys,
    };
    match need.values(ContextKey::LeadingKeys) {
        [] => BTreeSet::from([permission(None)]),
        keys => keys.iter().map(|key| permission(Some(kind(key)))).collect(),
    }
}

/// The kind of a partition key: its part up to the first `#`, with a wildcard for the rest.
fn kind(key: &str) -> String {
    key.split_once('#').map_or_else(|| key.to_owned(), |(kind, _)| format!("{kind}#*"))
}
