//! The store of secrets: one file in the data folder, which only its owner can read.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use local_common::{DataDir, clock, private_file};
use local_deployment as deployment;

use super::generate::generate;
use super::versions::{CURRENT, Secret, SecretValue};

/// The secrets cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("cannot use the secrets in {}: {source}", file.display())]
    File { file: PathBuf, source: io::Error },
    /// A `GenerateSecretString` of the template is invalid.
    #[error("GenerateSecretString of {secret}: {reason}")]
    Generate { secret: String, reason: String },
}

/// Every secret by its name.
pub(super) type ByName = BTreeMap<String, Secret>;

/// The secrets of a data folder. Clones share them.
#[derive(Clone)]
pub struct Secrets {
    file: Arc<Path>,
    secrets: Arc<Mutex<ByName>>,
}

impl Secrets {
    /// Opens the secrets of the data folder, and creates those of the template that are missing.
    ///
    /// # Errors
    /// If the file cannot be read or written, or a `GenerateSecretString` is invalid.
    pub fn open(described: &[deployment::Secret], data: &DataDir) -> Result<Self, SecretsError> {
        let file = data.file("secrets.json");
        let failed = |source| SecretsError::File { file: file.clone(), source };
        let mut secrets: ByName = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| failed(error.into()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(failed(error)),
        };
        for new in described {
            if !secrets.contains_key(&new.name) {
                secrets.insert(new.name.clone(), first_version(new)?);
            }
        }
        let opened = Self { file: file.clone().into(), secrets: Arc::default() };
        opened.change(|kept| kept.extend(secrets)).map_err(failed)?;
        Ok(opened)
    }

    /// The current text value of a secret, by name or ARN.
    #[must_use]
    pub fn value(&self, id: &str) -> Option<String> {
        self.read(|secrets| {
            let (_, version) = secrets.get(name_of(secrets, id)?)?.staged(CURRENT)?;
            match &version.value {
                SecretValue::SecretString(value) => Some(value.clone()),
                SecretValue::SecretBinary(_) => None,
            }
        })
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&ByName) -> T) -> T {
        read(&self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the secrets and writes them to the file. If that fails, nothing is changed.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut ByName) -> T) -> io::Result<T> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = secrets.clone();
        let outcome = change(&mut changed);
        if changed != *secrets {
            private_file::replace(&self.file, &serde_json::to_vec(&changed)?)?;
            *secrets = changed;
        }
        Ok(outcome)
    }
}

/// The name of a secret, by its name, its ARN, or its ARN without the suffix.
pub(super) fn name_of<'a>(secrets: &'a ByName, id: &str) -> Option<&'a str> {
    let matches = |secret: &Secret| {
        let without_suffix = secret.arn.rsplit_once('-').map(|(arn, _)| arn);
        secret.arn == id || (id.starts_with("arn:") && without_suffix == Some(id))
    };
    secrets
        .get_key_value(id)
        .or_else(|| secrets.iter().find(|(_, secret)| matches(secret)))
        .map(|(name, _)| name.as_str())
}

fn first_version(described: &deployment::Secret) -> Result<Secret, SecretsError> {
    let now = clock::now();
    let mut secret = Secret::new(described.arn.clone(), None, now);
    let value = match (&described.value, &described.generate) {
        (Some(value), _) => Some(value.clone()),
        (None, Some(description)) => Some(
            generate(description)
                .map_err(|reason| SecretsError::Generate { secret: described.name.clone(), reason })?,
        ),
        (None, None) => None,
    };
    if let Some(value) = value {
        let id = uuid::Uuid::now_v7().to_string();
        secret.add(&id, SecretValue::SecretString(value), &[CURRENT.to_owned()], now);
    }
    Ok(secret)
}
