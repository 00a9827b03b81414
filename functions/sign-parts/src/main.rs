//! Wiring of [`sign_parts::handle`].

use satchel_core::config::Config;
use satchel_core::{http, telemetry};
use sign_parts::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let app = &App::new(&config)?;
    http::serve(&config, |request| async move { handle(app, &request).await }).await
}
