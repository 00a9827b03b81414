//! Outages of SES: no mail is lost, and requests do not wait.

use std::time::{Duration, Instant};

use local::calls::Fault;
use serde_json::json;

use crate::helpers::{ExclusiveStack, PASSWORD, UnverifiedAccount, exclusive_stack};

/// Mails can take long on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Signs up `count` accounts by one route and one by the other, and checks that the responses are as usual.
async fn sign_up_accounts(stack: &ExclusiveStack, count: usize) -> Vec<UnverifiedAccount> {
    let mut accounts = Vec::new();
    for _ in 0..count {
        accounts.push(stack.unverified_account("ada", &stack.fresh_address()).await);
    }
    let (name, email) = (stack.fresh_name("ada"), stack.fresh_address());
    let body = json!({"username": name, "email": email, "password": PASSWORD});
    assert_eq!(stack.post("/api/user/register", body).await.status, 201);
    accounts.push(UnverifiedAccount { id: String::new(), name, email });
    accounts
}

/// Waits until SES was called `count` times more than `before`.
async fn wait_for_calls(stack: &ExclusiveStack, before: usize, count: usize) {
    let started = Instant::now();
    while stack.calls().count("send-mail", "SendEmail") < before + count {
        assert!(started.elapsed() < PATIENCE, "SES is not called again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Signs up `count` accounts, and one more, while `fault` affects every call of SES. Ends the fault after `tries`
/// calls for each mail, and checks that each mail arrives once.
async fn sign_up_during(stack: &ExclusiveStack, fault: Fault, count: usize, tries: usize) {
    let failed = failed_messages(stack);
    let before = stack.calls().count("send-mail", "SendEmail");
    stack.calls().interrupt("send-mail", "SendEmail", fault);
    let accounts = sign_up_accounts(stack, count).await;
    wait_for_calls(stack, before, tries * accounts.len()).await;
    for account in &accounts {
        assert_eq!(stack.inbox().to(&account.email), [], "{fault:?}");
    }
    stack.calls().clear("send-mail");
    stack.settled().await;
    for account in &accounts {
        let mail = stack.mail_for(account).await;
        assert_eq!(stack.inbox().to(&account.email).len(), 1, "{fault:?}: once");
        let link = stack.link_in(&mail).expect("a link");
        stack.post(&link, json!({})).await.assert(200, &json!({"message": "Email verification successful"}));
    }
    assert_eq!(failed_messages(stack), failed, "no event ends in the failure queue");
}

/// The number of messages in the failure queue.
fn failed_messages(stack: &ExclusiveStack) -> usize {
    let functions = &stack.deployment().functions;
    let function = functions.values().find(|function| function.name == "send-mail");
    let queue = function.and_then(|function| function.streams[0].on_failure.as_deref());
    stack.queue(queue.expect("the template names a queue")).len()
}

#[tokio::test]
async fn mails_arrive_after_ses_stops_failing() {
    let stack = exclusive_stack().await;
    // The client tries three times in each invocation, so most mails fail in more than one invocation.
    sign_up_during(&stack, Fault::InternalError, 3, 4).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mails_arrive_after_ses_stops_throttling() {
    let stack = exclusive_stack().await;
    sign_up_during(&stack, Fault::Throttling, 3, 4).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mails_arrive_after_ses_stops_hanging() {
    let stack = exclusive_stack().await;
    sign_up_during(&stack, Fault::Hang, 1, 1).await;
}

#[tokio::test]
#[ignore = "half a minute, as each attempt hangs until its timeout; .ci/run runs it"]
async fn mails_arrive_although_ses_hangs_for_longer_than_an_invocation() {
    let stack = exclusive_stack().await;
    sign_up_during(&stack, Fault::Hang, 3, 8).await;
}

#[tokio::test]
async fn no_mail_is_lost_if_the_function_is_killed_after_sending_one() {
    let stack = exclusive_stack().await;
    let before = stack.calls().count("send-mail", "SendEmail");
    stack.calls().interrupt("send-mail", "SendEmail", Fault::KillAfter);
    let accounts = sign_up_accounts(&stack, 2).await;
    wait_for_calls(&stack, before, accounts.len() + 2).await;
    stack.calls().clear("send-mail");
    stack.settled().await;
    for account in &accounts {
        assert!(!stack.inbox().to(&account.email).is_empty(), "a mail can arrive twice, but is not lost");
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mails_arrive_although_dynamodb_fails() {
    let stack = exclusive_stack().await;
    for nth in 1..=2 {
        stack.calls().inject("send-mail", nth, Fault::InternalError, 4);
    }
    let accounts = sign_up_accounts(&stack, 3).await;
    stack.settled().await;
    for account in &accounts {
        assert_eq!(stack.inbox().to(&account.email).len(), 1);
    }
}

#[tokio::test]
async fn an_address_that_ses_rejects_is_marked_and_neither_delays_other_mail_nor_raises_an_alarm() {
    let stack = exclusive_stack().await;
    // Django accepts these addresses, but SES does not.
    let names = ["mail", "mail"].map(|prefix| stack.fresh_name(prefix));
    let refused = [format!("\"{}..x\"@example.org", names[0]), format!("{}@[127.0.0.1]", names[1])];
    let errors = |stack: &ExclusiveStack| {
        let is_error = |line: &String| line.contains(r#""level":"ERROR""#) || line.contains("FATAL");
        stack.logs().into_iter().filter(is_error).count()
    };
    let before = (errors(&stack), failed_messages(&stack));
    for address in &refused {
        stack.unverified_account("grace", address).await;
    }
    let accounts = sign_up_accounts(&stack, 11).await;
    stack.settled().await;
    for account in &accounts {
        assert_eq!(stack.inbox().to(&account.email).len(), 1);
    }
    assert_eq!((errors(&stack), failed_messages(&stack)), before);
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
        stack.unverified_account("grace", address).await;
    }
    stack.settled().await;
    assert_eq!(stack.calls().count("send-mail", "SendEmail"), tried);
}
