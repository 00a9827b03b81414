//! SES's reports about mails, in both formats.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html> and
//! <https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html>

use jiff::Timestamp;
use satchel_accounts::Undeliverable;
use satchel_model::Email;
use serde::Deserialize;

use crate::Failure;

/// What SES publishes, as plain text, when a topic becomes the destination of a configuration set.
const VALIDATED: &str = "Successfully validated SNS topic for Amazon SES event publishing.";

/// Addresses that must get no more mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    pub reason: Undeliverable,
    pub at: Timestamp,
    pub addresses: Vec<Email>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    /// Events of a configuration set and notifications of an identity name this field differently.
    #[serde(alias = "notificationType")]
    event_type: String,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    mail: Option<Mail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    bounced_recipients: Vec<Recipient>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
    #[serde(rename = "complaintFeedbackType")]
    kind: Option<String>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

#[derive(Deserialize)]
struct Mail {
    destination: Vec<String>,
}

impl Report {
    /// Parses a message. `None` if it has no consequence, such as a temporary bounce.
    pub fn read(message: &str) -> Result<Option<Self>, Failure> {
        if message.trim() == VALIDATED {
            return Ok(None);
        }
        // Leaves out serde's message, which may quote an address.
        let record: Record = serde_json::from_str(message).map_err(|_| Failure::Malformed)?;
        let (reason, recipients, at) = match (record.event_type.as_str(), record.bounce, record.complaint) {
            ("Bounce", Some(bounce), _) if bounce.kind == "Permanent" => {
                (Undeliverable::Bounce, bounce.bounced_recipients, bounce.timestamp)
            }
            ("Complaint", _, Some(complaint)) if complaint.says_spam() => {
                (Undeliverable::Complaint, complaint.complained_recipients, complaint.timestamp)
            }
            ("Bounce", None, _) | ("Complaint", _, None) => return Err(Failure::Malformed),
            _ => return Ok(None),
        };
        let sent_to = record.mail.ok_or(Failure::Malformed)?.destination;
        Ok(Some(Self { reason, at, addresses: meant(&sent_to, &recipients)? }))
    }
}

impl Complaint {
    /// Whether the complaint is about Satchel's mail. `not-spam` corrects an earlier complaint.
    fn says_spam(&self) -> bool {
        self.kind.as_deref() != Some("not-spam")
    }
}

/// The addresses that the report is about, among those that the mail was sent to.
///
/// The reported recipients come from the recipient's mail server. They may include an address that the mail was
/// forwarded to, or one that an attacker wants to have blocked. So only addresses that Satchel sent the mail to
/// count. If there was only one, the report is about it.
fn meant(sent_to: &[String], reported: &[Recipient]) -> Result<Vec<Email>, Failure> {
    let is_reported = |address: &&String| {
        sent_to.len() == 1 || reported.iter().any(|one| one.email_address.eq_ignore_ascii_case(address))
    };
    // Every address that a mail was sent to was valid by the rules of its time.
    let stored =
        |address: &String| address.contains('@').then(|| Email::stored(address)).ok_or(Failure::Malformed);
    let meant: Vec<Email> = sent_to.iter().filter(is_reported).map(stored).collect::<Result<_, _>>()?;
    if meant.is_empty() { Err(Failure::Malformed) } else { Ok(meant) }
}
