//! Wiring of [`grant_staff::handle`].

use grant_staff::{App, Grant, handle};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Grant>| {
        handle(app, event.payload).await.map_err(Error::from)
    }))
    .await
}
