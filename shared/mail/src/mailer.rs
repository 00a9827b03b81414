//! Amazon SES.

use aws_sdk_ses::Client;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use satchel_model::Email;
use satchel_runtime::Aws;
use satchel_runtime::config::Config;

use crate::{Letter, MailError};

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
            content.map_err(|_| MailError::incomplete())
        };
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build();
        let message = Message::builder().subject(content(&letter.subject)?).body(body).build();
        let destination = Destination::builder().to_addresses(to).build();
        let request = self.client.send_email().source(&self.from).destination(destination).message(message);
        let request = request.set_configuration_set_name(self.configuration_set.clone());
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(MailError::new(&error, &self.from, is_sound(&self.from), to)),
        }
    }
}

/// Whether a sender is certainly valid for SES: `no-reply@example.com`, with or without a name.
fn is_sound(sender: &str) -> bool {
    let bare = sender.trim_end().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let address = bare.map_or(sender, |(_, address)| address);
    address.is_ascii() && Email::parse(address).is_ok()
}
