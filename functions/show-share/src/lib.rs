//! `GET /s/{token}`: shows the page of a share link to browsers, and opens the link for other clients.

use http::{Method, StatusCode};
use satchel_http::{ApiError, ApiResult, Request, SharePage, dead_link_page, html, url_answer};
use satchel_links::OpenShares;
use satchel_model::Refusal;
use satchel_model::secret::Secret;
use satchel_runtime::app;
use satchel_web::PAGES;

app! {
    /// What this function needs.
    pub struct App { shares: OpenShares }
}

/// Returns a page with a form to browsers, and to every client if the link has a password or a limit. For other
/// clients, counts an opening and redirects to the content. The page counts nothing, so that link previews and
/// mail scanners do no harm.
///
/// # Errors
/// 404 if the link is unknown or no longer works; 429 after too many unknown links.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    match show(app, &request).await {
        Err(ApiError::Refused(Refusal::NotFound)) if request.prefers_html() => {
            Ok(html(StatusCode::NOT_FOUND, &dead_link_page(), PAGES))
        }
        result => result,
    }
}

async fn show(app: &App, request: &Request) -> ApiResult {
    let is_head = request.method() == Method::HEAD;
    let token = Secret::new(request.path("token")?);
    // A HEAD request never counts, not even as a guess.
    let opened = app.shares.find(&token, Some(request.viewer()).filter(|_| !is_head)).await?;
    if opened.share.asks_first() || request.prefers_html() {
        let (file, store) = (app.shares.shown(&opened).await?, app.shares.store_origin().await?);
        return SharePage { file: file.as_ref(), problem: None, store: &store, style: PAGES }
            .answer(StatusCode::OK);
    }
    if is_head {
        let url = app.shares.sign_head(&opened.upload).await?;
        return url_answer(request, &url.url, url.expires_at);
    }
    let url = app.shares.sign(&opened.upload).await?;
    app.shares.count(&token).await?;
    url_answer(request, &url.url, url.expires_at)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, count_changed, done, empty_tiers, file, found,
        found_all, hides_failures, page, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/show-share.json");

    /// A link to the file of the events, changed by `change`.
    fn share(change: Value) -> Reply {
        let mut share = json!({
            "id": "019ce36f-2530-7000-8000-000000000009", "owner": USER, "kind": "file", "file_id": FILE,
            "created_at": "2026-03-12T19:03:58Z", "expires_at": "3000-01-01T00:00:00Z", "password_hash": null,
            "max_downloads": null, "downloads": 0,
        });
        share.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        found(Some(share)).about("SHARE#")
    }

    /// The account that shares the file, in a tier with links.
    fn owner() -> Value {
        with(user(), &json!({"tier": "enterprise"}))
    }

    fn replies(change: Value) -> [Reply; 4] {
        let target = found_all(&[file("ready"), owner()]);
        [share(change), target, empty_tiers(), done("UpdateItem").about("SHARE#")]
    }

    #[tokio::test]
    async fn a_link_redirects_to_a_url_that_is_valid_for_five_minutes() {
        let aws = CannedAws::answering(replies(json!({}))).await;
        let answer = aws.ask(handle, Event::of(EVENT).header("accept", Some("application/json"))).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (200, "no-store"));
        assert_eq!(answer.body["url"], format!("signed:/originals/{USER}/{FILE}/{VERSION}"));
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "Query", "UpdateItem"]);
        assert!(
            aws.call("UpdateItem").json()["UpdateExpression"].as_str().unwrap().contains("#downloads :one")
        );
    }

    #[tokio::test]
    async fn a_browser_gets_a_page_and_no_opening_is_counted() {
        let aws = CannedAws::answering(replies(json!({}))).await;
        let event = Event::of(EVENT).header("accept", Some("text/html,application/xhtml+xml"));
        let answer = aws.ask(handle, event).await;
        assert_eq!(
            (answer.status, answer.header("content-type").as_str()),
            (200, "text/html; charset=utf-8")
        );
        assert!(
            answer.body.as_str().unwrap().contains("<bdi>ada</bdi> shares this file with you."),
            "{answer:?}"
        );
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "Query"]);
    }

    #[tokio::test]
    async fn a_link_with_a_form_shows_a_page_and_changes_nothing() {
        for change in [json!({"max_downloads": 1}), json!({"password_hash": "$argon2id$"})] {
            let aws = CannedAws::answering(replies(change)).await;
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            assert_eq!(
                (answer.status, answer.header("content-type").as_str()),
                (200, "text/html; charset=utf-8")
            );
            assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "Query"]);
        }
    }

    #[tokio::test]
    async fn the_form_may_redirect_to_the_origin_of_the_store() {
        let at_aws = async |region: &'static str, request: Request| {
            let aws = CannedAws::answering(replies(json!({"max_downloads": 1}))).await;
            let aws = aws.with_setting("AWS_ENDPOINT_URL_S3", "").with_setting("AWS_REGION", region);
            let response = handle(aws.app(), request).await.unwrap();
            response.headers()["content-security-policy"].to_str().unwrap().to_owned()
        };
        for (region, store) in [
            ("us-east-1", "https://originals.s3.us-east-1.amazonaws.com"),
            ("eu-central-1", "https://originals.s3.eu-central-1.amazonaws.com"),
            ("cn-north-1", "https://originals.s3.cn-north-1.amazonaws.com.cn"),
        ] {
            let policy = at_aws(region, Event::of(EVENT).request()).await;
            let directives: Vec<_> = policy.split(';').map(str::trim).collect();
            assert!(directives.contains(&format!("form-action 'self' {store}").as_str()), "{policy}");
        }
    }

    #[tokio::test]
    async fn a_browser_gets_a_page_for_a_dead_link() {
        let aws = CannedAws::answering([found(None), count_changed()]).await;
        let event = Event::of(EVENT).header("accept", Some("text/html,application/xhtml+xml"));
        let answer = aws.ask(handle, event).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (404, "no-store"));
        assert!(answer.body.as_str().unwrap().contains("<h1>This link does not work</h1>"));
    }

    #[tokio::test]
    async fn an_unknown_expired_or_used_up_link_counts_as_a_guess() {
        let over = json!({"expires_at": "2026-01-01T00:00:00Z"});
        let used_up = json!({"max_downloads": 2, "downloads": 2});
        for found in [found(None), share(over), share(used_up)] {
            let aws = CannedAws::answering([found, count_changed()]).await;
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
            assert_eq!(aws.operations(), ["GetItem", "UpdateItem"]);
        }
    }

    #[tokio::test]
    async fn a_head_request_is_answered_like_a_get_and_counts_nothing() {
        let aws = CannedAws::answering(replies(json!({}))).await;
        let answer = aws.ask(handle, Event::of(EVENT).head()).await;
        let location = format!("signed:/originals/{USER}/{FILE}/{VERSION}");
        assert_eq!((answer.status, answer.header("location")), (302, location));
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "Query"]);
        let aws = CannedAws::answering(replies(json!({"max_downloads": 1}))).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).head()).await.status, 200);
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "Query"]);
        for share in [share(json!({"max_downloads": 2, "downloads": 2})), found(None)] {
            let aws = CannedAws::answering([share]).await;
            assert_eq!(aws.ask(handle, Event::of(EVENT).head()).await.status, 404);
            assert_eq!(aws.operations(), ["GetItem"]);
        }
    }

    #[tokio::test]
    async fn a_dead_link_is_not_found_with_or_without_a_form() {
        let closed = with(owner(), &json!({"is_active": false}));
        let without_links = page(&[json!({
            "id": "enterprise", "name": "Enterprise", "thumbnail_sizes": [200], "link_to_original": true,
            "expiring_links": false, "max_link_seconds": null, "max_file_bytes": 1, "max_total_bytes": 1,
        })]);
        for (target, tiers) in [
            (vec![file("deleting"), owner()], empty_tiers()),
            (vec![owner()], empty_tiers()),
            (vec![file("ready")], empty_tiers()),
            (vec![file("ready"), closed], empty_tiers()),
            (vec![file("ready"), owner()], without_links),
        ] {
            for change in [json!({}), json!({"max_downloads": 1}), json!({"password_hash": "$argon2id$"})] {
                let aws = CannedAws::answering([share(change), found_all(&target), tiers.clone()]).await;
                let answer = aws.ask(handle, Event::of(EVENT)).await;
                assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
                let answer = aws.ask(handle, Event::of(EVENT).header("accept", Some("text/html"))).await;
                let content_type = answer.header("content-type");
                assert_eq!((answer.status, content_type.as_str()), (404, "text/html; charset=utf-8"));
                assert!(!answer.body.as_str().unwrap().contains("<form"), "{:?}", answer.body);
            }
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &replies(json!({})), handle).await;
    }
}
