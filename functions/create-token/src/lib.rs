//! `POST /api/token` and `POST /token`: signs in.

use satchel_api::Credentials;
use satchel_auth::SignIn;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { sign_in: SignIn }
}

/// Exchanges a username and password for an access and a refresh token.
///
/// # Errors
/// 400 if a field is invalid; 401 unless an active account has this name and password.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let credentials = Credentials::read(&input)?;
    let tokens = app.sign_in.sign_in(&credentials, &request.client()).await?;
    ok(&json!({ "refresh": tokens.refresh.expose(), "access": tokens.access.expose() }))
}

#[cfg(test)]
mod tests {
    use satchel_guard::{Hasher, TokenKind, Verifier, VerifyingKeys};
    use satchel_model::clock::Clock;
    use satchel_model::secret::Secret;
    use satchel_testing::{
        CannedAws, Event, NOW, Reply, USER, cancelled, count_changed, counted, denied, done, found,
        hides_failures, secret_keys,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-token.json");
    const FORM: &str = include_str!("../../../events/create-token_form.json");

    /// The login record of the account, changed by `change`.
    async fn login(change: serde_json::Value) -> Reply {
        let hash = Hasher.hash(&Secret::new("correct horse battery".to_owned())).await;
        let mut login = json!({
            "pk": "NAME#ada", "sk": "LOGIN", "user_id": USER, "password_hash": hash, "auth_epoch": 3,
            "is_active": true, "awaits_verification": false,
        });
        login.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        found(Some(login))
    }

    async fn replies() -> [Reply; 5] {
        let session = done("TransactWriteItems").about("SESSION#");
        [counted(), login(json!({})).await, secret_keys(), session, count_changed()]
    }

    #[tokio::test]
    async fn a_sign_in_by_json_or_form_gets_two_tokens_of_a_new_session() {
        for event in [EVENT, FORM] {
            let aws = CannedAws::answering(replies().await).await;
            let answer = aws.ask(handle, Event::of(event)).await;
            assert_eq!((answer.status, answer.header("cache-control").as_str()), (200, "no-store"));
            let tokens = answer.body.as_object().unwrap();
            assert_eq!(tokens.keys().collect::<Vec<_>>(), ["refresh", "access"]);
            let session = &aws.call("TransactWriteItems").json()["TransactItems"][0]["Put"]["Item"];
            let keys = VerifyingKeys::from_jwks(&aws.wiring().text("PUBLIC_KEYS")).unwrap();
            let verifier = Verifier::new(keys, &aws.wiring().text("ISSUER"), Clock::Fixed(NOW));
            for (name, kind) in [("refresh", TokenKind::Refresh), ("access", TokenKind::Access)] {
                let token = Secret::new(tokens[name].as_str().unwrap().to_owned());
                let claims = verifier.verify(&token, kind).unwrap();
                assert_eq!(claims.user_id.to_string(), USER);
                assert_eq!(session["id"]["S"], claims.sid.to_string());
            }
        }
    }

    #[tokio::test]
    async fn every_refused_sign_in_gets_the_same_answer() {
        let failed = cancelled(&["None", "ConditionalCheckFailed"]);
        for (case, replies) in [
            ("no such account", vec![found(None)]),
            ("closed", vec![login(json!({"is_active": false})).await]),
            ("not verified", vec![login(json!({"awaits_verification": true})).await]),
            ("expired", vec![login(json!({"ttl": 1})).await]),
            ("closed meanwhile", vec![login(json!({})).await, secret_keys(), failed]),
        ] {
            let aws = CannedAws::answering([vec![counted(), count_changed()], replies].concat()).await;
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            let words = json!({"detail": "No active account found with the given credentials"});
            assert_eq!(answer.outcome(), (401, words), "{case}");
        }
    }

    #[tokio::test]
    async fn a_wrong_password_is_refused() {
        let aws = CannedAws::answering(replies().await).await;
        let event = Event::of(EVENT).body(&json!({"username": "ada", "password": "correct horse battery "}));
        let answer = aws.ask(handle, event).await;
        let words = json!({"detail": "No active account found with the given credentials"});
        assert_eq!(answer.outcome(), (401, words));
    }

    #[tokio::test]
    async fn both_fields_are_required() {
        let aws = CannedAws::answering([]).await;
        let answer = aws.ask(handle, Event::of(EVENT).body(&json!({}))).await;
        let required = ["This field is required."];
        assert_eq!(answer.outcome(), (400, json!({"username": required, "password": required})));
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        let [counted, login, keys, session, _] = replies().await;
        hides_failures(Event::of(EVENT), &[counted, login, keys, session], handle).await;
    }

    #[tokio::test]
    async fn a_sign_in_succeeds_even_if_its_attempt_cannot_be_uncounted() {
        let [counted, login, keys, session, _] = replies().await;
        let aws = CannedAws::answering([counted, login, keys, session, denied("UpdateItem")]).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT)).await.status, 200);
    }
}
