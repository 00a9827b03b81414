//! Wiring of [`import_users::handle`].

use import_users::{App, handle};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| handle(app, event.payload).await)).await
}
