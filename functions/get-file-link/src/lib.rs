//! `GET /api/files/{id}/links/{link_id}`: returns a share link of a file of the caller.

use satchel_http::{ApiResult, Request, ok};
use satchel_links::OwnShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: OwnShares }
}

/// Returns the link with its URL.
///
/// # Errors
/// 401; 404 if the caller has no such file, or the file no such link.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (id, link, base_url) = (request.path("id"), request.path("link_id"), &request.viewer().base_url);
    ok(&app.shares.find(Kind::File, request.bearer()?, id, link, base_url).await?)
}

#[cfg(test)]
mod tests {
    use satchel_model::secret::sha256;
    use satchel_testing::{
        CannedAws, Event, Reply, file, found, hides_failures, link_secret, refuses_strangers, share,
        share_token, signed_in, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-file-link.json");

    /// A link, changed by `change`, whose token has this hash.
    fn replies(hash: &str, change: &Value) -> [Reply; 5] {
        let entry = found(Some(json!({"hash": hash}))).about("SHARES#");
        let share = found(Some(with(share("file"), change))).about("\"SHARE\"");
        [signed_in(), link_secret(), entry, share, found(Some(file("ready")))]
    }

    async fn url_of(hash: &str, change: &Value) -> Value {
        let aws = CannedAws::answering(replies(hash, change)).await;
        let mut answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (200, "no-store"), "{answer:?}");
        answer.body["url"].take()
    }

    #[tokio::test]
    async fn the_url_is_derived_under_the_secret_of_the_links_generation() {
        for generation in [1, 2] {
            let hash = sha256(share_token(generation).as_bytes());
            let url = url_of(&hash, &json!({"generation": generation})).await;
            let token = url.as_str().and_then(|url| url.split_once("/s/")).map(|(_, token)| token);
            assert_eq!(token, Some(share_token(generation)));
        }
    }

    #[tokio::test]
    async fn a_url_that_would_not_open_the_link_is_not_shown() {
        let hash = sha256(share_token(1).as_bytes());
        for (hash, generation) in [(hash.as_str(), Value::Null), (&hash, json!(2)), ("another", json!(1))] {
            assert_eq!(url_of(hash, &json!({"generation": generation})).await, Value::Null);
        }
    }

    #[tokio::test]
    async fn an_expired_or_missing_link_is_not_found() {
        let not_found = (404, json!({"detail": "Not found."}));
        let mut missing = replies("hash", &json!({}));
        missing[2] = found(None).about("SHARES#");
        for replies in [missing, replies("hash", &json!({"expires_at": "2026-01-01T00:00:00Z"}))] {
            let aws = CannedAws::answering(replies).await;
            assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.outcome(), not_found);
        }
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies("hash", &json!({})), handle).await;
    }
}
