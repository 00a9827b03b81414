//! Wiring of [`delete_user_image::handle`].

use delete_user_image::{App, handle};
use satchel_core::config::Config;
use satchel_core::{http, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init();
    let config = Config::from_env()?;
    let app = &App::new(&config)?;
    http::serve(&config, |request| async move { handle(app, &request).await }).await
}
