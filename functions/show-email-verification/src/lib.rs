//! `GET /api/verify-email/{token}`: shows the page that the link in a mail opens.

use http::StatusCode;
use satchel_http::{ApiResult, Page, Request, html};
use satchel_runtime::app;
use satchel_web::PAGES;

app! {
    /// What this function needs: nothing.
    pub struct App {}
}

/// Returns a page with a button that verifies the address.
///
/// The page is the same for every token and changes nothing, because programs that scan mail open every link.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &'static App, _request: Request) -> ApiResult {
    // A form without an action posts to the page's own URL, so the page does not contain the token.
    let page = Page {
        title: "Verify your e-mail address".to_owned(),
        body: "<p>Press the button to verify your address. You can sign in afterwards.</p>\n\
               <form method=\"post\"><button type=\"submit\">Verify my address</button></form>"
            .to_owned(),
    };
    Ok(html(StatusCode::OK, &page, PAGES))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    #[tokio::test]
    async fn the_page_has_a_button_and_does_not_leak_the_token() {
        let aws = CannedAws::answering([]).await;
        let event = Event::of(include_str!("../../../events/show-email-verification.json"));
        let token: String = event.request().path("token").unwrap();
        let answer = aws.ask(handle, event).await;
        let page = answer.body.as_str().unwrap();
        assert_eq!(answer.status, 200);
        assert!(page.contains("<form method=\"post\"><button type=\"submit\">"), "{page}");
        assert!(!page.contains(&token), "{page}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), value);
        }
        assert!(aws.calls().is_empty(), "opening a link changes nothing");
    }
}
