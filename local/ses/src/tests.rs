use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use local_calls::Fault;
use local_common::{DataDir, Signer};
use local_deployment::{MailConfiguration, MailDestination, Subscription};
use serde_json::{Value, json};

use super::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:feedback";

type Sent = Arc<Mutex<Vec<(String, Value)>>>;

struct Sender {
    ses: Ses,
    inbox: Inbox,
    /// The events that functions got.
    sent: Sent,
}

/// The configuration set `watched` publishes bounces and complaints to a function. The set `other` has no destination.
fn feedback(sent: &Sent) -> Feedback {
    let (topic, watched) = (TOPIC.to_owned(), "watched".to_owned());
    let events = ["bounce", "complaint"].map(str::to_owned).to_vec();
    let configuration = MailConfiguration {
        sets: vec![watched.clone(), "other".to_owned()],
        destinations: vec![MailDestination { set: watched, events, topic: topic.clone() }],
        subscriptions: vec![Subscription { topic, function: "record-mail-feedback".to_owned() }],
    };
    let sent = Arc::clone(sent);
    Feedback::new(configuration, move |function, event| {
        let event = serde_json::from_slice(&event).unwrap();
        sent.lock().unwrap().push((function.to_owned(), event));
    })
}

impl Sender {
    fn new() -> Self {
        let inbox = Inbox::open(&DataDir::ephemeral().unwrap()).unwrap();
        let sent = Sent::default();
        let ses = Ses { inbox: inbox.clone(), feedback: feedback(&sent), calls: Calls::default() };
        Self { ses, inbox, sent }
    }

    async fn ask_as(&self, access_key: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, \
             Signature=0"
        );
        let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, authorization.parse().unwrap())]);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let response = respond(State(self.ses.clone()), headers, body.into()).await;
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn ask(&self, fields: &[(&str, &str)]) -> (u16, String) {
        self.ask_as("local.send-mail.0", fields).await
    }

    /// Sends a mail to `to` with a configuration set.
    async fn send(&self, to: &str, set: &str) -> (u16, String) {
        let mut fields = without("Destination.ToAddresses.member.1");
        fields.extend([("Destination.ToAddresses.member.1", to), ("ConfigurationSetName", set)]);
        self.ask(&fields).await
    }

    /// The SES events that functions got so far, taken from the SNS messages.
    fn published(&self) -> Vec<Value> {
        let message = |(_, event): &(String, Value)| {
            serde_json::from_str(event["Records"][0]["Sns"]["Message"].as_str().unwrap()).unwrap()
        };
        self.sent.lock().unwrap().iter().map(message).collect()
    }

    async fn raw(&self, message: &str) -> (u16, String) {
        self.ask(&[("Action", "SendRawEmail"), ("RawMessage.Data", &STANDARD.encode(message))]).await
    }
}

const MAIL: [(&str, &str); 6] = [
    ("Action", "SendEmail"),
    ("Source", "Satchel <no-reply@example.org>"),
    ("Destination.ToAddresses.member.1", "Ada <Ada@example.org>"),
    ("Message.Subject.Data", "Grüße"),
    ("Message.Body.Text.Data", "one & two"),
    ("Message.Body.Html.Data", "<p>one</p>"),
];

fn without<'a>(field: &str) -> Vec<(&'a str, &'a str)> {
    MAIL.into_iter().filter(|(name, _)| *name != field).collect()
}

#[tokio::test]
async fn a_mail_is_stored_and_its_id_is_returned() {
    let sender = Sender::new();
    let (status, answer) = sender.ask(&MAIL).await;
    assert_eq!(status, 200);
    assert!(
        answer.starts_with("<SendEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">"),
        "{answer}"
    );
    assert!(answer.contains("<SendEmailResult><MessageId>"), "{answer}");
    let mail = sender.inbox.all().remove(0);
    assert_eq!(mail.to, ["Ada@example.org"]);
    assert_eq!(mail.from, "Satchel <no-reply@example.org>");
    assert_eq!(
        (mail.subject.as_str(), mail.text.as_str(), mail.html.as_str()),
        ("Grüße", "one & two", "<p>one</p>")
    );
}

#[tokio::test]
async fn a_mail_without_sender_recipient_or_body_is_rejected() {
    let sender = Sender::new();
    let mut bodiless = without("Message.Body.Text.Data");
    bodiless.retain(|(name, _)| *name != "Message.Body.Html.Data");
    for fields in [without("Source"), without("Destination.ToAddresses.member.1"), bodiless] {
        let (status, answer) = sender.ask(&fields).await;
        assert_eq!(status, 400);
        assert!(answer.contains("<Type>Sender</Type><Code>MessageRejected</Code>"), "{answer}");
    }
    assert_eq!(sender.inbox.all(), []);
}

#[tokio::test]
async fn a_malformed_address_is_rejected() {
    let sender = Sender::new();
    let mut fields = without("Destination.ToAddresses.member.1");
    fields.push(("Destination.ToAddresses.member.1", "ada@example.org\r\nBcc: eve@example.org"));
    let (status, answer) = sender.ask(&fields).await;
    assert_eq!(status, 400);
    assert!(answer.contains("<Type>Sender</Type><Code>InvalidParameterValue</Code>"), "{answer}");
}

#[tokio::test]
async fn feedback_of_the_mailbox_simulator_goes_to_subscribers() {
    let sender = Sender::new();
    for to in ["bounce@simulator.amazonses.com", "Bounce+ada@simulator.amazonses.com"] {
        assert_eq!(sender.send(to, "watched").await.0, 200);
        let event = sender.published().pop().unwrap();
        assert_eq!(
            (&event["eventType"], &event["bounce"]["bounceType"]),
            (&json!("Bounce"), &json!("Permanent"))
        );
        assert_eq!(event["bounce"]["bouncedRecipients"][0]["emailAddress"], to);
        assert_eq!(event["mail"]["destination"], json!([to]));
        assert_eq!(event["mail"]["tags"]["ses:configuration-set"], json!(["watched"]));
    }
    sender.send("complaint+ada@simulator.amazonses.com", "watched").await;
    let event = sender.published().pop().unwrap();
    assert_eq!(event["eventType"], "Complaint");
    let complained = &event["complaint"]["complainedRecipients"][0]["emailAddress"];
    assert_eq!(complained, "complaint+ada@simulator.amazonses.com");
    assert_eq!(sender.inbox.all().len(), 3, "the mails are in the inbox, too");
    let (function, event) = sender.sent.lock().unwrap()[0].clone();
    let record = &event["Records"][0];
    assert_eq!((function.as_str(), &record["EventSource"]), ("record-mail-feedback", &json!("aws:sns")));
    assert_eq!((&record["Sns"]["Type"], &record["Sns"]["TopicArn"]), (&json!("Notification"), &json!(TOPIC)));
}

#[tokio::test]
async fn delivered_mail_and_mail_without_a_destination_have_no_feedback() {
    let sender = Sender::new();
    for to in ["success@simulator.amazonses.com", "ooto@simulator.amazonses.com", "bounce@example.org"] {
        assert_eq!(sender.send(to, "watched").await.0, 200);
    }
    assert_eq!(sender.send("bounce@simulator.amazonses.com", "other").await.0, 200);
    let mut fields = without("Destination.ToAddresses.member.1");
    fields.push(("Destination.ToAddresses.member.1", "bounce@simulator.amazonses.com"));
    assert_eq!(sender.ask(&fields).await.0, 200);
    assert_eq!((sender.inbox.all().len(), sender.published()), (5, vec![]));
}

#[tokio::test]
async fn an_unknown_configuration_set_is_refused() {
    let sender = Sender::new();
    let (status, answer) = sender.send("ada@example.org", "unknown").await;
    assert_eq!(
        (status, answer.contains("<Code>ConfigurationSetDoesNotExist</Code>")),
        (400, true),
        "{answer}"
    );
    assert_eq!(sender.inbox.all(), []);
}

#[tokio::test]
async fn the_parts_of_a_mime_message_are_read() {
    let sender = Sender::new();
    let message = "From: \"Satchel\" <no-reply@example.org>\r\nTo: Ada <ada@example.org>\r\nCc: bob@example.org\r\n\
                   Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n\
                   Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
                   plain\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--b--\r\n";
    let (status, answer) = sender.raw(message).await;
    assert_eq!((status, answer.contains("<SendRawEmailResult>")), (200, true), "{answer}");
    let mail = sender.inbox.all().remove(0);
    assert_eq!(mail.to, ["ada@example.org", "bob@example.org"]);
    assert_eq!((mail.from.as_str(), mail.subject.as_str()), ("Satchel <no-reply@example.org>", "Grüße"));
    assert_eq!((mail.text.trim(), mail.html.trim()), ("plain", "<p>rich</p>"));
}

#[tokio::test]
async fn a_mime_message_with_only_text_has_no_html() {
    let sender = Sender::new();
    sender.raw("From: a@example.org\r\nTo: ada@example.org\r\nSubject: x\r\n\r\nplain\r\n").await;
    let mail = sender.inbox.all().remove(0);
    assert_eq!((mail.text.trim(), mail.html.as_str()), ("plain", ""));
}

#[tokio::test]
async fn a_mime_message_without_from_is_rejected() {
    let (status, answer) = Sender::new().raw("To: ada@example.org\r\nSubject: x\r\n\r\nplain\r\n").await;
    assert_eq!((status, answer.contains("MessageRejected")), (400, true), "{answer}");
}

#[tokio::test]
async fn an_unknown_key_and_an_unknown_action_are_refused() {
    let sender = Sender::new();
    let (status, answer) = sender.ask_as("AKIDEXAMPLE", &MAIL).await;
    assert_eq!((status, answer.contains("InvalidClientTokenId")), (403, true), "{answer}");
    let (status, answer) = sender.ask(&[("Action", "GetSendQuota")]).await;
    assert_eq!((status, answer.contains("InvalidAction")), (400, true), "{answer}");
}

#[tokio::test]
async fn an_injected_fault_is_answered_and_nothing_is_sent() {
    let sender = Sender::new();
    let signer = Signer { function: "send-mail".to_owned(), slot: 0 };
    sender.ses.calls.invocation_started(&signer, "r1");
    sender.ses.calls.inject("send-mail", 1, Fault::Throttling, 1);
    sender.ses.calls.inject("send-mail", 2, Fault::InternalError, 1);
    let (status, answer) = sender.ask(&MAIL).await;
    assert_eq!((status, answer.contains("<Code>Throttling</Code>")), (400, true), "{answer}");
    let (status, answer) = sender.ask(&MAIL).await;
    assert_eq!((status, answer.contains("<Code>InternalFailure</Code>")), (500, true), "{answer}");
    assert_eq!(sender.inbox.all(), []);
    let operations: Vec<String> =
        sender.ses.calls.of_request("r1").into_iter().map(|call| call.operation).collect();
    assert_eq!(operations, ["SendEmail", "SendEmail"]);
}
