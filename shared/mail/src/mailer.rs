//! Amazon SES.

use aws_sdk_ses::Client;
use aws_sdk_ses::error::ProvideErrorMetadata;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use satchel_aws::Aws;
use satchel_core::config::Config;

use crate::Letter;

/// A letter that SES did not take.
///
/// It keeps SES's code and not its message, which repeats addresses.
#[derive(Debug, thiserror::Error)]
#[error("SES: {code}")]
pub struct MailError {
    code: String,
}

impl MailError {
    /// SES's word for it, such as `MessageRejected`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// Sends letters from the deployment's address.
#[derive(Clone)]
pub struct Mailer {
    client: Client,
    from: String,
}

impl Mailer {
    #[must_use]
    pub fn new(aws: &Aws, config: &Config) -> Self {
        let client = Client::new(&aws.service(config.aws.ses_endpoint.as_ref()));
        Self { client, from: config.mail_from.clone() }
    }

    /// Hands a letter to SES.
    ///
    /// # Errors
    /// If SES does not take it.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let content = |data: &str| {
            let content = Content::builder().charset("UTF-8").data(data).build();
            content.map_err(|_| MailError { code: "the letter is incomplete".to_owned() })
        };
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build();
        let message = Message::builder().subject(content(&letter.subject)?).body(body).build();
        let destination = Destination::builder().to_addresses(to).build();
        let request = self.client.send_email().source(&self.from).destination(destination).message(message);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(MailError { code: error.code().unwrap_or("no answer").to_owned() }),
        }
    }
}
