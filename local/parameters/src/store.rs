//! The store of parameters: one file in the data folder, which only its owner can read.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use local_common::{DataDir, private_file};
use serde::{Deserialize, Serialize};

/// The parameters cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the parameters in {}: {source}", file.display())]
pub struct ParametersError {
    file: PathBuf,
    source: io::Error,
}

/// The parameters of a data folder. Clones share them.
#[derive(Clone)]
pub struct Parameters {
    file: Arc<Path>,
    parameters: Arc<Mutex<ByName>>,
}

pub(super) type ByName = BTreeMap<String, Parameter>;

/// A parameter with the versions that are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parameter {
    pub(super) kind: Kind,
    /// The versions, by number. There is always one.
    pub(super) versions: BTreeMap<u64, Version>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) value: String,
    pub(super) at: Timestamp,
}

/// The type of a parameter. The names of the variants are those of the wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    String,
    StringList,
    SecureString,
}

impl Parameters {
    /// Opens the parameters of the data folder.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn open(data: &DataDir) -> Result<Self, ParametersError> {
        let file = data.file("parameters.json");
        let parameters = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        };
        match parameters {
            Ok(parameters) => Ok(Self { file: file.into(), parameters: Arc::new(Mutex::new(parameters)) }),
            Err(source) => Err(ParametersError { file, source }),
        }
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&ByName) -> T) -> T {
        read(&self.parameters.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the parameters and writes them to the file. If that fails, nothing is changed.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut ByName) -> T) -> io::Result<T> {
        let mut parameters = self.parameters.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = parameters.clone();
        let outcome = change(&mut changed);
        if changed != *parameters {
            private_file::replace(&self.file, &serde_json::to_vec(&changed)?)?;
            *parameters = changed;
        }
        Ok(outcome)
    }
}
