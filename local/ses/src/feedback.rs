//! The feedback of SES: bounces and complaints, for the addresses of its mailbox simulator.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use local_deployment::MailConfiguration;
use serde_json::{Value, json};

use super::inbox::Mail;

const SIMULATOR: &str = "simulator.amazonses.com";

/// Invokes a function asynchronously with an event.
type Send = dyn Fn(&str, Bytes) + std::marker::Send + Sync;

/// Publishes feedback to the functions that subscribe to the topics of configuration sets.
#[derive(Clone)]
pub struct Feedback {
    configuration: Arc<MailConfiguration>,
    send: Arc<Send>,
}

impl Feedback {
    /// Feedback that uses `send` to invoke a function asynchronously, as SNS does.
    pub fn new(
        configuration: MailConfiguration,
        send: impl Fn(&str, Bytes) + std::marker::Send + Sync + 'static,
    ) -> Self {
        Self { configuration: Arc::new(configuration), send: Arc::new(send) }
    }

    /// Whether there is a configuration set of this name.
    pub(super) fn knows(&self, set: &str) -> bool {
        self.configuration.sets.iter().any(|known| known == set)
    }

    /// Publishes the feedback for a mail that was sent with the configuration set `set`.
    pub(super) fn publish(&self, set: &str, message_id: &str, mail: &Mail) {
        for recipient in &mail.to {
            let Some(kind) = feedback_type(recipient) else { continue };
            let wants = |events: &[String]| events.iter().any(|event| *event == kind.to_lowercase());
            let destinations = self.configuration.destinations.iter();
            for destination in destinations.filter(|to| to.set == set && wants(&to.events)) {
                let event = event(kind, set, message_id, recipient, mail);
                self.notify(&destination.topic, &event, mail.received_at);
            }
        }
    }

    fn notify(&self, topic: &str, message: &Value, now: Timestamp) {
        for subscription in self.configuration.subscriptions.iter().filter(|to| to.topic == topic) {
            let delivery = delivery(topic, message, now).to_string();
            (self.send)(&subscription.function, delivery.into());
        }
    }
}

/// The type of feedback for mail to `address`, if it belongs to the mailbox simulator. Labels, as in `bounce+ada@`, are
/// ignored.
fn feedback_type(address: &str) -> Option<&'static str> {
    let (local, domain) = address.rsplit_once('@')?;
    if !domain.eq_ignore_ascii_case(SIMULATOR) {
        return None;
    }
    match local.split('+').next().unwrap_or_default().to_lowercase().as_str() {
        "bounce" => Some("Bounce"),
        "complaint" => Some("Complaint"),
        _ => None,
    }
}

/// The event that SES publishes to the topic
/// (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html>).
fn event(kind: &'static str, set: &str, message_id: &str, recipient: &str, mail: &Mail) -> Value {
    let at = mail.received_at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let feedback_id = uuid::Uuid::now_v7().to_string();
    let mut event = json!({
        "eventType": kind,
        "mail": {
            "timestamp": at,
            "source": mail.from,
            "sendingAccountId": "000000000000",
            "messageId": message_id,
            "destination": mail.to,
            "headersTruncated": false,
            "headers": [],
            "commonHeaders": {"from": [mail.from], "to": mail.to, "messageId": message_id, "subject": mail.subject},
            "tags": {"ses:operation": ["SendEmail"], "ses:configuration-set": [set]},
        },
    });
    if kind == "Bounce" {
        event["bounce"] = json!({
            "feedbackId": feedback_id,
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{
                "emailAddress": recipient,
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            }],
            "timestamp": at,
            "reportingMTA": "dns; simulator.amazonses.com",
        });
    } else {
        event["complaint"] = json!({
            "feedbackId": feedback_id,
            "complaintSubType": null,
            "complainedRecipients": [{"emailAddress": recipient}],
            "timestamp": at,
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": at,
        });
    }
    event
}

/// The event for a function that subscribes to a topic (<https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>).
fn delivery(topic: &str, message: &Value, now: Timestamp) -> Value {
    let region = topic.split(':').nth(3).unwrap_or_default();
    let host = format!("https://sns.{region}.amazonaws.com");
    let subscription = format!("{topic}:{}", uuid::Uuid::now_v7());
    json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "Sns": {
            "Type": "Notification",
            "MessageId": uuid::Uuid::now_v7().to_string(),
            "TopicArn": topic,
            "Subject": "Amazon SES Email Event Notification",
            "Message": message.to_string(),
            "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            "SignatureVersion": "1",
            "Signature": "",
            "SigningCertUrl": format!("{host}/SimpleNotificationService.pem"),
            "UnsubscribeUrl": format!("{host}/?Action=Unsubscribe&SubscriptionArn={subscription}"),
            "MessageAttributes": {},
        },
    }]})
}
