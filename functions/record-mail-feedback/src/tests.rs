use satchel_testing::{CannedAws, denied, done, invocation};
use serde_json::{Value, json};

use super::*;

const EVENT: &str = include_str!("../../../events/record-mail-feedback.json");

/// The message of the event, changed.
fn message(change: impl FnOnce(&mut Value)) -> String {
    let event: Value = serde_json::from_str(EVENT).unwrap();
    let message = event["Records"][0]["Sns"]["Message"].as_str().unwrap();
    let mut message: Value = serde_json::from_str(message).unwrap();
    change(&mut message);
    message.to_string()
}

/// The event with these messages.
fn event(messages: &[&str]) -> Event {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    let record = event["Records"][0].take();
    let with = |message: &&str| {
        let mut record = record.clone();
        record["Sns"]["Message"] = json!(message);
        record
    };
    event["Records"] = messages.iter().map(with).collect();
    serde_json::from_value(event).unwrap()
}

/// printf 'undeliverable grace@example.com' | openssl dgst -sha256 -hmac <counter key>, its first 32 digits
const GRACE: &str = "UNDELIVERABLE#7fc3ff3d2891546d5711b3718dc2b3d5";

/// The records that are written for these messages.
async fn marked(messages: &[&str]) -> Vec<Value> {
    let aws = CannedAws::answering([done("PutItem")]).await;
    handle(aws.app(), invocation(event(messages))).await.unwrap();
    aws.calls().iter().map(|call| call.json()["Item"].clone()).collect()
}

/// Makes the message a complaint like the one in SES's documentation.
fn complaint(message: &mut Value) {
    message["eventType"] = "Complaint".into();
    message["bounce"] = Value::Null;
    message["complaint"] = json!({
        "complainedRecipients": [{"emailAddress": "Grace@example.com"}],
        "timestamp": "2026-03-12T20:00:00.000Z",
        "complaintFeedbackType": "abuse",
        "feedbackId": "1",
    });
}

#[tokio::test]
async fn an_address_that_bounces_is_marked() {
    let expected = json!({
        "pk": {"S": GRACE},
        "sk": {"S": "UNDELIVERABLE"},
        "reason": {"S": "bounce"},
        "at": {"S": "2026-03-12T19:04:00.125Z"},
        // 180 days later.
        "ttl": {"N": "1788894240"},
    });
    assert_eq!(marked(&[&message(|_| ())]).await, [expected]);
}

#[tokio::test]
async fn an_address_whose_owner_complains_is_marked() {
    let [record] = marked(&[&message(complaint)]).await.try_into().unwrap();
    assert_eq!(record["pk"], json!({"S": GRACE}));
    assert_eq!(
        (&record["reason"], &record["at"]),
        (&json!({"S": "complaint"}), &json!({"S": "2026-03-12T20:00:00Z"}))
    );
}

#[tokio::test]
async fn notifications_of_an_identity_count_too() {
    for change in [|_: &mut Value| (), complaint] {
        let message = message(|message| {
            change(message);
            message["notificationType"] = message["eventType"].take();
            message.as_object_mut().unwrap().remove("eventType");
        });
        assert_eq!(marked(&[&message]).await.len(), 1, "{message}");
    }
}

#[tokio::test]
async fn temporary_bounces_and_corrections_mark_nothing() {
    let bounce_of = |kind: &str| message(|message| message["bounce"]["bounceType"] = kind.into());
    let no_spam = message(|message| {
        complaint(message);
        message["complaint"]["complaintFeedbackType"] = "not-spam".into();
    });
    let delivery = message(|message| message["eventType"] = "Delivery".into());
    // SES publishes this when the topic becomes a destination.
    let validated = "Successfully validated SNS topic for Amazon SES event publishing.";
    let subscribed = r#"{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed"}"#;
    let messages =
        [&bounce_of("Transient"), &bounce_of("Undetermined"), &no_spam, &delivery, validated, subscribed];
    assert_eq!(marked(&messages).await, Vec::<Value>::new());
}

#[tokio::test]
async fn only_addresses_that_the_mail_was_sent_to_are_marked() {
    // The mail was forwarded, or the report was forged: it names an address that got no mail from Satchel.
    let elsewhere = message(|message| {
        message["bounce"]["bouncedRecipients"][0]["emailAddress"] = "eve@example.org".into();
    });
    let several = message(|message| {
        message["mail"]["destination"] = json!(["ada@example.com", "grace@example.com", "joan@example.com"]);
        message["bounce"]["bouncedRecipients"] =
            json!([{"emailAddress": "Grace@example.com"}, {"emailAddress": "eve@example.org"}]);
    });
    for message in [elsewhere, several] {
        let [record] = marked(&[&message]).await.try_into().unwrap();
        assert_eq!(record["pk"], json!({"S": GRACE}));
    }
}

#[tokio::test]
async fn every_message_of_an_event_is_processed() {
    let other = message(|message| message["mail"]["destination"] = json!(["ada@example.com"]));
    assert_eq!(marked(&[&message(|_| ()), &other]).await.len(), 2);
}

#[tokio::test]
async fn an_unknown_message_fails_with_an_error_that_does_not_quote_it() {
    let without = |field: &str| message(|message| _ = message.as_object_mut().unwrap().remove(field));
    let no_address = message(|message| message["mail"]["destination"] = json!(["grace"]));
    let nobody = message(|message| message["mail"]["destination"] = json!([]));
    let messages = [
        "grace@example.com",
        "{}",
        &without("mail"),
        &without("bounce"),
        &without("eventType"),
        &no_address,
        &nobody,
    ];
    for message in messages {
        let aws = CannedAws::answering([done("PutItem")]).await;
        let failure = handle(aws.app(), invocation(event(&[message]))).await.unwrap_err();
        let diagnostic = Diagnostic::from(failure);
        assert_eq!(diagnostic.error_type, "FeedbackNotRecorded");
        assert_eq!(diagnostic.error_message, "the message is not of a form that SES documents");
        assert!(aws.calls().is_empty(), "{message}");
    }
}

#[tokio::test]
async fn an_event_is_repeated_if_the_table_fails() {
    let aws = CannedAws::answering([denied("PutItem")]).await;
    assert!(handle(aws.app(), invocation(event(&[&message(|_| ())]))).await.is_err());
}
