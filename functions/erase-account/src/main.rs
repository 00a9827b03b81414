//! Wiring of [`erase_account::handle`].

use aws_lambda_events::dynamodb::Event;
use erase_account::{App, handle};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Event>| {
        Ok::<_, std::convert::Infallible>(handle(app, event.payload).await)
    }))
    .await
}
