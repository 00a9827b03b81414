//! The judge: who asks, what their policies say, and what is remembered of it.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::arn;
use super::need::Need;
use super::record::{Noted, Permission, Record, Report};
use super::statement::Statement;
use crate::deployment::Function;

/// What every function may do, and what it did. Clones share it.
///
/// Who is no function of the template is not judged: operators, and tests of a service alone.
#[derive(Clone, Default)]
pub struct Permissions {
    region: Arc<str>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Statements by the functions' names.
    policies: BTreeMap<String, Vec<Statement>>,
    record: Record,
}

/// A call that the caller's policies do not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    function: String,
    need: Need,
    /// Whether a statement says so; else none says otherwise.
    explicit: bool,
}

/// The words of IAM.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
impl Display for Denied {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (caller, Need { action, resource, .. }) = (arn::caller(&self.function), &self.need);
        write!(f, "User: {caller} is not authorized to perform: {action} on resource: {resource} ")?;
        if self.explicit {
            return f.write_str("with an explicit deny in an identity-based policy");
        }
        write!(f, "because no identity-based policy allows the {action} action")
    }
}

impl Permissions {
    /// Judges nobody yet. ARNs are of `region`.
    #[must_use]
    pub fn new(region: &str) -> Self {
        Self { region: region.into(), state: Arc::default() }
    }

    /// Judges these functions from now on by the policies that they have here.
    pub fn enforce<'a>(&self, functions: impl IntoIterator<Item = &'a Function>) {
        let mut state = self.state();
        for function in functions {
            for (action, resource) in function.policies.iter().flat_map(Statement::grants) {
                state.record.grant(permission(&function.name, action, arn::short(resource)));
            }
            state.policies.insert(function.name.clone(), function.policies.clone());
        }
    }

    /// Judges a call of `function`; `needs` tells what it needs in the region that it is given.
    ///
    /// # Errors
    /// If the function's policies do not allow all of it.
    pub fn check(&self, function: &str, needs: impl FnOnce(&str) -> Vec<Need>) -> Result<(), Denied> {
        let mut state = self.state();
        let State { policies, record } = &mut *state;
        let Some(statements) = policies.get(function) else { return Ok(()) };
        let needs = needs(&self.region);
        let denied: Vec<_> = needs.iter().filter_map(|need| refusal(function, statements, need)).collect();
        for Denied { need, .. } in &denied {
            record.deny(permission(function, &need.action, arn::class(&need.resource)));
        }
        if let Some(denied) = denied.into_iter().next() {
            return Err(denied);
        }
        for need in &needs {
            record.used.insert(permission(function, &need.action, arn::class(&need.resource)));
            for (action, resource) in statements.iter().flat_map(|statement| statement.granting(need)) {
                record.exercise(permission(function, action, arn::short(resource)));
            }
        }
        Ok(())
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
    let explicit = !against.is_empty();
    let denied = || Denied { function: function.to_owned(), need: need.clone(), explicit };
    (explicit || others.is_empty()).then(denied)
}

fn permission(function: &str, action: &str, resource: String) -> Permission {
    Permission { function: function.to_owned(), action: action.to_owned(), resource }
}
