//! `POST /api/token/authentication-token-header`: names the account that the token in the `Authorization`
//! header belongs to.

use http::StatusCode;
use http::header::AUTHORIZATION;
use satchel_guard::{Auth, Caller};
use satchel_http::{ApiError, ApiResult, Request, ok};
use satchel_model::{Error, Refusal};
use satchel_runtime::app;
use serde_json::json;

const WRONG_FORM: &str = "Invalid Authorization header format. Expected 'Bearer <token>'.";

app! {
    /// What this function needs.
    pub struct App { auth: Auth }
}

/// Returns the caller's id and name. The body is ignored.
///
/// # Errors
/// 400 `{"message"}` if the header is missing or malformed; 401 `{"message"}` if the token is not valid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = caller(app, &request).await.map_err(|error| in_this_dialect(error, &request))?;
    ok(&json!({
        "message": "User authenticated successfully",
        "user_id": caller.user.id,
        "username": caller.user.username,
    }))
}

async fn caller(app: &App, request: &Request) -> Result<Caller, Error> {
    app.auth.caller(request.bearer()?).await
}

fn in_this_dialect(error: Error, request: &Request) -> ApiError {
    let is_sent = request.headers().get(AUTHORIZATION).is_some_and(|value| !value.is_empty());
    let (status, message) = match error {
        Error::Refused(Refusal::NotAuthenticated) if !is_sent => {
            (StatusCode::BAD_REQUEST, "Authorization header is required")
        }
        // Other routes treat another scheme as absent credentials. Here it is a malformed header.
        Error::Refused(Refusal::NotAuthenticated | Refusal::BadAuthorizationHeader) => {
            (StatusCode::BAD_REQUEST, WRONG_FORM)
        }
        Error::Refused(Refusal::TokenNotValid) => (StatusCode::UNAUTHORIZED, "Invalid access token"),
        other => return other.into(),
    };
    ApiError::Body(status, json!({ "message": message }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, USER, access_token, found_all, hides_failures, refresh_token, session, signed_in,
        user,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/authenticate-header.json");

    fn event(authorization: &str) -> Event {
        Event::of(EVENT).header("authorization", Some(authorization))
    }

    #[tokio::test]
    async fn the_owner_of_the_token_is_named() {
        let aws = CannedAws::answering([signed_in()]).await;
        for scheme in ["Bearer", "bearer", "Token"] {
            let answer = aws.ask(handle, event(&format!("{scheme} {}", access_token()))).await;
            let message = "User authenticated successfully";
            assert_eq!(
                answer.outcome(),
                (200, json!({"message": message, "user_id": USER, "username": "ada"}))
            );
        }
    }

    #[tokio::test]
    async fn a_header_is_required() {
        let aws = CannedAws::answering([]).await;
        for event in [Event::of(EVENT).header("authorization", None), event("")] {
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (400, json!({"message": "Authorization header is required"})));
        }
    }

    #[tokio::test]
    async fn a_malformed_header_is_refused_with_the_expected_format() {
        let aws = CannedAws::answering([]).await;
        for value in ["Bearer", "Bearer a b", "Basic YWRhOnB3", "a-token-alone", "\u{e9}"] {
            let answer = aws.ask(handle, event(value)).await;
            let message = "Invalid Authorization header format. Expected 'Bearer <token>'.";
            assert_eq!(answer.outcome(), (400, json!({"message": message})), "{value}");
        }
    }

    #[tokio::test]
    async fn an_invalid_token_is_refused() {
        let mut deactivated = user();
        deactivated["is_active"] = json!(false);
        let good = format!("Bearer {}", access_token());
        for (case, event, records) in [
            ("not a token", Event::of(EVENT), vec![]),
            ("a refresh token", event(&format!("Bearer {}", refresh_token())), vec![session(), user()]),
            ("signed out", event(&good), vec![user()]),
            ("deactivated", event(&good), vec![session(), deactivated]),
        ] {
            let answer = CannedAws::answering([found_all(&records)]).await.ask(handle, event).await;
            assert_eq!(answer.outcome(), (401, json!({"message": "Invalid access token"})), "{case}");
        }
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &[signed_in()], handle).await;
    }
}
