//! `POST /api/verify-email/{token}`: verifies an email address.

use http::StatusCode;
use satchel_accounts::{LinkOutcome, LinkUse, MailLink, MailLinks};
use satchel_http::{ApiError, ApiResult, Page, Request, Response, SIGN_IN, html, ok};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_runtime::app;
use satchel_web::PAGES;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { links: LinkUse, clock: Clock }
}

/// Verifies the address that the token was mailed to.
///
/// A token works once, but a second press of the button soon afterwards gets the same answer.
///
/// # Errors
/// 404 if the link is unknown or expired, if it was used longer than `LinkRepeatSeconds` ago, or if another
/// account verified the address first; 429 after too many guesses.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let token = Secret::new(request.path("token")?);
    let now = app.clock.now();
    let verify = async |links: &MailLinks, link: &MailLink| Ok(links.verify_email(&token, link, now).await?);
    let outcome = app.links.by(&token, request.viewer(), now, verify).await?;
    let is_verified = outcome != LinkOutcome::Refused;
    match (is_verified, request.prefers_html()) {
        (true, false) => ok(&json!({ "message": "Email verification successful" })),
        (false, false) => Err(ApiError::not_found()),
        (true, true) => {
            let words = format!("Your address is verified. {SIGN_IN}");
            Ok(page(StatusCode::OK, "Address verified", &words))
        }
        (false, true) => Ok(page(
            StatusCode::NOT_FOUND,
            "This link does not work",
            "It was used already, or it is too old, or the address belongs to another account.",
        )),
    }
}

fn page(status: StatusCode, title: &str, words: &str) -> Response {
    html(status, &Page { title: title.to_owned(), body: format!("<p>{words}</p>") }, PAGES)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, cancelled_on, count_changed, done, found, hides_failures,
    };
    use serde_json::Value;

    use super::*;

    const EVENT: &str = include_str!("../../../events/verify-email.json");
    /// printf %s <token of the event> | openssl dgst -sha256 -binary | basenc --base64url
    const LINK: &str = "LINK#jJu_waXSERq-4GwvQuJdki8XZXJVeuVUSp1MrDhZrkc";

    const YEAR_3000: i64 = 32_503_680_000;

    /// The record that replaces a used link.
    fn used(until: i64) -> Value {
        json!({"pk": LINK, "sk": "LINK", "used_until": until, "ttl": until})
    }

    fn link(expires_at: i64) -> Reply {
        found(Some(json!({
            "pk": LINK, "sk": "LINK", "user_id": USER, "username": "ada", "purpose": "verify_email",
            "email": "ada@example.com", "replaces": "ada@example.com", "expires_at": expires_at,
        })))
    }

    fn good_link() -> Reply {
        link(YEAR_3000)
    }

    #[tokio::test]
    async fn a_link_is_found_by_the_hash_of_its_token_and_used_up() {
        let aws = CannedAws::answering([count_changed(), good_link(), done("TransactWriteItems")]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.outcome(), (200, json!({"message": "Email verification successful"})));
        assert_eq!(aws.call("GetItem").json()["Key"]["pk"]["S"], LINK);
        let spent = aws.call("TransactWriteItems").json();
        let left = &spent["TransactItems"][0]["Put"]["Item"];
        let mut names: Vec<_> = left.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!((left["pk"]["S"].as_str(), names), (Some(LINK), vec!["pk", "sk", "ttl", "used_until"]));
    }

    #[tokio::test]
    async fn a_link_that_was_used_seconds_ago_gets_the_same_answer_and_changes_nothing() {
        let first = cancelled_on(&[Some(used(YEAR_3000)), None, None, None, None]);
        for (replies, status) in [
            (vec![found(Some(used(YEAR_3000)))], 200),
            // The other press of the button was first.
            (vec![good_link(), first], 200),
            (vec![found(Some(used(1)))], 404),
            (vec![good_link(), cancelled_on(&[Some(used(1)), None, None, None, None])], 404),
        ] {
            let writes = replies.len() - 1;
            let aws = CannedAws::answering([vec![count_changed()], replies].concat()).await;
            assert_eq!(aws.ask(handle, Event::of(EVENT)).await.status, status);
            let operations = aws.operations();
            assert_eq!(operations.iter().filter(|name| *name == "TransactWriteItems").count(), writes);
        }
    }

    #[tokio::test]
    async fn an_unknown_expired_or_used_link_is_not_found() {
        let too_late = cancelled(&["None", "ConditionalCheckFailed", "None", "None"]);
        for replies in [vec![found(None)], vec![link(1)], vec![good_link(), too_late]] {
            let aws = CannedAws::answering([vec![count_changed()], replies].concat()).await;
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
    }

    #[tokio::test]
    async fn a_browser_that_submits_the_form_gets_a_page_with_the_same_status() {
        let event = Event::of(EVENT).header("accept", Some("text/html,application/xhtml+xml"));
        for (replies, status, title) in [
            (vec![good_link(), done("TransactWriteItems")], 200, "Address verified"),
            (vec![found(Some(used(YEAR_3000)))], 200, "Address verified"),
            (vec![found(None)], 404, "This link does not work"),
        ] {
            let aws = CannedAws::answering([vec![count_changed()], replies].concat()).await;
            let answer = aws.ask(handle, event.clone()).await;
            assert_eq!(
                (answer.status, answer.header("content-type").as_str()),
                (status, "text/html; charset=utf-8")
            );
            assert!(answer.body.as_str().unwrap().contains(&format!("<h1>{title}</h1>")));
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &[count_changed(), good_link(), done("TransactWriteItems")], handle)
            .await;
    }
}
