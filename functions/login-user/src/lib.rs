//! `POST /api/user/login`: signs in with one token, in the dialect of the file upload service.

use http::StatusCode;
use satchel_api::Credentials;
use satchel_auth::{SignIn, SignInError};
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { sign_in: SignIn }
}

/// Exchanges a username and password for an access token and its lifetime in seconds.
///
/// # Errors
/// 400 if a field is invalid; 401 `{"error"}` unless an active account has this name and password and its
/// address, if it has one, is verified.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let credentials = Credentials::read(&input)?;
    let (token, seconds) =
        app.sign_in.sign_in_once(&credentials, &request.client()).await.map_err(in_this_dialect)?;
    ok(&json!({ "token": token.expose(), "expires_in": seconds }))
}

fn in_this_dialect(error: SignInError) -> ApiError {
    let words = match error {
        SignInError::Denied => "Invalid credentials",
        SignInError::NotVerified => "Email address is not verified.",
        SignInError::Failed(error) => return error.into(),
    };
    ApiError::Body(StatusCode::UNAUTHORIZED, json!({ "error": words }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, found, hides_failures, limits_sign_ins, login, signs_in};

    use super::*;

    const EVENT: &str = include_str!("../../../events/login-user.json");

    #[tokio::test]
    async fn a_name_and_password_are_exchanged_for_one_token_and_its_lifetime() {
        let aws = CannedAws::answering(signs_in()).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = &answer.body["token"];
        assert_eq!(answer.outcome(), (200, json!({"token": token, "expires_in": 43_200})));
        assert!(token.is_string());
    }

    #[tokio::test]
    async fn only_with_the_password_a_caller_learns_that_the_address_is_unverified() {
        let waits = json!({"awaits_verification": true});
        let wrong = json!({"username": "ada", "password": "correct horse batterz"});
        for (event, login, words) in [
            (Event::of(EVENT), login(&waits), "Email address is not verified."),
            (Event::of(EVENT).body(&wrong), login(&waits), "Invalid credentials"),
            (Event::of(EVENT).body(&wrong), login(&json!({})), "Invalid credentials"),
            (Event::of(EVENT), login(&json!({"is_active": false})), "Invalid credentials"),
            (Event::of(EVENT), found(None), "Invalid credentials"),
        ] {
            let [_, keys, written] = signs_in();
            let answer = CannedAws::answering([login, keys, written]).await.ask(handle, event).await;
            assert_eq!(answer.outcome(), (401, json!({"error": words})));
        }
    }

    #[tokio::test]
    async fn both_fields_are_required() {
        let aws = CannedAws::answering([]).await;
        let answer = aws.ask(handle, Event::of(EVENT).body(&json!({"username": " "}))).await;
        let (blank, required) = ("This field may not be blank.", "This field is required.");
        assert_eq!(answer.outcome(), (400, json!({"username": [blank], "password": [required]})));
    }

    #[tokio::test]
    async fn too_many_sign_ins_get_the_same_answer_as_on_other_routes() {
        limits_sign_ins(Event::of(EVENT), handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &signs_in(), handle).await;
    }
}
