//! `POST /api/token/refresh`: refreshes tokens.

use satchel_api::token_field;
use satchel_auth::Refresh;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { refresh: Refresh }
}

/// Exchanges a refresh token for a new access token and a new refresh token.
///
/// # Errors
/// 400 if the field is invalid; 401 unless the token is a valid refresh token.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let tokens = app.refresh.refresh(&token_field(&input, "refresh")?).await?;
    ok(&json!({ "access": tokens.access.expose(), "refresh": tokens.refresh.expose() }))
}

#[cfg(test)]
mod tests {
    use satchel_guard::{TokenKind, Verifier, VerifyingKeys};
    use satchel_model::clock::Clock;
    use satchel_model::secret::Secret;
    use satchel_testing::{
        CannedAws, Event, NOW, Reply, SESSION, access_token, cancelled, done, found_all, hides_failures,
        refresh_token, secret_keys, signed_in, user,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/refresh-token.json");

    fn event() -> Event {
        Event::of(EVENT).body(&json!({"refresh": refresh_token()}))
    }

    fn replies() -> [Reply; 3] {
        [signed_in(), secret_keys(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_refresh_token_is_exchanged_for_two_tokens_of_the_same_session() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, event()).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (200, "no-store"));
        let tokens = answer.body.as_object().unwrap();
        assert_eq!(tokens.keys().collect::<Vec<_>>(), ["access", "refresh"]);
        assert_ne!(tokens["refresh"], refresh_token());
        let keys = VerifyingKeys::from_jwks(&aws.wiring().text("PUBLIC_KEYS")).unwrap();
        let verifier = Verifier::new(keys, &aws.wiring().text("ISSUER"), Clock::Fixed(NOW));
        for (name, kind) in [("refresh", TokenKind::Refresh), ("access", TokenKind::Access)] {
            let token = Secret::new(tokens[name].as_str().unwrap().to_owned());
            assert_eq!(verifier.verify(&token, kind).unwrap().sid.to_string(), SESSION);
        }
    }

    #[tokio::test]
    async fn only_a_refresh_token_of_an_active_session_is_accepted() {
        let signed_out = found_all(&[user()]);
        let closed_meanwhile = cancelled(&["None", "ConditionalCheckFailed"]);
        for (event, replies, detail) in [
            (Event::of(EVENT), vec![], "Token is invalid or expired"),
            (event(), vec![signed_out], "Token is invalid or expired"),
            (event(), vec![signed_in(), secret_keys(), closed_meanwhile], "Token is invalid or expired"),
            (Event::of(EVENT).body(&json!({"refresh": access_token()})), vec![], "Token has wrong type"),
        ] {
            let aws = CannedAws::answering(replies).await;
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (401, json!({"detail": detail, "code": "token_not_valid"})));
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(event(), &replies(), handle).await;
    }
}
