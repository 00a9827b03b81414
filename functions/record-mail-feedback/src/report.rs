//! What SES tells of a mail, by either of its two ways.
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

/// Addresses that are to get no more mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    pub reason: Undeliverable,
    pub at: Timestamp,
    pub addresses: Vec<Email>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    /// The events of a configuration set call it one way, the notifications of an identity the other.
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
    /// Reads a message; `None` if nothing follows from it, as from a bounce that may pass.
    pub fn read(message: &str) -> Result<Option<Self>, Failure> {
        if message.trim() == VALIDATED {
            return Ok(None);
        }
        // Without serde's words, which may quote an address.
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
    /// Whether it is about our mail; "not-spam" corrects an earlier one.
    fn says_spam(&self) -> bool {
        self.kind.as_deref() != Some("not-spam")
    }
}

/// Those of the addresses a mail was sent to that the report is about.
///
/// The recipients in a report are what a server of the recipient wrote: it may name an address that our mail was
/// forwarded to, or one that somebody wants to be cut off. Only where we sent to counts; a single one is meant
/// whatever the report says.
fn meant(sent_to: &[String], reported: &[Recipient]) -> Result<Vec<Email>, Failure> {
    let is_reported = |address: &&String| {
        sent_to.len() == 1 || reported.iter().any(|one| one.email_address.eq_ignore_ascii_case(address))
    };
    // Every address that we sent to was valid by the rules of its time.
    let stored =
        |address: &String| address.contains('@').then(|| Email::stored(address)).ok_or(Failure::Malformed);
    let meant: Vec<Email> = sent_to.iter().filter(is_reported).map(stored).collect::<Result<_, _>>()?;
    if meant.is_empty() { Err(Failure::Malformed) } else { Ok(meant) }
}
