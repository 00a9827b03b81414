//! `POST /api/files/{id}/links`: creates a share link for a file of the caller.

use satchel_api::ShareOptions;
use satchel_http::{Accepts, ApiResult, Request, created};
use satchel_links::NewShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: NewShares }
}

/// Creates a link that opens the file for everyone who has the link.
///
/// # Errors
/// 401; 404 if the caller has no such file; 403 if the caller's tier has no links; 400 if a field is invalid;
/// 409 if the file is not ready.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let target = app.shares.target(Kind::File, request.bearer()?, request.path("id")).await?;
    let input = request.input(Accepts::Json).await?;
    let (idempotent, options) =
        (request.idempotency_key(&input)?, ShareOptions::from_json(&input, &target.tier)?);
    let base_url = &request.viewer().base_url;
    let view = app.shares.create(&target, options, idempotent.as_ref(), base_url).await?;
    created(&view)
}

#[cfg(test)]
mod tests {
    use satchel_model::secret::Secret;
    use satchel_testing::{
        CannedAws, Event, Reply, done, empty_tiers, file, found, hides_failures, link_secret, page,
        refuses_strangers, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-file-link.json");

    fn replies() -> [Reply; 5] {
        [signed_in(), empty_tiers(), found(Some(file("ready"))), link_secret(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_link_is_stored_under_the_hash_of_its_token() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let token = answer.body["url"].as_str().and_then(|url| url.rsplit('/').next()).unwrap();
        let written = aws.call("TransactWriteItems");
        let hash = Secret::new(token.to_owned()).sha256();
        let link = &written.json()["TransactItems"][2]["Put"]["Item"];
        assert_eq!(
            (&link["pk"]["S"], &link["generation"]["N"]),
            (&json!(format!("SHARE#{hash}")), &json!("2"))
        );
        assert!(!String::from_utf8_lossy(&written.body).contains(token));
    }

    #[tokio::test]
    async fn a_caller_in_a_tier_without_links_is_refused() {
        let [caller, _, found, secret, done] = replies();
        let basic = json!({
            "id": "basic", "name": "Basic", "thumbnail_sizes": [200], "link_to_original": false,
            "expiring_links": false, "max_link_seconds": null, "max_file_bytes": 1, "max_total_bytes": 1,
        });
        let aws = CannedAws::answering([caller, page(&[basic]), found, secret, done]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let words = "Your account tier does not include share links.";
        assert_eq!(answer.outcome(), (403, json!({"detail": words})));
    }

    #[tokio::test]
    async fn a_file_that_is_not_ready_cannot_be_shared() {
        let [caller, tiers, _, secret, done] = replies();
        let aws = CannedAws::answering([caller, tiers, found(Some(file("pending"))), secret, done]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (409, json!({"detail": "The file is not ready."})));
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    }
}
