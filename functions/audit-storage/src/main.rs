//! Wiring of [`audit_storage::handle`].

use audit_storage::{App, Order, handle};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let app = &App::new(&Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Order>| {
        let (order, context) = event.into_parts();
        handle(app, &order, context.deadline).await.map_err(Error::from)
    }))
    .await
}
