//! `POST /api/user/resend-verification`: requests another mail for verifying an address.

use http::StatusCode;
use satchel_accounts::{MailKind, MailRequest};
use satchel_api::email_field;
use satchel_http::{Accepts, ApiResult, Request, json};
use satchel_runtime::app;
use serde_json::json;

const MESSAGE: &str = "If an account has this address, verified or not, a mail is on its way.";

app! {
    /// What this function needs.
    pub struct App { mails: MailRequest }
}

/// Queues a mail with a new link.
///
/// The answer and the number of calls do not reveal whether an account has the address.
///
/// # Errors
/// 400 if the field is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let email = email_field(&request.input(Accepts::JsonOrForm).await?)?;
    app.mails.ask(MailKind::VerifyAgain, &email, &request.viewer().base_url).await?;
    Ok(json(StatusCode::ACCEPTED, &json!({ "message": MESSAGE })))
}

#[cfg(test)]
mod tests {
    use satchel_testing::asks_for_a_mail;

    use super::*;

    const EVENT: &str = include_str!("../../../events/resend-verification.json");

    #[tokio::test]
    async fn a_mail_is_queued_whether_or_not_an_account_has_the_address() {
        asks_for_a_mail(EVENT, handle, "verify_again", MESSAGE).await;
    }
}
