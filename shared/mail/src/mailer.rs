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
    is_final: bool,
}

impl MailError {
    /// SES's word for it, such as `MessageRejected`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether SES would refuse the same letter again: it is about the letter or its recipient, and neither about SES
    /// nor about our own address, which an operator may be about to verify
    /// (<https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html>).
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// What SES answered to a letter from `sender`.
    fn new(answer: &impl ProvideErrorMetadata, sender: &str) -> Self {
        let code = answer.code().unwrap_or("no answer");
        // "Email address is not verified. The following identities failed the check in region ..." names them.
        let names_sender = answer.message().is_some_and(|message| message.contains(sender));
        let is_final = matches!(code, "MessageRejected" | "InvalidParameterValue") && !names_sender;
        Self { code: code.to_owned(), is_final }
    }
}

/// Sends letters from the deployment's address.
#[derive(Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

impl Mailer {
    #[must_use]
    pub fn new(aws: &Aws, config: &Config) -> Self {
        let client = Client::new(&aws.service(config.aws.ses_endpoint.as_ref()));
        Self {
            client,
            from: config.mail_from.clone(),
            configuration_set: config.mail_configuration_set.clone(),
        }
    }

    /// Hands a letter to SES.
    ///
    /// # Errors
    /// If SES does not take it.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let content = |data: &str| {
            let content = Content::builder().charset("UTF-8").data(data).build();
            content.map_err(|_| MailError { code: "the letter is incomplete".to_owned(), is_final: true })
        };
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build();
        let message = Message::builder().subject(content(&letter.subject)?).body(body).build();
        let destination = Destination::builder().to_addresses(to).build();
        let request = self.client.send_email().source(&self.from).destination(destination).message(message);
        let request = request.set_configuration_set_name(self.configuration_set.clone());
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(MailError::new(&error, &self.from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ses::error::ErrorMetadata;

    use super::*;

    fn is_final(code: &str, message: &str) -> bool {
        let answer = ErrorMetadata::builder().code(code).message(message).build();
        MailError::new(&answer, "no-reply@example.com").is_final()
    }

    #[test]
    fn a_letter_that_ses_will_never_take_is_refused_for_good() {
        assert!(is_final("InvalidParameterValue", "Missing final '@domain'"));
        let sandbox = "Email address is not verified. The following identities failed the check in region \
                       US-EAST-1: grace@example.com";
        assert!(is_final("MessageRejected", sandbox));
    }

    #[test]
    fn what_ses_or_an_operator_may_put_right_is_tried_again() {
        assert!(!is_final("Throttling", "Maximum sending rate exceeded."));
        assert!(!is_final("AccountSendingPausedException", "Sending is paused."));
        let sender = "Email address is not verified. The following identities failed the check in region \
                      US-EAST-1: no-reply@example.com, grace@example.com";
        assert!(!is_final("MessageRejected", sender));
    }
}
