//! An API with a function that does what its event says.

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use local_calls::Calls;
use local_common::{Credentials, DataDir};
use local_deployment::{Cors, Deployment, Function, Route};
use local_lambda::{Binaries, Building, Endpoints, Functions, Invoker, Logs, Setup};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::super::distribution::Distribution;
use super::super::service::{Settings, router};
use super::read;

/// Not a test, but the process of a function.
#[test]
#[ignore = "run by other tests as a Lambda function"]
fn a_process_that_does_what_its_event_says() {
    local_testing::obey();
}

/// The function `obey`, and the function `no-binary`, which cannot be started.
async fn functions(folder: &Path, binaries: Binaries) -> Functions {
    _ = local_testing::install(folder, "obey", module_path!(), "a_process_that_does_what_its_event_says");
    std::fs::write(folder.join("no-binary"), "").unwrap();
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
        calls: Calls::default(),
        logs: Logs::default(),
        idle_for: Duration::from_millis(600),
    };
    let named = |name: &str| Function {
        logical_id: name.to_owned(),
        name: name.to_owned(),
        environment: [].into(),
        timeout: Duration::from_secs(20),
        memory_mib: 256,
        policies: Vec::new(),
        streams: Vec::new(),
        on_failure: None,
        retries: 2,
    };
    Functions::start([named("obey"), named("no-binary")], setup).await.unwrap()
}

pub(super) struct Api {
    _folder: TempDir,
    _data: DataDir,
    router: Router,
}

impl Api {
    pub(super) async fn start(settings: Settings) -> Self {
        Self::behind(Distribution::default(), settings).await
    }

    /// An API with some routes, behind a distribution.
    pub(super) async fn behind(distribution: Distribution, settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let binaries = folder.path().to_owned().into();
        Self::of(folder, binaries, distribution, settings).await
    }

    /// Functions that are still to be built.
    pub(super) async fn building(settings: Settings) -> (Self, Building) {
        let folder = tempfile::tempdir().unwrap();
        let (binaries, building) = Binaries::building(folder.path().to_owned());
        (Self::of(folder, binaries, Distribution::default(), settings).await, building)
    }

    async fn of(folder: TempDir, binaries: Binaries, distribution: Distribution, settings: Settings) -> Self {
        let data = DataDir::ephemeral().unwrap();
        let invoker = Invoker::start(functions(folder.path(), binaries).await, &data).unwrap();
        let route = |method: &str, path: &str, function: &str| Route {
            method: method.to_owned(),
            path: path.to_owned(),
            function: function.to_owned(),
        };
        let deployment = Deployment {
            routes: vec![
                route("POST", "/echo/{id}", "obey"),
                route("GET", "/echo/{id}", "obey"),
                route("GET", "/both", "obey"),
                route("HEAD", "/both", "obey"),
                route("GET", "/broken", "no-binary"),
            ],
            cors: Some(Cors { allow_origins: vec!["*".to_owned()], ..Cors::default() }),
            ..Deployment::default()
        };
        Self { router: router(&deployment, distribution, invoker, settings), _folder: folder, _data: data }
    }

    pub(super) async fn send(
        &self,
        request: http::request::Builder,
        body: impl Into<Body>,
    ) -> (u16, String, String) {
        let request = request.header("host", "127.0.0.1:3000").body(body.into()).unwrap();
        read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub(super) async fn status_and_body(
        &self,
        request: http::request::Builder,
        body: impl Into<Body>,
    ) -> (u16, String) {
        let (status, _, body) = self.send(request, body).await;
        (status, body)
    }
}
