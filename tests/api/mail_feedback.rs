//! Bounces and complaints that SES reports. The address is marked, and gets no more mail.

use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use local::invoker::Outcome;
use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, exclusive_stack, stack};

const EVENT: &str = include_str!("../../events/record-mail-feedback.json");

/// Feedback passes through the stream of the table, SES and a topic, which can take long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// An address of the mailbox simulator of SES, in mixed case, that no other test of this run uses.
fn simulated(stack: &TestStack, mailbox: &str) -> String {
    format!("{mailbox}+{}@Simulator.AmazonSES.com", stack.fresh_name("Feedback"))
}

/// The mark of `address`, or null if it has none.
async fn mark(stack: &TestStack, address: &str) -> Value {
    let environment = &stack.function("record-mail-feedback").expect("the template has it").environment;
    let key = environment.get("COUNTER_KEY").or_else(|| environment.get("ORIGIN_SECRET")).expect("a key");
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let hash = hmac::sign(&key, format!("undeliverable {}", address.to_lowercase()).as_bytes());
    let hash = hash.as_ref()[..16].iter().fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    stack.record(&format!("UNDELIVERABLE#{hash}"), "UNDELIVERABLE").await
}

/// Waits for the mark of `address`.
async fn wait_for_mark(stack: &TestStack, address: &str) -> Value {
    let started = Instant::now();
    loop {
        let mark = mark(stack, address).await;
        if !mark.is_null() {
            return mark;
        }
        assert!(started.elapsed() < PATIENCE, "{address} is not marked");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An event about a bounce of a mail to `address`. `change` modifies the message of SES.
fn event(address: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    let message = &mut event["Records"][0]["Sns"]["Message"];
    let mut content: Value = serde_json::from_str(message.as_str().unwrap()).unwrap();
    content["mail"]["destination"] = json!([address]);
    content["bounce"]["bouncedRecipients"][0]["emailAddress"] = address.into();
    change(&mut content);
    *message = content.to_string().into();
    event
}

async fn report(stack: &TestStack, event: &Value) -> Answer {
    stack.post("/_local/invoke/record-mail-feedback", event.clone()).await
}

#[tokio::test]
async fn an_address_that_bounces_is_marked() {
    let stack = stack();
    let address = simulated(&stack, "bounce");
    let ada = stack.unverified_account("ada", &address).await;
    stack.mail_for(&ada).await;
    let mark = wait_for_mark(&stack, &address).await;
    assert_eq!(mark["reason"], json!({"S": "bounce"}));
    let at = mark["at"]["S"].as_str().unwrap();
    let at: jiff::Timestamp = at.parse().unwrap();
    let end: i64 = mark["ttl"]["N"].as_str().expect("it expires").parse().expect("a number");
    assert_eq!(end - at.as_second(), 180 * 86_400);
    let marks = stack.all_records().await.into_iter().filter(|record| record["sk"]["S"] == "UNDELIVERABLE");
    let address = address.to_lowercase();
    let named: Vec<_> = marks.filter(|mark| mark.to_string().contains(&address)).collect();
    assert!(named.is_empty(), "{named:?}");
}

#[tokio::test]
async fn a_mark_of_an_older_release_is_respected_and_replaced_by_a_hashed_one() {
    let stack = exclusive_stack().await;
    let address = stack.fresh_address();
    let key = format!("EMAIL#{address}");
    let item = json!({
        "pk": {"S": key}, "sk": {"S": "UNDELIVERABLE"}, "reason": {"S": "complaint"}, "at": {"S": "2026-01-01T00:00:00Z"},
    });
    stack.put_records(&[item]).await;
    stack.unverified_account("ada", &address).await;
    stack.settled().await;
    assert_eq!(stack.inbox().to(&address).len(), 0);
    assert_eq!(stack.record(&key, "UNDELIVERABLE").await, Value::Null);
    assert_eq!(mark(&stack, &address).await["reason"], json!({"S": "complaint"}));
    stack.unverified_account("eve", &address.to_uppercase()).await;
    stack.settled().await;
    assert_eq!(stack.inbox().to(&address).len(), 0);
}

#[tokio::test]
async fn an_address_whose_owner_complains_is_marked() {
    let stack = stack();
    let address = simulated(&stack, "complaint");
    let ada = stack.unverified_account("ada", &address).await;
    stack.mail_for(&ada).await;
    assert_eq!(wait_for_mark(&stack, &address).await["reason"], json!({"S": "complaint"}));
}

#[tokio::test]
async fn delivered_mail_marks_no_address() {
    let stack = exclusive_stack().await;
    let addresses = ["success", "ooto"].map(|mailbox| simulated(&stack, mailbox));
    for address in &addresses {
        let ada = stack.unverified_account("ada", address).await;
        stack.mail_for(&ada).await;
    }
    stack.settled().await;
    for address in &addresses {
        assert_eq!(mark(&stack, address).await, Value::Null, "{address}");
    }
}

#[tokio::test]
async fn a_marked_address_gets_no_more_mail() {
    let stack = exclusive_stack().await;
    for mailbox in ["bounce", "complaint"] {
        let address = simulated(&stack, mailbox);
        let ada = stack.unverified_account("ada", &address).await;
        stack.mail_for(&ada).await;
        wait_for_mark(&stack, &address).await;
        // Neither another account nor another spelling of the address gets a mail.
        stack.unverified_account("eve", &address.to_uppercase()).await;
        stack.settled().await;
        assert_eq!(stack.inbox().to(&address).len(), 1, "{mailbox}");
    }
}

#[tokio::test]
async fn a_temporary_bounce_marks_no_address() {
    let stack = stack();
    for kind in ["Transient", "Undetermined"] {
        let address = stack.fresh_address();
        let event = event(&address, |message| message["bounce"]["bounceType"] = kind.into());
        assert_eq!(report(&stack, &event).await.outcome(), (200, Value::Null));
        assert_eq!(mark(&stack, &address).await, Value::Null, "{kind}");
    }
}

#[tokio::test]
async fn a_repeated_event_changes_nothing() {
    let stack = stack();
    let address = stack.fresh_address();
    let event = event(&address, |_| ());
    let mut marks = Vec::new();
    for _ in 0..2 {
        assert_eq!(report(&stack, &event).await.outcome(), (200, Value::Null));
        marks.push(mark(&stack, &address).await);
    }
    assert_eq!(marks[0]["at"], json!({"S": "2026-03-12T19:04:00.125Z"}));
    assert_eq!(marks[0], marks[1]);
}

#[tokio::test]
async fn an_event_marks_only_the_address_the_mail_was_sent_to() {
    let stack = stack();
    let (sent_to, victim) = (stack.fresh_address(), stack.fresh_address());
    let forged = event(&sent_to, |message| {
        message["bounce"]["bouncedRecipients"][0]["emailAddress"] = victim.as_str().into();
    });
    report(&stack, &forged).await;
    assert_eq!(mark(&stack, &victim).await, Value::Null);
    assert_eq!(mark(&stack, &sent_to).await["reason"], json!({"S": "bounce"}));
}

#[tokio::test]
async fn an_unreadable_message_ends_in_the_failure_queue() {
    let stack = exclusive_stack().await;
    let address = stack.fresh_address();
    let broken = event(&address, |message| _ = message.as_object_mut().unwrap().remove("mail"));
    let function = stack.deployment().functions.values().find(|one| one.name == "record-mail-feedback");
    let queue =
        function.and_then(|function| function.on_failure.as_deref()).expect("the template names a queue");
    stack.invoker().send("record-mail-feedback", broken.to_string().into());
    stack.settled().await;
    let messages = stack.queue(queue);
    let message = messages
        .iter()
        .find(|message| message["requestPayload"] == broken)
        .expect("the message is in the queue");
    assert_eq!(message["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(message["responsePayload"]["errorType"], "FeedbackNotRecorded");
}

#[tokio::test]
async fn feedback_is_recorded_although_dynamodb_fails_once() {
    let stack = exclusive_stack().await;
    for fault in [local::calls::Fault::KillAfter, local::calls::Fault::Throttling] {
        let address = stack.fresh_address();
        stack.calls().inject("record-mail-feedback", 1, fault, 1);
        stack.invoker().send("record-mail-feedback", event(&address, |_| ()).to_string().into());
        stack.settled().await;
        assert_eq!(mark(&stack, &address).await["reason"], json!({"S": "bounce"}), "{fault:?}");
    }
}

#[tokio::test]
async fn no_address_is_logged() {
    let stack = stack();
    let address = stack.fresh_address();
    report(&stack, &event(&address, |_| ())).await;
    let broken = event(&address, |message| message["bounce"]["timestamp"] = address.as_str().into());
    let outcome = stack.invoke("record-mail-feedback", broken).await.unwrap().outcome;
    let Outcome::Failed(answer) = outcome else { panic!("{outcome:?}") };
    assert!(!String::from_utf8_lossy(&answer).contains(&address), "{answer:?}");
    assert!(!stack.logs().iter().any(|line| line.contains(&address)));
}
