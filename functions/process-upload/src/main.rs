//! Wiring of [`process_upload::handle`].

use aws_lambda_events::s3::S3Event;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use process_upload::{App, handle};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<S3Event>| handle(app, event.payload).await))
        .await
}
