//! What was used, what was denied, and what there is to use.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

/// An action of a function on a kind of resource: `create-file`, `s3:PutObject`, `originals/*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Permission {
    pub function: String,
    pub action: String,
    /// The resource without what is the same for the whole stack. Keys of a bucket are one kind of resource, and so
    /// are the identities of mail.
    pub resource: String,
}

/// An action on a resource that the template allows, both as it has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    #[serde(flatten)]
    pub permission: Permission,
    /// Whether a call has needed it.
    pub used: bool,
}

/// What functions may do and what they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub grants: Vec<Grant>,
    pub used: Vec<Permission>,
    pub denied: Vec<Permission>,
}

/// Something that was noted for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Noted {
    /// The template allows it.
    Granted(Permission),
    /// A grant of the template was needed by a call, for the first time.
    Used(Permission),
    /// A call was denied.
    Denied(Permission),
}

type Watcher = Arc<dyn Fn(&Noted) + Send + Sync>;

/// Everything that was noted.
#[derive(Default)]
pub(super) struct Record {
    pub granted: BTreeSet<Permission>,
    /// Those of `granted` that were needed.
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

    /// Tells `watcher` what has been noted already, and from now on what is new.
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
