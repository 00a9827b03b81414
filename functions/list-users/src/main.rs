//! Wiring of [`list_users::handle`].

use list_users::{App, handle};
use satchel_runtime::config::Config;
use satchel_runtime::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let app = &App::new(&config)?;
    satchel_http::serve(&config, |request| async move { handle(app, &request).await }).await
}
