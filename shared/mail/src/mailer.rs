//! Sends mails through Amazon SES.

use aws_sdk_ses::Client;
use aws_sdk_ses::types::{Body, Content, Destination, Message};

use satchel_model::Email;
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{Letter, MailError};

/// Sends mails from the deployment's address.
#[derive(Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

impl Wired for Mailer {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            client: Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_SES")),
            from: wiring.text("MAIL_FROM"),
            configuration_set: wiring.optional("MAIL_CONFIGURATION_SET"),
        })
    }
}

impl Mailer {
    /// Sends a mail to the address `to`.
    ///
    /// # Errors
    /// If SES refuses the mail or does not answer.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let content = |data: &str| {
            let content = Content::builder().charset("UTF-8").data(data).build();
            content.map_err(|_| MailError::incomplete())
        };
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build();
        let message = Message::builder().subject(content(&letter.subject)?).body(body).build();
        let destination = Destination::builder().to_addresses(to).build();
        let request = self.client.send_email().source(&self.from).destination(destination).message(message);
        let request = request.set_configuration_set_name(self.configuration_set.clone());
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(MailError::new(&error, &self.from, is_valid_sender(&self.from), to)),
        }
    }
}

/// Whether SES certainly accepts this sender: `no-reply@example.com`, with or without a name.
fn is_valid_sender(sender: &str) -> bool {
    let bare = sender.trim_end().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let address = bare.map_or(sender, |(_, address)| address);
    address.is_ascii() && Email::parse(address).is_ok()
}
