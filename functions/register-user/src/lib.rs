//! `POST /api/user/register`: signs up with an email address, in the dialect of the file upload service.

use http::StatusCode;
use satchel_accounts::SignUps;
use satchel_api::Input;
use satchel_http::{Accepts, ApiError, ApiResult, Request, created};
use satchel_model::{Error, FieldErrors, Refusal};
use satchel_runtime::app;
use serde_json::json;

const MESSAGE: &str = "Registration successful. Please check your email for verification instructions.";
const ALL_MISSING: &str = "Username, password, and email are required";
const FIELDS: [&str; 3] = ["username", "email", "password"];

app! {
    /// What this function needs.
    pub struct App { sign_up: SignUps }
}

/// Creates an account that can sign in once its address is verified.
///
/// # Errors
/// 400 `{"error","errors"}` if a field is invalid; 403 if registration is closed; 429 if the client signed up
/// too often.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    register(app, &request, &input).await.map_err(|error| in_this_dialect(error, &input))?;
    created(&json!({ "message": MESSAGE }))
}

async fn register(app: &App, request: &Request, input: &Input) -> Result<(), Error> {
    let sign_up = app.sign_up.read(input, true)?;
    app.sign_up.sign_up(sign_up, request.viewer()).await?;
    Ok(())
}

fn in_this_dialect(error: Error, input: &Input) -> ApiError {
    let Error::Refused(Refusal::Fields(errors)) = error else { return error.into() };
    let any = FIELDS.iter().any(|field| input.has(field));
    let first = if any { first_message(&errors) } else { ALL_MISSING.to_owned() };
    ApiError::Body(StatusCode::BAD_REQUEST, json!({ "error": first, "errors": errors }))
}

/// The first message of the first invalid field, in the order of the form.
fn first_message(errors: &FieldErrors) -> String {
    let messages = FIELDS.iter().find_map(|field| errors.get(*field)?.first());
    messages.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, Reply, cancelled, count_changed, done, hides_failures};

    use super::*;

    const EVENT: &str = include_str!("../../../events/register-user.json");

    fn replies() -> [Reply; 2] {
        [count_changed(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn the_verification_mail_is_queued_with_the_account() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let words = "Registration successful. Please check your email for verification instructions.";
        assert_eq!(answer.outcome(), (201, json!({"message": words})));
        let written = aws.call("TransactWriteItems").json();
        let [login, user, mail] = [0, 1, 3].map(|place| &written["TransactItems"][place]["Put"]["Item"]);
        assert_eq!(login["awaits_verification"], json!({"BOOL": true}));
        assert_eq!(user["email_verified"], json!({"BOOL": false}));
        assert_eq!(mail["kind"]["S"], "verify_email");
        assert_eq!(mail["user_id"], user["id"]);
        assert_eq!(mail["email"]["S"], "grace@example.com");
        // Without the secret of CloudFront, the header x-satchel-host is ignored.
        assert_eq!(mail["base_url"]["S"], "https://abc123.execute-api.us-east-1.amazonaws.com");
    }

    #[tokio::test]
    async fn errors_have_the_format_of_the_upload_service() {
        let required = ["This field is required."];
        let all = json!({"username": required, "email": required, "password": required});
        let short = ["This password is too short. It must contain at least 8 characters."];
        for (body, error, errors) in [
            (json!({}), "Username, password, and email are required", all),
            (
                json!({"username": "grace", "password": "xK4#m"}),
                "This field is required.",
                json!({"email": required, "password": short}),
            ),
        ] {
            let aws = CannedAws::answering([]).await;
            let answer = aws.ask(handle, Event::of(EVENT).body(&body)).await;
            assert_eq!(answer.outcome(), (400, json!({"error": error, "errors": errors})));
        }
    }

    #[tokio::test]
    async fn without_mail_nobody_can_register_with_an_address() {
        let aws = CannedAws::answering([]).await.with_setting("MAIL", "none");
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let text = "This deployment sends no mail.";
        assert_eq!(answer.outcome(), (400, json!({"error": text, "errors": {"email": [text]}})));
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn a_taken_name_is_refused() {
        let taken = cancelled(&["ConditionalCheckFailed", "None", "None", "None", "None"]);
        let aws = CannedAws::answering([count_changed(), taken]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let taken = "A user with that username already exists.";
        assert_eq!(answer.outcome(), (400, json!({"error": taken, "errors": {"username": [taken]}})));
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &replies(), handle).await;
    }
}
