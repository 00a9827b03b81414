//! `POST /tokenrefresh`: refreshes tokens, in the dialect of the resource API.

use satchel_api::token_field;
use satchel_auth::{Refresh, RefreshError};
use satchel_guard::TokenError;
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
/// 400 if the field is invalid, or if the token is not a valid refresh token.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let token = token_field(&input, "refresh")?;
    let tokens = app.refresh.refresh(&token).await.map_err(in_this_dialect)?;
    ok(&json!({ "access": tokens.access.expose(), "refresh": tokens.refresh.expose() }))
}

fn in_this_dialect(error: RefreshError) -> ApiError {
    let words = match error {
        RefreshError::Refused(TokenError::Expired) => "The given token is expired.",
        RefreshError::Refused(_) => "The given token is invalid.",
        RefreshError::Failed(error) => return error.into(),
    };
    ApiError::field("refresh", words)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, access_token, done, found_all, hides_failures, refresh_token, secret_keys,
        signed_in, user,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/renew-token.json");

    fn event(token: &str) -> Event {
        Event::of(EVENT).body(&json!({"refresh": token}))
    }

    fn replies() -> [Reply; 3] {
        [signed_in(), secret_keys(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_refresh_token_is_exchanged_for_new_tokens() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, event(&refresh_token())).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let (access, refresh) = (&answer.body["access"], &answer.body["refresh"]);
        assert_eq!(answer.outcome(), (200, json!({"access": access, "refresh": refresh})));
        assert!(access.is_string() && refresh.is_string() && *refresh != refresh_token());
    }

    #[tokio::test]
    async fn only_a_refresh_token_of_an_active_session_is_accepted() {
        for (case, event) in [
            ("not a token", Event::of(EVENT)),
            ("an access token", event(&access_token())),
            ("signed out", event(&refresh_token())),
        ] {
            let aws = CannedAws::answering([found_all(&[user()])]).await;
            let answer = aws.ask(handle, event).await;
            assert_eq!(
                answer.outcome(),
                (400, json!({"refresh": ["The given token is invalid."]})),
                "{case}"
            );
        }
    }

    #[tokio::test]
    async fn a_token_is_required() {
        let answer = CannedAws::answering([]).await.ask(handle, Event::of(EVENT).body(&json!({}))).await;
        assert_eq!(answer.outcome(), (400, json!({"refresh": ["This field is required."]})));
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(event(&refresh_token()), &replies(), handle).await;
    }
}
