//! Functions to test with.

use std::time::Duration;

use bytes::Bytes;
use local_calls::Calls;
use local_common::Credentials;
use local_deployment::Function;
use serde_json::Value;
use tempfile::TempDir;

use super::environment::Endpoints;
use super::fake;
use super::service::{Functions, Setup};
use crate::binaries::{Binaries, Building};
use crate::logs::Logs;
use crate::outcome::{Invocation, Outcome};

/// A function named `obey` in a stack of its own.
pub(crate) struct Bench {
    pub functions: Functions,
    pub calls: Calls,
    pub logs: Logs,
    pub folder: TempDir,
}

impl Bench {
    pub async fn new(timeout: Duration) -> Self {
        let folder = folder();
        let binaries = folder.path().to_owned().into();
        Self::of(folder, binaries, timeout).await
    }

    /// The same, with a build that has made nothing yet.
    pub async fn building(timeout: Duration) -> (Self, Building) {
        let folder = folder();
        let (binaries, building) = Binaries::building(folder.path().to_owned());
        (Self::of(folder, binaries, timeout).await, building)
    }

    async fn of(folder: TempDir, binaries: Binaries, timeout: Duration) -> Self {
        let (calls, logs) = (Calls::default(), Logs::default());
        let url = |name: &str| format!("http://{name}.localhost");
        let setup = Setup {
            binaries,
            endpoints: Endpoints {
                dynamodb: url("dynamodb"),
                s3: url("s3"),
                ses: url("ses"),
                secrets_manager: url("secrets"),
                systems_manager: url("parameters"),
                lambda: url("lambda"),
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

    pub async fn invoke(&self, order: Value) -> Invocation {
        self.functions.invoke("obey", Bytes::from(order.to_string())).await.unwrap()
    }

    pub async fn answer(&self, order: Value) -> Value {
        match self.invoke(order).await.outcome {
            Outcome::Answered(body) => serde_json::from_slice(&body).unwrap(),
            other => panic!("{other:?}\n{:#?}", self.logs.lines()),
        }
    }

    /// The records of the lines `platform.report`, oldest first.
    pub fn reports(&self) -> Vec<Value> {
        let lines = self.logs.lines().into_iter().filter_map(|line| {
            let mut line: Value = serde_json::from_str(line.split_once(" | ")?.1).ok()?;
            (line["type"] == "platform.report").then(|| line["record"].take())
        });
        lines.collect()
    }

    pub fn has_logged(&self, text: &str) -> bool {
        self.logs.lines().iter().any(|line| line.contains(text))
    }
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    _ = fake::install(folder.path(), "obey");
    std::fs::write(folder.path().join("no-binary"), "").unwrap();
    folder
}
