//! `GET /docs`: shows the contract to people.

use http::header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_FRAME_OPTIONS};
use satchel_http::{ApiError, ApiResult, Cached, Keep, Request};
use satchel_reference::{PAGE, content_security_policy, entity_tag};
use satchel_runtime::app;

app! {
    /// What this function needs: nothing.
    pub struct App {}
}

/// Returns the reference as a page, or 304 if the caller has it already. The page runs only its own script.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &'static App, request: Request) -> ApiResult {
    let (body, entity_tag) = (PAGE.as_bytes(), &*entity_tag(PAGE));
    let page = Cached { content_type: "text/html; charset=utf-8", body, entity_tag, keep: Keep::Minutes };
    let mut response = page.answer(&request)?;
    let policy = HeaderValue::from_str(&content_security_policy()).map_err(ApiError::internal)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-docs.json");

    #[tokio::test]
    async fn the_reference_is_a_page_that_caches_may_store() {
        let aws = CannedAws::answering([]).await;
        let page = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!((page.status, page.header("content-type").as_str()), (200, "text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), "public, max-age=300");
        let html = page.body.as_str().unwrap();
        assert!(html.contains("id=\"get-docs\"") && html.contains("<h1>Satchel API reference</h1>"));
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn the_page_may_load_nothing_from_elsewhere() {
        let aws = CannedAws::answering([]).await;
        let page = aws.ask(handle, Event::of(EVENT)).await;
        let policy = page.header("content-security-policy");
        let directives: Vec<_> = policy.split("; ").collect();
        for directive in
            ["default-src 'none'", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]
        {
            assert!(directives.contains(&directive), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!(
            (page.header("referrer-policy"), page.header("x-frame-options")),
            ("no-referrer".into(), "DENY".into())
        );
    }

    #[tokio::test]
    async fn a_caller_who_has_the_page_gets_no_body() {
        let aws = CannedAws::answering([]).await;
        let tag = aws.ask(handle, Event::of(EVENT)).await.header("etag");
        let answer = aws.ask(handle, Event::of(EVENT).header("if-none-match", Some(&tag))).await;
        assert_eq!((answer.status, answer.body.is_null()), (304, true));
    }
}
