//! `POST /api/user/resend-verification`: asks for the mail that verifies an address once more.

use std::convert::Infallible;

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Fields, Request, json};
use satchel_core::model::Email;
use satchel_identity::MailRequest;
use satchel_store::{MailKind, Table};
use serde_json::json;

/// What this function needs.
pub struct App {
    mails: MailRequest,
}

impl App {
    /// # Errors
    /// None.
    #[must_use]
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { mails: MailRequest::new(&table, config) })
    }
}

/// `POST /api/user/resend-verification`: asks for the mail that verifies an address once more.
/// The answer is the same, after the same one call, whether anybody has the address or not.
///
/// # Errors
/// 400 for what is wrong with the field.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let email = fields.required("email", Email::parse);
    let email = fields.finish(email)?;
    app.mails.ask(MailKind::VerifyAgain, &email, &request.viewer().base_url).await?;
    let message = "If an account has this address, verified or not, a mail is on its way.";
    Ok(json(StatusCode::ACCEPTED, &json!({ "message": message })))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, cancelled, done, hides_failures};

    use super::*;

    const EVENT: &str = include_str!("../../../events/resend-verification.json");

    async fn handler(config: &Config, request: Request) -> ApiResult {
        handle(&App::new(config).unwrap(), &request).await
    }

    fn accepted() -> (u16, serde_json::Value) {
        (202, json!({"message": "If an account has this address, verified or not, a mail is on its way."}))
    }

    #[tokio::test]
    async fn one_transaction_counts_the_mail_and_writes_it_down() {
        let aws = CannedAws::answering([done("TransactWriteItems")]).await;
        let answer = aws.ask(handler, Event::of(EVENT)).await;
        assert_eq!(answer.outcome(), accepted());
        assert_eq!(aws.operations(), ["TransactWriteItems"]);
        let writes = aws.call("TransactWriteItems").json();
        let count = &writes["TransactItems"][0]["Update"]["Key"]["pk"]["S"];
        assert!(count.as_str().unwrap().starts_with("COUNT#") && !count.to_string().contains('@'));
        let mail = &writes["TransactItems"][1]["Put"]["Item"];
        let said = ["kind", "email", "base_url"].map(|name| mail[name]["S"].as_str().unwrap());
        assert_eq!(
            said,
            ["verify_again", "grace@example.com", "https://abc123.execute-api.us-east-1.amazonaws.com"]
        );
    }

    #[tokio::test]
    async fn too_many_mails_are_answered_as_any() {
        let aws = CannedAws::answering([cancelled(&["ConditionalCheckFailed", "None"])]).await;
        assert_eq!(aws.ask(handler, Event::of(EVENT)).await.outcome(), accepted());
    }

    #[tokio::test]
    async fn what_is_no_address_is_refused() {
        let aws = CannedAws::answering([]).await;
        for (body, message) in [
            (json!({}), "This field is required."),
            (json!({"email": "ada@localhost"}), "Enter a valid email address."),
        ] {
            let answer = aws.ask(handler, Event::of(EVENT).body(&body)).await;
            assert_eq!(answer.outcome(), (400, json!({"email": [message]})));
        }
    }

    #[tokio::test]
    async fn a_failure_stays_inside() {
        hides_failures(Event::of(EVENT), &[done("TransactWriteItems")], handler).await;
    }
}
