//! `POST /api/token/refresh-and-verify`: refreshes tokens, in a dialect of the token API.

use http::StatusCode;
use satchel_api::token_field;
use satchel_auth::{Refresh, RefreshError};
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { refresh: Refresh }
}

/// Exchanges a refresh token for a new access token and a new refresh token.
///
/// # Errors
/// 400 `{"message"}` if no token is sent; 401 `{"message"}` unless it is a valid refresh token.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let token = token_field(&input, "refresh")
        .map_err(|_| refusal(StatusCode::BAD_REQUEST, "Refresh token is required"))?;
    let tokens = app.refresh.refresh(&token).await.map_err(in_this_dialect)?;
    let (access, refresh) = (tokens.access.expose(), tokens.refresh.expose());
    ok(&json!({ "message": "Token is valid", "new_access_token": access, "refresh": refresh }))
}

fn in_this_dialect(error: RefreshError) -> ApiError {
    match error {
        RefreshError::Refused(_) => refusal(StatusCode::UNAUTHORIZED, "Invalid refresh token"),
        RefreshError::Failed(error) => error.into(),
    }
}

fn refusal(status: StatusCode, message: &str) -> ApiError {
    ApiError::Body(status, json!({ "message": message }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, access_token, cancelled, done, found_all, hides_failures, refresh_token,
        secret_keys, signed_in, user,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/refresh-and-verify-token.json");

    fn event(token: &str) -> Event {
        Event::of(EVENT).body(&json!({"refresh": token}))
    }

    fn replies() -> [Reply; 3] {
        [signed_in(), secret_keys(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn the_new_tokens_have_the_names_of_this_dialect() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, event(&refresh_token())).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let (access, refresh) = (&answer.body["new_access_token"], &answer.body["refresh"]);
        let expected = json!({"message": "Token is valid", "new_access_token": access, "refresh": refresh});
        assert_eq!(answer.outcome(), (200, expected));
        assert!(access.is_string() && refresh.is_string() && *refresh != refresh_token());
    }

    #[tokio::test]
    async fn a_token_is_required() {
        for body in [json!({}), json!({"refresh": null}), json!({"refresh": " "}), json!({"refresh": []})] {
            let answer = CannedAws::answering([]).await.ask(handle, Event::of(EVENT).body(&body)).await;
            assert_eq!(answer.outcome(), (400, json!({"message": "Refresh token is required"})), "{body}");
        }
    }

    #[tokio::test]
    async fn only_a_refresh_token_of_an_active_session_is_accepted() {
        let closed_meanwhile = cancelled(&["None", "ConditionalCheckFailed"]);
        for (case, event, replies) in [
            ("not a token", Event::of(EVENT), vec![]),
            ("an access token", event(&access_token()), vec![]),
            ("signed out", event(&refresh_token()), vec![found_all(&[user()])]),
            ("closed", event(&refresh_token()), vec![signed_in(), secret_keys(), closed_meanwhile]),
        ] {
            let answer = CannedAws::answering(replies).await.ask(handle, event).await;
            assert_eq!(answer.outcome(), (401, json!({"message": "Invalid refresh token"})), "{case}");
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(event(&refresh_token()), &replies(), handle).await;
    }
}
