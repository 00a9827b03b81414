//! `POST /s/{token}`: opens a share link from its form.

use http::StatusCode;
use http::header::RETRY_AFTER;
use satchel_api::password_field;
use satchel_http::{
    Accepts, ApiError, ApiResult, Request, SharePage, dead_link_page, html, see_other_answer,
};
use satchel_links::OpenShares;
use satchel_model::secret::Secret;
use satchel_model::{Refusal, Share};
use satchel_runtime::app;
use satchel_web::PAGES;

app! {
    /// What this function needs.
    pub struct App { shares: OpenShares }
}

/// Counts the opening and redirects to the content.
///
/// # Errors
/// 404 if the link is unknown or no longer works; 400 if the password is missing; 401 if it is wrong; 429
/// after too many attempts.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    match open(app, &request).await {
        Err(ApiError::Refused(Refusal::NotFound)) if request.prefers_html() => {
            Ok(html(StatusCode::NOT_FOUND, &dead_link_page(), PAGES))
        }
        result => result,
    }
}

async fn open(app: &App, request: &Request) -> ApiResult {
    let token = Secret::new(request.path("token")?);
    let opened = app.shares.find(&token, Some(request.viewer())).await?;
    if let Err(error) = prove(app, &opened.share, request).await {
        let asks = opened.share.password_hash.is_some() && request.prefers_html();
        return match problem(&error).filter(|_| asks) {
            Some((status, words)) => {
                let store = app.shares.store_origin().await?;
                let page = SharePage { file: None, problem: Some(&words), store: &store, style: PAGES };
                let mut answer = page.answer(status)?;
                if let ApiError::Refused(Refusal::Throttled { seconds }) = error {
                    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
                }
                Ok(answer)
            }
            None => Err(error),
        };
    }
    let url = app.shares.sign(&opened.upload).await?;
    app.shares.count(&token).await?;
    see_other_answer(request, &url.url, url.expires_at)
}

/// Checks the password of the form if the link has one.
async fn prove(app: &App, share: &Share, request: &Request) -> Result<(), ApiError> {
    let input = request.input(Accepts::JsonOrForm).await?;
    if share.password_hash.is_none() {
        return Ok(());
    }
    Ok(app.shares.prove(share, &password_field(&input, "password")?, request.viewer()).await?)
}

/// The status and the message of the page, for an error after which the form can be sent again.
fn problem(error: &ApiError) -> Option<(StatusCode, String)> {
    let ApiError::Refused(refusal) = error else { return None };
    match refusal {
        Refusal::Fields(_) => Some((StatusCode::BAD_REQUEST, "Enter the password.".to_owned())),
        Refusal::Throttled { seconds } => {
            let wait = match seconds {
                ..=90 => format!("{seconds} seconds"),
                more => format!("{} minutes", more.div_ceil(60)),
            };
            let words = format!("There were too many attempts. Try again in {wait}.");
            Some((StatusCode::TOO_MANY_REQUESTS, words))
        }
        Refusal::WrongLinkPassword => {
            Some((StatusCode::UNAUTHORIZED, "This is not the password.".to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use satchel_guard::Hasher;
    use satchel_model::secret::Secret;
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, count_changed, counted, done, empty_tiers, file, found,
        found_all, hides_failures, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/open-share.json");

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
        [share(change), found_all(&[file("ready"), owner()]), empty_tiers(), count_changed()]
    }

    #[tokio::test]
    async fn an_opening_is_counted_and_redirects_to_the_file() {
        let [share, target, tiers, _] = replies(json!({"max_downloads": 1}));
        let aws = CannedAws::answering([share, target, tiers, done("UpdateItem").about("SHARE#")]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (303, "no-store"));
        let counted = aws.call("UpdateItem").json();
        assert_eq!(counted["UpdateExpression"], "ADD #downloads :one SET #last_update = :mark");
    }

    #[tokio::test]
    async fn an_opening_above_the_limit_is_not_found() {
        let [share, target, tiers, _] = replies(json!({"max_downloads": 1}));
        let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
        let late =
            Reply::new("UpdateItem", json!({"__type": kind, "message": "late"}).to_string()).status(400);
        let aws = CannedAws::answering([share, target, tiers, late]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }

    #[tokio::test]
    async fn an_attempt_is_counted_before_its_password_is_checked() {
        let hash = Hasher.hash(&Secret::new("open sesame".to_owned())).await;
        for (body, status) in
            [(json!({"password": "open sesame"}), 303), (json!({"password": "open"}), 401), (json!({}), 400)]
        {
            let [share, target, tiers, count] = replies(json!({"password_hash": hash}));
            let done = done("UpdateItem").about("SHARE#");
            let aws = CannedAws::answering([counted(), share, target, tiers, count, done]).await;
            let answer = aws.ask(handle, Event::of(EVENT).body(&body)).await;
            assert_eq!(answer.status, status, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn the_password_of_a_dead_link_is_neither_checked_nor_counted() {
        let hash = Hasher.hash(&Secret::new("open sesame".to_owned())).await;
        let closed = with(owner(), &json!({"is_active": false}));
        for target in [vec![owner()], vec![file("ready"), closed]] {
            let [share, _, tiers, _] = replies(json!({"password_hash": hash}));
            let aws = CannedAws::answering([share, found_all(&target), tiers]).await;
            for password in ["open sesame", "open"] {
                let answer = aws.ask(handle, Event::of(EVENT).body(&json!({"password": password}))).await;
                assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
            }
            assert_eq!(aws.steps(&["GetItem", "BatchGetItem", "Query"]), Vec::<String>::new());
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        let [share, target, tiers, _] = replies(json!({}));
        let replies = [share, target, tiers, done("UpdateItem").about("SHARE#")];
        hides_failures(Event::of(EVENT), &replies, handle).await;
    }
}
