//! `GET /api/settings`: what a client must know before anybody signs in.

use http::header::{CACHE_CONTROL, HeaderValue};
use satchel_accounts::SignUpPolicy;
use satchel_files::MAX_IMAGE_BYTES;
use satchel_http::{ApiResult, MAX_FORM_FILE_BYTES, Request, ok};
use satchel_runtime::app;
use serde::Serialize;

/// How long clients may cache the settings, which change only with a deployment.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=60");

app! {
    /// What this function needs.
    pub struct App { policy: SignUpPolicy }
}

/// The settings of a deployment.
#[derive(Serialize)]
struct Settings {
    /// Who may sign up: `open`, `domains` or `closed`.
    registration: &'static str,
    /// Whether an account needs an email address.
    email_required: bool,
    /// Whether the deployment sends mail. If not, accounts have no addresses.
    mail: bool,
    /// The largest file in a form. Larger files need a signed upload URL (`POST /api/files`).
    max_form_bytes: usize,
    /// The largest image, however it is sent.
    max_image_bytes: u64,
}

/// Returns the settings.
///
/// The caller need not be signed in.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(app: &'static App, _request: Request) -> ApiResult {
    let mut response = ok(&Settings {
        registration: app.policy.registration.as_str(),
        email_required: app.policy.email_required(),
        mail: app.policy.mailing.sends(),
        max_form_bytes: MAX_FORM_FILE_BYTES,
        max_image_bytes: MAX_IMAGE_BYTES,
    })?;
    response.headers_mut().insert(CACHE_CONTROL, CACHED);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use satchel_runtime::Wired;
    use satchel_testing::{CannedAws, Event};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-settings.json");

    #[tokio::test]
    async fn the_settings_are_those_of_the_template() {
        for (registration, require_email, email_required) in [
            ("open", "false", false),
            ("open", "true", true),
            ("domains", "false", true),
            ("closed", "false", false),
        ] {
            let aws = CannedAws::answering([]).await.with_setting("REGISTRATION", registration);
            let aws = aws.with_setting("REQUIRE_EMAIL", require_email);
            let aws = aws.with_setting("REGISTRATION_DOMAINS", "example.com");
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            let settings = json!({
                "registration": registration, "email_required": email_required, "mail": true,
                "max_form_bytes": 4_194_304, "max_image_bytes": 52_428_800,
            });
            assert_eq!(answer.outcome(), (200, settings), "{registration} {require_email}");
            assert_eq!(answer.header("cache-control"), "public, max-age=60");
            assert!(aws.calls().is_empty());
        }
    }

    #[tokio::test]
    async fn a_deployment_without_mail_says_so() {
        for (setting, expected) in [("ses", true), ("none", false)] {
            let aws = CannedAws::answering([]).await.with_setting("MAIL", setting);
            let answer = aws.ask(handle, Event::of(EVENT)).await;
            assert_eq!(answer.body["mail"], json!(expected), "{setting}");
        }
    }

    #[tokio::test]
    async fn the_function_does_not_start_with_an_unknown_registration() {
        let aws = CannedAws::answering([]).await.with_setting("REGISTRATION", "everybody");
        assert!(App::wired(&aws.wiring()).is_err());
    }
}
