//! Wiring of [`record_mail_feedback::handle`].

use lambda_runtime::{Error, LambdaEvent, service_fn};
use record_mail_feedback::{App, Event, handle};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Event>| handle(app, event.payload).await)).await
}
