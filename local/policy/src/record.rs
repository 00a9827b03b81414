//! The record of permissions that were granted, used and denied.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

/// Permission of a function for an action on a group of resources: `create-file`, `s3:PutObject`, `originals/*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Permission {
    pub function: String,
    pub action: String,
    /// The short name of the resources, without stack, account and region. All keys of a bucket are one group, and so
    /// are all mail identities.
    pub resource: String,
    /// The partition keys of the table to which it is limited, as a pattern: `USER#*`. The kind of the keys, if this is
    /// what a call used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

/// A permission that the template grants, with the action and the resource as written there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    #[serde(flatten)]
    pub permission: Permission,
    /// Whether a call has used it.
    pub used: bool,
}

/// The granted permissions, and those that were used and denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub grants: Vec<Grant>,
    pub used: Vec<Permission>,
    pub denied: Vec<Permission>,
}

/// A permission that is recorded for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Noted {
    /// The template grants it.
    Granted(Permission),
    /// A call has used this grant of the template.
    Used(Permission),
    /// A call was denied because it is missing.
    Denied(Permission),
}

type Watcher = Arc<dyn Fn(&Noted) + Send + Sync>;

/// All recorded permissions.
#[derive(Default)]
pub(super) struct Record {
    pub granted: BTreeSet<Permission>,
    /// The members of `granted` that were used.
    pub exercised: BTreeSet<Permission>,
    pub used: BTreeSet<Permission>,
    pub denied: BTreeSet<Permission>,
    watcher: Option<Watcher>,
}

impl Record {
    pub fn grant(&mut self, permission: Permission) {
        if self.granted.insert(permission.clone()) {
            self.tell(&Noted::Granted(permission));
        }
    }

    pub fn exercise(&mut self, permission: Permission) {
        if self.exercised.insert(permission.clone()) {
            self.tell(&Noted::Used(permission));
        }
    }

    pub fn deny(&mut self, permission: Permission) {
        if self.denied.insert(permission.clone()) {
            self.tell(&Noted::Denied(permission));
        }
    }

    /// Passes everything recorded so far to `watcher`, and from then on each new entry.
    pub fn watch(&mut self, watcher: Watcher) {
        let granted = self.granted.iter().cloned().map(Noted::Granted);
        let exercised = self.exercised.iter().cloned().map(Noted::Used);
        let denied = self.denied.iter().cloned().map(Noted::Denied);
        granted.chain(exercised).chain(denied).for_each(|noted| watcher(&noted));
        self.watcher = Some(watcher);
    }

    pub fn report(&self) -> Report {
        let grant = |permission: &Permission| Grant {
            permission: permission.clone(),
            used: self.exercised.contains(permission),
        };
        Report {
            grants: self.granted.iter().map(grant).collect(),
            used: self.used.iter().cloned().collect(),
            denied: self.denied.iter().cloned().collect(),
        }
    }

    fn tell(&self, noted: &Noted) {
        if let Some(watcher) = &self.watcher {
            watcher(noted);
        }
    }
}
