//! `POST /api/user/password-reset`: requests a mail for setting a new password.

use http::StatusCode;
use satchel_accounts::{MailKind, MailRequest};
use satchel_api::email_field;
use satchel_http::{Accepts, ApiResult, Request, json};
use satchel_runtime::app;
use serde_json::json;

const MESSAGE: &str = "If an account has this address, a mail is on its way.";

app! {
    /// What this function needs.
    pub struct App { mails: MailRequest }
}

/// Queues a mail with a link for setting a new password.
///
/// The answer and the number of calls do not reveal whether an account has the address.
///
/// # Errors
/// 400 if the field is invalid or the deployment sends no mail.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let email = email_field(&request.input(Accepts::JsonOrForm).await?)?;
    app.mails.ask(MailKind::ResetPassword, &email, &request.viewer().base_url).await?;
    Ok(json(StatusCode::ACCEPTED, &json!({ "message": MESSAGE })))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, asks_for_a_mail};

    use super::*;

    const EVENT: &str = include_str!("../../../events/request-password-reset.json");

    #[tokio::test]
    async fn a_mail_is_queued_whether_or_not_an_account_has_the_address() {
        asks_for_a_mail(EVENT, handle, "reset_password", MESSAGE).await;
    }

    #[tokio::test]
    async fn a_deployment_without_mail_refuses_the_request_and_writes_nothing() {
        let aws = CannedAws::answering([]).await.with_setting("MAIL", "none");
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!(answer.outcome(), (400, json!({"email": ["This deployment sends no mail."]})));
        assert!(aws.calls().is_empty());
    }
}
