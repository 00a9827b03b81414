//! `POST /api/users`: signs up.

use satchel_accounts::SignUps;
use satchel_http::{Accepts, ApiResult, Request, created};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { sign_up: SignUps }
}

/// Creates an account, with or without an email address.
///
/// # Errors
/// 400 if a field is invalid or the name is taken; 403 if registration is closed; 429 if the client signed up
/// too often.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let sign_up = app.sign_up.read(&input, false)?;
    let user = app.sign_up.sign_up(sign_up, request.viewer()).await?;
    created(&json!({
        "message": "User created successfully",
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "email_verified": user.email_verified,
        "tier": "Basic",
    }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, Reply, cancelled, count_changed, done, hides_failures};

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-user.json");

    fn replies() -> [Reply; 2] {
        [count_changed(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn an_account_is_created_and_its_password_stored_as_a_hash() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let call = aws.call("TransactWriteItems");
        let claim = &call.json()["TransactItems"][0]["Put"]["Item"];
        let made = json!({
            "message": "User created successfully", "id": claim["user_id"]["S"], "username": "ada",
            "email": null, "email_verified": false, "tier": "Basic",
        });
        assert_eq!(answer.outcome(), (201, made));
        assert_eq!(claim["pk"]["S"], "NAME#ada");
        assert!(claim["password_hash"]["S"].as_str().unwrap().starts_with("$argon2id$"));
        assert!(!String::from_utf8_lossy(&call.body).contains("correct horse"));
    }

    #[tokio::test]
    async fn a_sign_up_is_counted_before_its_account_is_created() {
        let aws = CannedAws::answering(replies()).await;
        aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(aws.steps(&[]), ["UpdateItem", "TransactWriteItems"]);
        let count = aws.calls()[0].json();
        let condition = count["ConditionExpression"].as_str().unwrap();
        assert!(
            condition.starts_with("(attribute_not_exists(#total) OR #total < :limit) AND "),
            "{condition}"
        );
        assert_eq!(count["ExpressionAttributeValues"][":limit"], json!({"N": "300"}));
        assert!(!aws.call("TransactWriteItems").text().contains("COUNT#"));
    }

    #[tokio::test]
    async fn above_the_limit_nothing_is_hashed_or_looked_up() {
        let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
        let full =
            Reply::new("UpdateItem", json!({"__type": kind, "message": "full"}).to_string()).status(400);
        let aws = CannedAws::answering([full]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.status, 429);
        assert!(answer.body["detail"].as_str().unwrap().starts_with("Request was throttled."));
        assert_eq!(aws.steps(&[]), ["UpdateItem"]);
    }

    #[tokio::test]
    async fn a_taken_name_is_refused() {
        let aws =
            CannedAws::answering([count_changed(), cancelled(&["ConditionalCheckFailed", "None"])]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let words = json!({"username": ["A user with that username already exists."]});
        assert_eq!(answer.outcome(), (400, words));
    }

    #[tokio::test]
    async fn a_sign_up_cannot_grant_staff() {
        let body = json!({
            "username": "eve", "password": "correct horse battery", "is_staff": true, "tier": "enterprise",
            "id": "1", "is_active": false,
        });
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).body(&body);
        let answer = aws.ask(handle, event).await;
        assert_eq!((answer.status, &answer.body["tier"]), (201, &json!("Basic")));
        let user = &aws.call("TransactWriteItems").json()["TransactItems"][1]["Put"]["Item"];
        assert_eq!(user.get("is_staff"), None);
        assert_eq!(user["is_active"], json!({"BOOL": true}));
        assert_eq!(user["tier"], json!({"S": "basic"}));
    }

    #[tokio::test]
    async fn without_mail_only_accounts_without_an_address_are_created() {
        let aws = CannedAws::answering(replies()).await.with_setting("MAIL", "none");
        let event = Event::of(EVENT);
        assert_eq!(aws.ask(handle, event).await.status, 201);
        let aws = CannedAws::answering([]).await.with_setting("MAIL", "none");
        let body =
            json!({"username": "ada", "password": "correct horse battery", "email": "ada@example.com"});
        let answer = aws.ask(handle, Event::of(EVENT).body(&body)).await;
        assert_eq!(answer.outcome(), (400, json!({"email": ["This deployment sends no mail."]})));
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn missing_fields_are_reported_before_any_call() {
        let aws = CannedAws::answering([]).await;
        let event = Event::of(EVENT).body(&json!({}));
        let answer = aws.ask(handle, event).await;
        let required = ["This field is required."];
        assert_eq!(answer.outcome(), (400, json!({"username": required, "password": required})));
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &replies(), handle).await;
    }
}
