//! SES that fails for a while: no mail is lost, and nobody waits for it.

use std::time::{Duration, Instant};

use local::calls::Fault;
use serde_json::json;

use crate::helpers::{Alone, Applicant, PASSWORD, stack_alone};

/// A busy machine may take its time.
const PATIENCE: Duration = Duration::from_mins(1);

/// Accounts that sign up, in both dialects, and get their answers as ever.
async fn applicants(stack: &Alone, count: usize) -> Vec<Applicant> {
    let mut applicants = Vec::new();
    for _ in 0..count {
        applicants.push(stack.applicant("ada", &stack.fresh_address()).await);
    }
    let (name, email) = (stack.fresh_name("ada"), stack.fresh_address());
    let body = json!({"username": name, "email": email, "password": PASSWORD});
    assert_eq!(stack.post("/api/user/register", body).await.status, 201);
    applicants.push(Applicant { id: String::new(), name, email });
    applicants
}

/// Waits until `count` more mails were handed to SES than `before`.
async fn attempts(stack: &Alone, before: usize, count: usize) {
    let asked = Instant::now();
    while stack.calls().count("send-mail", "SendEmail") < before + count {
        assert!(asked.elapsed() < PATIENCE, "SES is not asked again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Signs up while SES meets every mail with `fault`; SES recovers after `attempts` for each mail.
async fn signed_up_during(stack: &Alone, fault: Fault, count: usize, tries: usize) {
    let failed = failed(stack);
    let before = stack.calls().count("send-mail", "SendEmail");
    stack.calls().interrupt("send-mail", "SendEmail", fault);
    let applicants = applicants(stack, count).await;
    attempts(stack, before, tries * applicants.len()).await;
    for applicant in &applicants {
        assert_eq!(stack.inbox().to(&applicant.email), [], "{fault:?}");
    }
    stack.calls().clear("send-mail");
    stack.settled().await;
    for applicant in &applicants {
        let mail = stack.mail_for(applicant).await;
        assert_eq!(stack.inbox().to(&applicant.email).len(), 1, "{fault:?}: once");
        let link = stack.link_in(&mail).expect("a link");
        stack.post(&link, json!({})).await.assert(200, &json!({"message": "Email verification successful"}));
    }
    assert_eq!(self::failed(stack), failed, "nothing is given up");
}

/// How many messages the queue of events that failed for good has.
fn failed(stack: &Alone) -> usize {
    let functions = &stack.deployment().functions;
    let function = functions.values().find(|function| function.name == "send-mail");
    let queue = function.and_then(|function| function.streams[0].on_failure.as_deref());
    stack.queue(queue.expect("the template names a queue")).len()
}

#[tokio::test]
async fn mails_arrive_once_ses_stops_failing() {
    let stack = stack_alone().await;
    // The client tries three times in each invocation: most mails have failed in more than one.
    signed_up_during(&stack, Fault::InternalError, 3, 4).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mails_arrive_once_ses_stops_throttling() {
    let stack = stack_alone().await;
    signed_up_during(&stack, Fault::Throttling, 3, 4).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mails_arrive_once_ses_stops_hanging() {
    let stack = stack_alone().await;
    signed_up_during(&stack, Fault::Hang, 1, 1).await;
}

#[tokio::test]
#[ignore = "half a minute: each attempt hangs until its time-out"]
async fn mails_arrive_though_ses_hangs_for_longer_than_an_invocation() {
    let stack = stack_alone().await;
    signed_up_during(&stack, Fault::Hang, 3, 8).await;
}

#[tokio::test]
async fn a_sender_that_dies_once_its_mail_is_sent_loses_none() {
    let stack = stack_alone().await;
    let before = stack.calls().count("send-mail", "SendEmail");
    stack.calls().interrupt("send-mail", "SendEmail", Fault::KillAfter);
    let applicants = applicants(&stack, 2).await;
    attempts(&stack, before, applicants.len() + 2).await;
    stack.calls().clear("send-mail");
    stack.settled().await;
    for applicant in &applicants {
        assert!(!stack.inbox().to(&applicant.email).is_empty(), "sent twice is better than lost");
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mails_arrive_though_the_table_fails_meanwhile() {
    let stack = stack_alone().await;
    for nth in 1..=2 {
        stack.calls().inject("send-mail", nth, Fault::InternalError, 4);
    }
    let applicants = applicants(&stack, 3).await;
    stack.settled().await;
    for applicant in &applicants {
        assert_eq!(stack.inbox().to(&applicant.email).len(), 1);
    }
}

#[tokio::test]
async fn an_address_that_ses_refuses_for_good_is_marked_holds_up_no_other_mail_and_rings_no_alarm() {
    let stack = stack_alone().await;
    // Valid addresses by Django's rules.
    let names = ["mail", "mail"].map(|prefix| stack.fresh_name(prefix));
    let refused = [format!("\"{}..x\"@example.org", names[0]), format!("{}@[127.0.0.1]", names[1])];
    let errors = |stack: &Alone| {
        let is_error = |line: &String| line.contains(r#""level":"ERROR""#) || line.contains("FATAL");
        stack.logs().into_iter().filter(is_error).count()
    };
    let before = (errors(&stack), failed(&stack));
    for address in &refused {
        stack.applicant("grace", address).await;
    }
    let applicants = applicants(&stack, 11).await;
    stack.settled().await;
    for applicant in &applicants {
        assert_eq!(stack.inbox().to(&applicant.email).len(), 1);
    }
    assert_eq!((errors(&stack), failed(&stack)), before);
    let is_warning = |line: &String| line.contains(r#""level":"WARN""#) && line.contains("mail refused");
    let warnings: Vec<_> = stack.logs().into_iter().filter(is_warning).collect();
    assert!(
        warnings.iter().filter(|line| line.contains("InvalidParameterValue")).count() >= 2,
        "{warnings:?}"
    );
    let tried = stack.calls().count("send-mail", "SendEmail");
    for (address, name) in refused.iter().zip(&names) {
        assert!(!stack.logs().concat().contains(name.as_str()));
        // No mail is sent to a marked address.
        stack.applicant("grace", address).await;
    }
    stack.settled().await;
    assert_eq!(stack.calls().count("send-mail", "SendEmail"), tried);
}
