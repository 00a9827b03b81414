//! `POST /api/user/password-reset`: asks for a mail that helps to set a new password.

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

/// `POST /api/user/password-reset`: asks for a mail with a link that sets a new password.
/// The answer is the same, after the same one call, whether anybody has the address or not.
///
/// # Errors
/// 400 for what is wrong with the field.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let email = fields.required("email", Email::parse);
    let email = fields.finish(email)?;
    app.mails.ask(MailKind::ResetPassword, &email, &request.viewer().base_url).await?;
    let message = "If an account has this address, a mail is on its way.";
    Ok(json(StatusCode::ACCEPTED, &json!({ "message": message })))
}
