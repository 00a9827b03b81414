//! Functions to test with.

use std::time::Duration;

use local_calls::Calls;
use local_common::Credentials;
use local_deployment::Function;
use tempfile::TempDir;

use super::environment::Endpoints;
use super::fake;
use super::service::{Functions, Setup};
use crate::logs::Logs;

/// A function named `obey` in a stack of its own.
pub(crate) struct Bench {
    pub functions: Functions,
    pub calls: Calls,
    pub logs: Logs,
    pub folder: TempDir,
}

impl Bench {
    pub async fn new(timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        _ = fake::install(folder.path(), "obey");
        std::fs::write(folder.path().join("no-binary"), "").unwrap();
        let (calls, logs) = (Calls::default(), Logs::default());
        let url = |name: &str| format!("http://{name}.localhost");
        let setup = Setup {
            binaries: folder.path().to_owned(),
            endpoints: Endpoints {
                dynamodb: url("dynamodb"),
                s3: url("s3"),
                ses: url("ses"),
                secrets_manager: url("secrets"),
            },
            region: "eu-west-1".to_owned(),
            credentials: Credentials::new(b"secret"),
            calls: calls.clone(),
            logs: logs.clone(),
            idle_for: Duration::from_millis(600),
        };
        let named = |name: &str| Function {
            logical_id: name.to_owned(),
            name: name.to_owned(),
            environment: [("TABLE".to_owned(), "t".to_owned())].into(),
            timeout,
            memory_mib: 256,
            policies: Vec::new(),
            streams: Vec::new(),
            on_failure: Some("failed".to_owned()),
            retries: 2,
        };
        let functions = Functions::start([named("obey"), named("no-binary")], setup).await.unwrap();
        Self { functions, calls, logs, folder }
    }
}
