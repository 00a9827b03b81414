//! Reads the mail in a request: the fields of `SendEmail`, or the MIME message of `SendRawEmail`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser};

use super::address;
use super::answers::Rejected;
use super::inbox::Mail;

/// The form fields of a request in the Query protocol.
pub(super) struct Fields(Vec<(String, String)>);

/// SES's maximum number of recipients of one mail.
const MAX_RECIPIENTS: usize = 50;

impl Fields {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The members of a list, which are the fields `name.member.1`, `name.member.2`, and so on.
    fn list(&self, name: &str) -> Vec<&str> {
        let is_member = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with(".member."));
        self.0.iter().filter(|(key, _)| is_member(key)).map(|(_, value)| value.as_str()).collect()
    }

    /// The mail of a `SendEmail`.
    pub(super) fn mail(&self, now: Timestamp) -> Result<Mail, Rejected> {
        let from = self
            .get("Source")
            .ok_or_else(|| Rejected::Message("Missing required header 'From'.".to_owned()))?;
        let fields = ["Destination.ToAddresses", "Destination.CcAddresses", "Destination.BccAddresses"];
        let text = self.get("Message.Body.Text.Data").unwrap_or_default();
        let html = self.get("Message.Body.Html.Data").unwrap_or_default();
        if text.is_empty() && html.is_empty() {
            return Err(Rejected::Message("Message body is empty.".to_owned()));
        }
        address::bare(from)?;
        Ok(Mail {
            to: recipients(fields.iter().flat_map(|field| self.list(field)))?,
            from: from.to_owned(),
            subject: self.get("Message.Subject.Data").unwrap_or_default().to_owned(),
            text: text.to_owned(),
            html: html.to_owned(),
            received_at: now,
        })
    }

    /// The mail of a `SendRawEmail`.
    pub(super) fn raw_mail(&self, now: Timestamp) -> Result<Mail, Rejected> {
        let rejected = |why: &str| Rejected::Message(why.to_owned());
        let data = self.get("RawMessage.Data").ok_or_else(|| rejected("RawMessage.Data is missing."))?;
        let raw = STANDARD.decode(data).map_err(|_| rejected("RawMessage.Data is not base64."))?;
        let message = MessageParser::default().parse(&raw).ok_or_else(|| rejected("Not a MIME message."))?;
        let from = match (self.get("Source"), message.from().map(addresses)) {
            (Some(source), _) => source.to_owned(),
            (None, Some(from)) if from.len() == 1 => from.concat(),
            _ => return Err(rejected("Missing required header 'From'.")),
        };
        address::bare(&from)?;
        let envelope: Vec<String> = self.list("Destinations").into_iter().map(str::to_owned).collect();
        let to = if envelope.is_empty() { header_recipients(&message) } else { envelope };
        Ok(Mail {
            to: recipients(to.iter().map(String::as_str))?,
            from,
            subject: message.subject().unwrap_or_default().to_owned(),
            text: own_part(&message, false),
            html: own_part(&message, true),
            received_at: now,
        })
    }
}

fn recipients<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<String>, Rejected> {
    let to = texts.map(address::bare).collect::<Result<Vec<_>, _>>()?;
    match to.len() {
        0 => Err(Rejected::Message("The message has no recipients.".to_owned())),
        1..=MAX_RECIPIENTS => Ok(to),
        count => Err(Rejected::Message(format!("Recipient count exceeds {MAX_RECIPIENTS}: {count}."))),
    }
}

fn header_recipients(message: &Message<'_>) -> Vec<String> {
    [message.to(), message.cc(), message.bcc()].into_iter().flatten().flat_map(addresses).collect()
}

/// The addresses of a header, with their display names.
fn addresses(header: &Address<'_>) -> Vec<String> {
    let one = |address: &mail_parser::Addr<'_>| {
        let bare = address.address().unwrap_or_default();
        address.name().map_or_else(|| bare.to_owned(), |name| format!("{name} <{bare}>"))
    };
    header.iter().map(one).collect()
}

/// The text or HTML part of the message, or an empty text. The parser's own method would convert one into the other.
fn own_part(message: &Message<'_>, html: bool) -> String {
    let parts = if html { &message.html_body } else { &message.text_body };
    let part = parts.iter().filter_map(|&id| message.parts.get(id as usize)).find(|part| match &part.body {
        mail_parser::PartType::Html(_) => html,
        mail_parser::PartType::Text(_) => !html,
        _ => false,
    });
    part.and_then(mail_parser::MessagePart::text_contents).unwrap_or_default().to_owned()
}
