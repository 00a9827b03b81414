//! `POST /api/users/authentication`: signs in, in a dialect of the token API.

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

/// Exchanges a username and password for an access and a refresh token.
///
/// # Errors
/// 400 `{"message"}` if a field is missing; 401 `{"message"}` unless an active account has this name and
/// password.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let credentials = Credentials::read(&input)
        .map_err(|_| refusal(StatusCode::BAD_REQUEST, "Username and password are required"))?;
    let tokens = app.sign_in.sign_in(&credentials, &request.client()).await.map_err(in_this_dialect)?;
    let (refresh, access) = (tokens.refresh.expose(), tokens.access.expose());
    ok(&json!({ "message": "Login successful", "refresh": refresh, "access": access }))
}

fn in_this_dialect(error: SignInError) -> ApiError {
    match error {
        SignInError::Denied | SignInError::NotVerified => {
            refusal(StatusCode::UNAUTHORIZED, "Invalid username or password")
        }
        SignInError::Failed(error) => error.into(),
    }
}

fn refusal(status: StatusCode, message: &str) -> ApiError {
    ApiError::Body(status, json!({ "message": message }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, found, hides_failures, limits_sign_ins, login, signs_in};

    use super::*;

    const EVENT: &str = include_str!("../../../events/authenticate-user.json");

    #[tokio::test]
    async fn a_name_and_password_are_exchanged_for_two_tokens_and_a_message() {
        let aws = CannedAws::answering(signs_in()).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let (refresh, access) = (&answer.body["refresh"], &answer.body["access"]);
        let expected = json!({"message": "Login successful", "refresh": refresh, "access": access});
        assert_eq!(answer.outcome(), (200, expected));
        assert!(refresh.is_string() && access.is_string() && refresh != access);
    }

    #[tokio::test]
    async fn both_fields_are_required() {
        for body in [
            json!({}),
            json!({"username": "ada"}),
            json!({"username": "ada", "password": ""}),
            json!({"username": null, "password": "correct horse battery"}),
            json!({"username": " ", "password": "correct horse battery"}),
        ] {
            let answer = CannedAws::answering([]).await.ask(handle, Event::of(EVENT).body(&body)).await;
            let message = "Username and password are required";
            assert_eq!(answer.outcome(), (400, json!({"message": message})), "{body}");
        }
    }

    #[tokio::test]
    async fn every_refused_sign_in_gets_the_same_answer() {
        let wrong = json!({"username": "ada", "password": "correct horse batterz"});
        for (case, event, login) in [
            ("no such account", Event::of(EVENT), found(None)),
            ("another password", Event::of(EVENT).body(&wrong), login(&json!({}))),
            ("not verified", Event::of(EVENT), login(&json!({"awaits_verification": true}))),
            ("closed", Event::of(EVENT), login(&json!({"is_active": false}))),
        ] {
            let [_, keys, written] = signs_in();
            let answer = CannedAws::answering([login, keys, written]).await.ask(handle, event).await;
            assert_eq!(answer.outcome(), (401, json!({"message": "Invalid username or password"})), "{case}");
        }
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
