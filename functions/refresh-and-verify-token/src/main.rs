//! Wiring of [`refresh_and_verify_token::handle`].

use refresh_and_verify_token::{App, handle};
use satchel_core::config::Config;
use satchel_core::{http, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let app = &App::new(&config)?;
    http::serve(&config, |request| async move { handle(app, &request).await }).await
}
