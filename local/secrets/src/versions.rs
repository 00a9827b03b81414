//! A secret, its versions, and their staging labels.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) const CURRENT: &str = "AWSCURRENT";
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// A secret with its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) arn: String,
    pub(super) description: Option<String>,
    pub(super) created: Timestamp,
    /// The versions, by id.
    pub(super) versions: BTreeMap<String, Version>,
}

/// A version of a secret: a value, and its staging labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) value: SecretValue,
    pub(super) stages: Vec<String>,
    pub(super) created: Timestamp,
}

/// The value of a version. The names of the variants are those of the wire protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum SecretValue {
    SecretString(String),
    /// The value in base64.
    SecretBinary(String),
}

impl Secret {
    pub(super) fn new(arn: String, description: Option<String>, created: Timestamp) -> Self {
        Self { arn, description, created, versions: BTreeMap::new() }
    }

    /// The id and version with the label `stage`.
    pub(super) fn staged(&self, stage: &str) -> Option<(&String, &Version)> {
        self.versions.iter().find(|(_, version)| version.stages.iter().any(|s| s == stage))
    }

    /// Adds a version, and moves the labels `stages` to it.
    pub(super) fn add(&mut self, id: &str, value: SecretValue, stages: &[String], created: Timestamp) {
        self.versions.insert(id.to_owned(), Version { value, stages: Vec::new(), created });
        for stage in stages {
            self.move_stage(stage, Some(id));
        }
    }

    /// Moves a label to the version `to`, or removes it. The version that loses `AWSCURRENT` gets `AWSPREVIOUS`. Moving
    /// a label also removes versions without labels.
    pub(super) fn move_stage(&mut self, stage: &str, to: Option<&str>) {
        let from = self.staged(stage).map(|(id, _)| id.clone());
        if from.as_deref() == to {
            return;
        }
        for version in self.versions.values_mut() {
            version.stages.retain(|s| s != stage);
        }
        if let Some(version) = to.and_then(|id| self.versions.get_mut(id)) {
            version.stages.push(stage.to_owned());
        }
        if let (CURRENT, Some(from)) = (stage, from) {
            self.move_stage(PREVIOUS, Some(&from));
        }
        if to.is_some() {
            self.versions.retain(|_, version| !version.stages.is_empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> SecretValue {
        SecretValue::SecretString(text.to_owned())
    }

    #[test]
    fn a_new_current_version_makes_the_last_one_previous_and_removes_the_one_before() {
        let mut secret = Secret::new("arn".to_owned(), None, Timestamp::UNIX_EPOCH);
        for id in ["one", "two", "three"] {
            secret.add(id, value(id), &[CURRENT.to_owned()], Timestamp::UNIX_EPOCH);
        }
        assert_eq!(secret.staged(CURRENT).unwrap().0, "three");
        assert_eq!(secret.staged(PREVIOUS).unwrap().0, "two");
        assert_eq!(secret.versions.len(), 2);
    }

    #[test]
    fn a_pending_version_becomes_current_when_the_label_moves() {
        let mut secret = Secret::new("arn".to_owned(), None, Timestamp::UNIX_EPOCH);
        secret.add("one", value("one"), &[CURRENT.to_owned()], Timestamp::UNIX_EPOCH);
        secret.add("two", value("two"), &["AWSPENDING".to_owned()], Timestamp::UNIX_EPOCH);
        assert_eq!(secret.staged(CURRENT).unwrap().0, "one");
        secret.move_stage(CURRENT, Some("two"));
        secret.move_stage("AWSPENDING", None);
        assert_eq!(secret.staged(CURRENT).unwrap().0, "two");
        assert_eq!(secret.staged(PREVIOUS).unwrap().0, "one");
        assert_eq!(secret.staged("AWSPENDING"), None);
    }
}
