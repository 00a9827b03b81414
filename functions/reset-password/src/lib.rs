//! `POST /api/user/password-reset/{token}`: sets a new password through a mailed link.

use http::StatusCode;
use satchel_accounts::{LinkOutcome, LinkUse, MailLink, MailLinks};
use satchel_api::password_field;
use satchel_guard::Hasher;
use satchel_http::{Accepts, ApiError, ApiResult, Page, Request, Response, SIGN_IN, html, no_content};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{NewPassword, Refusal};
use satchel_runtime::app;
use satchel_web::PAGES;

app! {
    /// What this function needs.
    pub struct App { links: LinkUse, hasher: Hasher, clock: Clock }
}

/// Sets a new password, uses up the link and ends every session of the account.
///
/// # Errors
/// 400 if the password is invalid, which does not use up the link; 404 if the link is used, expired or
/// unknown, or the password was changed after it was sent; 429 after too many guesses.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    match (reset(app, &request).await, request.prefers_html()) {
        (Ok(()), false) => no_content(),
        (Ok(()), true) => Ok(page(
            StatusCode::OK,
            "Password changed",
            &format!("Your new password is set, and every device is signed out. {SIGN_IN}"),
        )),
        (Err(ApiError::Refused(Refusal::Fields(errors))), true) => {
            let messages: Vec<_> = errors.into_values().flatten().collect();
            Ok(html(StatusCode::BAD_REQUEST, &Page::new_password(&messages), PAGES))
        }
        (Err(ApiError::Refused(Refusal::NotFound)), true) => Ok(page(
            StatusCode::NOT_FOUND,
            "This link does not work",
            "It was used already, or it is too old, or the password was changed since. Ask for a new one.",
        )),
        (Err(error), _) => Err(error),
    }
}

async fn reset(app: &App, request: &Request) -> Result<(), ApiError> {
    let token = Secret::new(request.path("token")?);
    let input = request.input(Accepts::JsonOrForm).await?;
    let text = password_field(&input, "new_password")?;
    let spend = async |links: &MailLinks, link: &MailLink| {
        let password = NewPassword::parse(text.expose(), &link.username)
            .map_err(|messages| Refusal::Fields([("new_password".to_owned(), messages)].into()))?;
        let hash = app.hasher.hash(password.secret()).await;
        Ok(links.reset_password(&token, link, &hash).await?)
    };
    match app.links.by(&token, request.viewer(), app.clock.now(), spend).await? {
        LinkOutcome::Done => Ok(()),
        LinkOutcome::DoneBefore | LinkOutcome::Refused => Err(ApiError::not_found()),
    }
}

fn page(status: StatusCode, title: &str, words: &str) -> Response {
    html(status, &Page { title: title.to_owned(), body: format!("<p>{words}</p>") }, PAGES)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, count_changed, done, found, hides_failures,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/reset-password.json");
    /// printf %s <token of the event> | openssl dgst -sha256 -binary | basenc --base64url
    const LINK: &str = "LINK#-g_DmDsjN4U-qdY-z4T0643MxVDuXB-WgtMESioaEsg";

    fn link(purpose: &Value, expires_at: i64) -> Reply {
        let mut link = json!({
            "pk": LINK, "sk": "LINK", "user_id": USER, "username": "ada", "email": "ada@example.com",
            "expires_at": expires_at,
        });
        link.as_object_mut().unwrap().extend(purpose.as_object().unwrap().clone());
        found(Some(link))
    }

    /// A link that is valid until the year 3000.
    fn good_link() -> Reply {
        let purpose = json!({"purpose": "reset_password", "auth_epoch": 3, "credential_epoch": 5});
        link(&purpose, 32_503_680_000)
    }

    fn replies() -> [Reply; 3] {
        [count_changed(), good_link(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn one_transaction_uses_the_link_sets_the_password_and_ends_all_sessions() {
        let aws = CannedAws::answering(replies()).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT)).await.outcome(), (204, Value::Null));
        assert_eq!(aws.call("GetItem").json()["Key"]["pk"]["S"], LINK);
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes[0]["Delete"]["Key"]["pk"]["S"], LINK);
        let (user, login) = (&writes[1]["Update"], &writes[2]["Update"]);
        assert_eq!(user["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(
            user["ConditionExpression"],
            "#credential_epoch = :epoch AND #is_active = :true AND #email = :email"
        );
        assert_eq!(user["UpdateExpression"], "ADD #auth_epoch :one, #credential_epoch :one");
        assert_eq!(user["ExpressionAttributeValues"][":epoch"]["N"], "5");
        assert_eq!(user["ExpressionAttributeValues"][":email"]["S"], "ada@example.com");
        assert_eq!(login["Key"]["pk"]["S"], "NAME#ada");
        assert_eq!(
            login["UpdateExpression"],
            "SET #password_hash = :hash, #nfc_hash = :hash ADD #auth_epoch :one"
        );
        let hash = login["ExpressionAttributeValues"][":hash"]["S"].as_str().unwrap();
        let password = Secret::new("another horse battery".to_owned());
        assert!(hash.starts_with("$argon2id$") && Hasher.verify(&password, Some(hash)).await);
    }

    #[tokio::test]
    async fn older_links_and_accounts_are_checked_by_their_own_epochs() {
        let older = json!({"purpose": "reset_password", "auth_epoch": 3});
        let of_older_account = json!({"purpose": "reset_password", "auth_epoch": 3, "credential_epoch": 0});
        for (purpose, condition, epoch) in [
            (older, "#auth_epoch = :epoch", "3"),
            (
                of_older_account,
                "(attribute_not_exists(#credential_epoch) OR #credential_epoch = :epoch)",
                "0",
            ),
        ] {
            let link = link(&purpose, 32_503_680_000);
            let aws = CannedAws::answering([count_changed(), link, done("TransactWriteItems")]).await;
            assert_eq!(aws.ask(handle, Event::of(EVENT)).await.status, 204);
            let user = aws.call("TransactWriteItems").json()["TransactItems"][1]["Update"].take();
            let is_condition = user["ConditionExpression"].as_str().unwrap().starts_with(condition);
            assert!(is_condition, "{user}");
            assert_eq!(user["ExpressionAttributeValues"][":epoch"]["N"], epoch);
        }
    }

    #[tokio::test]
    async fn a_link_that_is_no_longer_valid_is_not_found() {
        let verifies = json!({"purpose": "verify_email", "email": "ada@example.com", "replaces": null});
        let changed = cancelled(&["None", "ConditionalCheckFailed", "None"]);
        for replies in [
            vec![found(None)],
            vec![link(&json!({"purpose": "reset_password", "auth_epoch": 3}), 1)],
            vec![link(&verifies, 32_503_680_000)],
            vec![found(Some(json!({"pk": LINK, "sk": "LINK", "used_until": 32_503_680_000_i64})))],
            vec![good_link(), changed],
        ] {
            let aws = CannedAws::answering([vec![count_changed()], replies].concat()).await;
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
    }

    #[tokio::test]
    async fn a_weak_password_does_not_use_up_the_link() {
        let aws = CannedAws::answering(replies()).await;
        for (body, message) in [
            (json!({}), "This field is required."),
            (json!({"new_password": "Password1"}), "This password is too common."),
        ] {
            let answer = aws.ask(handle, Event::of(EVENT).body(&body)).await;
            assert_eq!(answer.outcome(), (400, json!({"new_password": [message]})));
        }
        assert!(!aws.operations().contains(&"TransactWriteItems".to_owned()));
    }

    #[tokio::test]
    async fn a_browser_that_submits_the_form_gets_a_page_with_the_same_status() {
        let event = Event::of(EVENT).header("accept", Some("text/html,application/xhtml+xml"));
        let weak = event.clone().body(&json!({"new_password": "Password1"}));
        for (event, link, status, words) in [
            (&event, good_link(), 200, "<h1>Password changed</h1>"),
            (&event, found(None), 404, "<h1>This link does not work</h1>"),
            (&weak, good_link(), 400, "role=\"alert\""),
        ] {
            let aws = CannedAws::answering([count_changed(), link, done("TransactWriteItems")]).await;
            let answer = aws.ask(handle, event.clone()).await;
            assert_eq!(
                (answer.status, answer.header("content-type").as_str()),
                (status, "text/html; charset=utf-8")
            );
            assert!(answer.body.as_str().unwrap().contains(words), "{}", answer.body);
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &replies(), handle).await;
    }
}
