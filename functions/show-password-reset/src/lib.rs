//! `GET /api/user/password-reset/{token}`: shows the page that the link in a mail opens.

use http::StatusCode;
use satchel_http::{ApiResult, Page, Request, html};
use satchel_runtime::app;
use satchel_web::PAGES;

app! {
    /// What this function needs: nothing.
    pub struct App {}
}

/// Returns a page with a form for a new password.
///
/// The page is the same for every token and changes nothing, because programs that scan mail open every link.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &'static App, _request: Request) -> ApiResult {
    Ok(html(StatusCode::OK, &Page::new_password(&[]), PAGES))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    const EVENT: &str = include_str!("../../../events/show-password-reset.json");

    #[tokio::test]
    async fn the_page_has_a_labelled_field_and_is_the_same_for_every_token() {
        let aws = CannedAws::answering([]).await;
        let page = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!((page.status, page.header("content-type").as_str()), (200, "text/html; charset=utf-8"));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        let html = page.body.as_str().unwrap();
        assert!(html.contains("<form method=\"post\">") && html.contains("<label for=\"new_password\">"));
        assert!(!html.contains("<script") && !html.contains("role=\"alert\""));
        let other = aws.ask(handle, Event::of(EVENT).path("token", "<script>")).await;
        assert_eq!(other.body, page.body);
        assert!(aws.calls().is_empty(), "it looks at nothing");
    }
}
