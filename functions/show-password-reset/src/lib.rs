//! `GET /api/user/password-reset/{token}`: the page that a mail's link opens.

use std::convert::Infallible;

use http::StatusCode;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Page, Request, html};

/// What this function needs: nothing.
pub struct App;

impl App {
    /// # Errors
    /// None.
    #[must_use]
    pub fn new(_config: &Config) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// `GET /api/user/password-reset/{token}`: a page with a form for a new password. It looks at nothing and changes
/// nothing, whatever the token: programs that scan mail open every link.
///
/// # Errors
/// None.
#[expect(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &App, _request: &Request) -> ApiResult {
    Ok(html(StatusCode::OK, &Page::new_password(&[])))
}
