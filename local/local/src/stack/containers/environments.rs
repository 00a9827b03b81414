//! `sam-env.json`: the variables of every function, for `sam local invoke --env-vars`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use local_common::{Credentials, DataDir, Signer, private_file};
use local_deployment::{Deployment, Function};

/// The number of the process that all containers of a function count as. The stack numbers its own from 0.
const CONTAINER: u32 = 1000;

/// Writes the file at each deployment. Dropping it removes the file.
pub(in crate::stack) struct Environments {
    path: PathBuf,
    credentials: Credentials,
    /// The base URL of the stack for containers.
    pub url: String,
    /// Variables that differ in containers.
    pub direct: BTreeMap<String, String>,
}

impl Environments {
    pub fn new(data: &DataDir, url: String, direct: BTreeMap<String, String>) -> Self {
        let credentials = Credentials::new(&data.secret());
        Self { path: data.file("sam-env.json"), credentials, url, direct }
    }

    /// Writes what the functions of `deployment` get.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, deployment: &Deployment) -> io::Result<()> {
        let functions = deployment.functions.values();
        let all: BTreeMap<_, _> =
            functions.map(|function| (&function.logical_id, self.variables(function))).collect();
        let text = serde_json::to_string_pretty(&all)?;
        private_file::replace(&self.path, format!("{text}\n").as_bytes())
    }

    /// All variables of the template, since SAM cannot evaluate each of them, and those that SAM passes on because the
    /// template has them.
    fn variables(&self, function: &Function) -> BTreeMap<String, String> {
        let signer = Signer { function: function.name.clone(), slot: CONTAINER };
        let key = self.credentials.access_key(&signer);
        let secret = self.credentials.secret_key(&key).unwrap_or_default();
        let mut variables = function.environment.clone();
        variables.extend(self.direct.clone());
        variables.insert("AWS_ENDPOINT_URL".to_owned(), self.url.clone());
        variables.insert("ENDPOINT_CREDENTIALS".to_owned(), format!("{key}:{secret}"));
        variables
    }
}

impl Drop for Environments {
    fn drop(&mut self) {
        // Usually it is there; a deployment that failed has not written it.
        _ = fs::remove_file(&self.path);
    }
}
