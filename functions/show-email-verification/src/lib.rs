//! `GET /api/verify-email/{token}`: the page that a mail's link opens.

use std::convert::Infallible;

use http::StatusCode;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Page, Request, html};

/// What this function needs: nothing.
pub struct App;

impl App {
    /// # Errors
    /// None.
    pub fn new(_config: &Config) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// `GET /api/verify-email/{token}`: a page with a button that verifies. It looks at nothing and changes nothing,
/// whatever the token: programs that scan mail open every link.
///
/// # Errors
/// None.
pub async fn handle(_app: &App, _request: &Request) -> ApiResult {
    // A form without action posts to the page's own address, so the token is never written into the page.
    let page = Page {
        title: "Verify your e-mail address".to_owned(),
        body: "<p>Press the button to verify your address. You can sign in afterwards.</p>\n\
               <form method=\"post\"><button type=\"submit\">Verify my address</button></form>"
            .to_owned(),
    };
    Ok(html(StatusCode::OK, &page))
}
