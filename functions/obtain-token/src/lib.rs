//! `POST /gettoken`: signs in, in the dialect of the resource API.

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
/// 400 if a field is invalid, or if no active account has this name and password.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let credentials = Credentials::read(&input)?;
    let tokens = app.sign_in.sign_in(&credentials, &request.client()).await.map_err(in_this_dialect)?;
    ok(&json!({ "refresh": tokens.refresh.expose(), "access": tokens.access.expose() }))
}

fn in_this_dialect(error: SignInError) -> ApiError {
    match error {
        SignInError::Denied | SignInError::NotVerified => {
            ApiError::field("non_field_errors", "Unable to log in with provided credentials.")
        }
        SignInError::Failed(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, found, hides_failures, limits_sign_ins, login, signs_in};

    use super::*;

    const EVENT: &str = include_str!("../../../events/obtain-token.json");

    /// The event as JSON; the fixture is a form.
    fn event(body: &serde_json::Value) -> Event {
        Event::of(EVENT).header("content-type", Some("application/json")).body(body)
    }

    #[tokio::test]
    async fn a_name_and_password_are_exchanged_for_two_tokens() {
        let aws = CannedAws::answering(signs_in()).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let (refresh, access) = (&answer.body["refresh"], &answer.body["access"]);
        assert_eq!(answer.outcome(), (200, json!({"refresh": refresh, "access": access})));
        assert!(refresh.is_string() && access.is_string() && refresh != access);
    }

    #[tokio::test]
    async fn every_refused_sign_in_gets_the_same_answer() {
        let wrong = json!({"username": "ada", "password": "correct horse batterz"});
        for (case, event, login) in [
            ("no such account", Event::of(EVENT), found(None)),
            ("another password", event(&wrong), login(&json!({}))),
            ("not verified", Event::of(EVENT), login(&json!({"awaits_verification": true}))),
            ("closed", Event::of(EVENT), login(&json!({"is_active": false}))),
        ] {
            let [_, keys, written] = signs_in();
            let answer = CannedAws::answering([login, keys, written]).await.ask(handle, event).await;
            let words = ["Unable to log in with provided credentials."];
            assert_eq!(answer.outcome(), (400, json!({"non_field_errors": words})), "{case}");
        }
    }

    #[tokio::test]
    async fn both_fields_are_required() {
        let answer = CannedAws::answering([]).await.ask(handle, event(&json!({}))).await;
        let required = ["This field is required."];
        assert_eq!(answer.outcome(), (400, json!({"username": required, "password": required})));
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
