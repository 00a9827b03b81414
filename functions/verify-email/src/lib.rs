//! `POST /api/verify-email/{token}`: verifies an address.

use std::convert::Infallible;

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Page, Request, Response, html, ok};
use satchel_core::secret::Secret;
use satchel_store::{MailLinks, Table};
use serde_json::json;

/// What this function needs.
pub struct App {
    links: MailLinks,
    clock: Clock,
}

impl App {
    /// # Errors
    /// None.
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { links: MailLinks::new(table), clock: Clock::System })
    }
}

/// `POST /api/verify-email/{token}`: verifies the address that the token was mailed to, once.
///
/// # Errors
/// 404 if the link is used, expired or unknown, or another account verified the address first.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let token = Secret::new(request.path("token")?);
    let verified = app.links.verify_email(&token, app.clock.now()).await?;
    match (verified, from_the_page(request)) {
        (true, false) => ok(&json!({ "message": "Email verification successful" })),
        (false, false) => Err(ApiError::NotFound),
        (true, true) => {
            Ok(page(StatusCode::OK, "Address verified", "Your address is verified. You can sign in now."))
        }
        (false, true) => Ok(page(
            StatusCode::NOT_FOUND,
            "This link does not work",
            "It was used already, or it is too old, or the address belongs to another account.",
        )),
    }
}

/// A browser that sends the page's form asks for HTML.
fn from_the_page(request: &Request) -> bool {
    request.header("accept").is_some_and(|accept| accept.contains("text/html"))
}

fn page(status: StatusCode, title: &str, words: &str) -> Response {
    html(status, &Page { title: title.to_owned(), body: format!("<p>{words}</p>") })
}
