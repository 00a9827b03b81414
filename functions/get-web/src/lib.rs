//! `GET /`, `GET /app/{file}`, `GET /favicon.ico` and `GET /robots.txt`: the web app.

mod page;

use http::header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_FRAME_OPTIONS};
use satchel_http::{ApiError, ApiResult, Cached, Keep, Request};
use satchel_runtime::app;
use satchel_web::HASH;
use satchel_web::files::{self, File};

use self::page::Page;

app! {
    /// What this function needs.
    pub struct App { page: Page }
}

/// Returns the page of the app or one of its files, or 304 if the caller has it already.
///
/// The hash is a part of the URL of each file, so a file may be kept for good. The page is not, because it names the
/// hash.
///
/// # Errors
/// 404 if the app has no such file, or the hash is that of another version.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    match request.path_text() {
        "" => index(&app.page, &request),
        path @ ("/favicon.ico" | "/robots.txt") => file(files::named(&path[1..]), Keep::Minutes, &request),
        _ => file(files::at(&request.path::<String>("file")?), Keep::Forever, &request),
    }
}

fn index(page: &Page, request: &Request) -> ApiResult {
    let (body, entity_tag) = (page.html.as_bytes(), &*page.entity_tag);
    let index = Cached { content_type: "text/html; charset=utf-8", body, entity_tag, keep: Keep::Checked };
    let mut response = index.answer(request)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&page.policy).map_err(ApiError::internal)?);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    Ok(response)
}

fn file(file: Option<&File>, keep: Keep, request: &Request) -> ApiResult {
    let file = file.ok_or_else(ApiError::not_found)?;
    let entity_tag = &*format!("\"{HASH}\"");
    Cached { content_type: file.media_type, body: file.bytes, entity_tag, keep }.answer(request)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{Answer, CannedAws, Event};
    use satchel_web::asset;

    use super::*;

    const INDEX: &str = include_str!("../../../events/get-web.json");
    const FILE: &str = include_str!("../../../events/get-web_file.json");

    /// What is at this path below `/app/`.
    async fn at(path: &str) -> Answer {
        CannedAws::answering([]).await.ask(handle, Event::of(FILE).path("file", path)).await
    }

    #[tokio::test]
    async fn the_page_is_asked_for_each_time_and_names_the_files_of_this_version() {
        let aws = CannedAws::answering([]).await;
        let page = aws.ask(handle, Event::of(INDEX)).await;
        assert_eq!((page.status, page.header("content-type").as_str()), (200, "text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), "no-cache");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let html = page.body.as_str().unwrap();
        assert!(html.contains(asset("app.js")) && html.contains("name=\"mails\" content=\"\""), "{html}");
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn a_caller_who_has_the_page_gets_no_body_but_the_policy() {
        let aws = CannedAws::answering([]).await;
        let page = aws.ask(handle, Event::of(INDEX)).await;
        let known = format!("\"other\", W/{}", page.header("etag"));
        let again = aws.ask(handle, Event::of(INDEX).header("if-none-match", Some(&known))).await;
        assert_eq!((again.status, again.body.is_null()), (304, true));
        for name in ["etag", "cache-control", "content-security-policy"] {
            assert_eq!(again.header(name), page.header(name), "{name}");
        }
    }

    #[tokio::test]
    async fn a_file_is_kept_for_good_under_its_hash() {
        let file = at(&format!("{HASH}/app.css")).await;
        assert_eq!((file.status, file.header("content-type").as_str()), (200, "text/css; charset=utf-8"));
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(file.header("etag"), format!("\"{HASH}\""));
    }

    #[tokio::test]
    async fn a_file_of_another_version_is_not_found_and_not_stored() {
        for path in ["0123456789abcdef/app.css", &format!("{HASH}/none.js"), HASH, "../app.css"] {
            let answer = at(path).await;
            assert_eq!((answer.status, answer.header("cache-control").as_str()), (404, "no-store"), "{path}");
        }
    }
}
