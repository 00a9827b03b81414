//! Wiring of [`manage_signing_keys::handle`].

use lambda_runtime::{Error, LambdaEvent, service_fn};
use manage_signing_keys::{App, handle};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        handle(app, event.payload).await.map_err(Error::from)
    }))
    .await
}
