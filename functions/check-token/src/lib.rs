//! `POST /verifytoken`: verifies a token, in the dialect of the resource API.

use satchel_api::token_field;
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { auth: Auth }
}

/// Verifies an access or a refresh token: its signature, its expiry and its session.
///
/// # Errors
/// 400 if the field is invalid or the token is not valid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    match app.auth.holder(&token_field(&input, "token")?).await? {
        Some(_) => ok(&json!({ "status": "valid" })),
        None => Err(ApiError::field("token", "Token is invalid or expired.")),
    }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, access_token, found_all, hides_failures, refresh_token, signed_in, user,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/check-token.json");

    fn event(token: &str) -> Event {
        Event::of(EVENT).body(&json!({"token": token}))
    }

    #[tokio::test]
    async fn tokens_of_both_kinds_are_valid_during_their_session() {
        for token in [access_token(), refresh_token()] {
            let aws = CannedAws::answering([signed_in()]).await;
            let answer = aws.ask(handle, event(&token)).await;
            assert_eq!(answer.outcome(), (200, json!({"status": "valid"})));
            assert_eq!(aws.operations(), ["BatchGetItem"]);
        }
    }

    #[tokio::test]
    async fn a_malformed_or_signed_out_token_is_refused() {
        for event in [Event::of(EVENT), event(&access_token())] {
            let aws = CannedAws::answering([found_all(&[user()])]).await;
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (400, json!({"token": ["Token is invalid or expired."]})));
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(event(&access_token()), &[signed_in()], handle).await;
    }
}
