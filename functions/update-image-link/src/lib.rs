//! `PATCH /api/images/{id}/links/{link_id}`: changes a share link of an image of the caller.

use satchel_api::ShareOptions;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_links::OwnShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: OwnShares }
}

/// Changes the expiry, the password or the limit of the link, whose URL stays the same.
///
/// # Errors
/// 401; 404 if the caller has no such image, or the image no such link; 403 if the caller's tier has no links;
/// 400 if a field is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let target = app.shares.target(Kind::Image, request.bearer()?, request.path("id")).await?;
    let input = request.input(Accepts::Json).await?;
    let (link, options) = (request.path("link_id")?, ShareOptions::from_json(&input, &target.tier)?);
    let base_url = &request.viewer().base_url;
    ok(&app.shares.change(&target, link, options, base_url).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, cancelled, done, empty_tiers, found, hides_failures, image, link_secret,
        refuses_strangers, share, share_entry, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-image-link.json");

    fn replies() -> [Reply; 7] {
        let share = found(Some(share("image"))).about("SHARE#the-hash");
        let upload = found(Some(image("ready")));
        [signed_in(), empty_tiers(), link_secret(), share_entry(), share, upload, done("TransactWriteItems")]
    }

    /// Sends `body`, and returns the response and the update of the link.
    async fn changed(body: &Value) -> (Value, Value) {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut written = aws.call("TransactWriteItems").json();
        (answer.body, written["TransactItems"][2]["Update"].take())
    }

    #[tokio::test]
    async fn only_the_options_in_the_body_change() {
        let (link, update) = changed(&json!({"max_downloads": 9})).await;
        assert_eq!(
            (&link["max_downloads"], &link["expires_at"]),
            (&json!(9), &json!("2026-03-19T19:03:58Z"))
        );
        assert_eq!(update["Key"]["pk"]["S"], "SHARE#the-hash");
        assert!(update["ConditionExpression"].as_str().unwrap().contains("#owner = :caller"));
        let values = &update["ExpressionAttributeValues"];
        assert_eq!(values[":max_downloads"]["N"], "9");
        assert!(values.get(":password_hash").is_none() && values.get(":expires_at").is_none(), "{values}");
    }

    #[tokio::test]
    async fn null_removes_the_password_and_the_limit() {
        let (link, _) = changed(&json!({"password": null, "max_downloads": null})).await;
        assert_eq!((&link["has_password"], &link["max_downloads"]), (&json!(false), &Value::Null));
    }

    #[tokio::test]
    async fn an_expiry_counts_from_now_and_moves_both_records() {
        // The time of the tests is 2026-03-12T19:03:58Z.
        let (link, update) = changed(&json!({"expires_in": 3600})).await;
        assert_eq!(link["expires_at"], "2026-03-12T20:03:58Z");
        assert_eq!(update["ExpressionAttributeValues"][":ttl"]["N"], "1773345838");
    }

    #[tokio::test]
    async fn a_basic_account_cannot_remove_the_expiry() {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"expires_in": null}));
        let words = "Your account tier does not include links without an expiry.";
        assert_eq!(aws.ask(handle, event).await.outcome(), (400, json!({"expires_in": [words]})));
    }

    #[tokio::test]
    async fn a_link_that_was_revoked_in_the_meantime_is_not_found() {
        let mut replies = replies();
        replies[6] = cancelled(&["None", "None", "ConditionalCheckFailed", "None"]);
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
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
