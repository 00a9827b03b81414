//! Limits on mails that anyone can request, and responses that reveal nothing.

use serde_json::json;

use crate::aws_calls::CallCounter;
use crate::helpers::{
    Answer, ExclusiveStack, TestStack, UnverifiedAccount, concurrently, exclusive_stack, stack,
};

const RESEND: &str = "/api/user/resend-verification";
const RESET: &str = "/api/user/password-reset";
const ROUTES: [&str; 2] = [RESEND, RESET];

async fn request_mail(stack: &TestStack, route: &str, email: &str) -> Answer {
    stack.post(route, json!({"email": email})).await
}

/// The number of mails to an address after all requested mails are sent.
async fn mails_to(stack: &TestStack, email: &str) -> usize {
    stack.settled().await;
    stack.inbox().to(email).len()
}

/// An account with a verified address that may get its next mail.
async fn verified_account(stack: &ExclusiveStack) -> UnverifiedAccount {
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    stack.reset_mail_interval().await;
    ada
}

#[tokio::test]
async fn the_response_reveals_neither_accounts_nor_earlier_requests() {
    let stack = exclusive_stack().await;
    let ada = verified_account(&stack).await;
    let waiting = stack.unverified_account("eve", &stack.fresh_address()).await;
    stack.reset_mail_interval().await;
    for route in ROUTES {
        let comparable = |answer: Answer| {
            let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort_unstable();
            (answer.status, headers, answer.json())
        };
        let unknown = comparable(request_mail(&stack, route, &stack.fresh_address()).await);
        assert_eq!(unknown.0, 202, "{}", unknown.2);
        for email in [&ada.email, &waiting.email] {
            // The first request sends a mail, and the others come too soon.
            for _ in 0..4 {
                assert_eq!(comparable(request_mail(&stack, route, email).await), unknown);
            }
        }
    }
}

#[tokio::test]
async fn a_mail_requested_within_a_minute_of_the_last_is_not_sent() {
    let stack = stack();
    let waiting = stack.unverified_account("ada", &stack.fresh_address()).await;
    for route in ROUTES {
        for email in [&waiting.email, &waiting.email.to_uppercase()] {
            assert_eq!(request_mail(&stack, route, email).await.status, 202);
        }
    }
    assert_eq!(mails_to(&stack, &waiting.email).await, 1, "only the mail of the sign-up");
}

#[tokio::test]
async fn a_minute_later_concurrent_requests_send_one_mail() {
    let stack = exclusive_stack().await;
    let ada = verified_account(&stack).await;
    for (number, route) in [RESET, RESEND, RESET].into_iter().enumerate() {
        stack.reset_mail_interval().await;
        let asking = (0..20).map(|_| {
            let (stack, email) = ((*stack).clone(), ada.email.clone());
            async move { request_mail(&stack, route, &email).await.status }
        });
        assert_eq!(concurrently(asking).await, [202; 20]);
        assert_eq!(mails_to(&stack, &ada.email).await, number + 2, "{route}");
    }
}

#[tokio::test]
async fn both_kinds_of_mail_share_the_interval() {
    let stack = exclusive_stack().await;
    for [first, second] in [[RESET, RESEND], [RESEND, RESET]] {
        let ada = verified_account(&stack).await;
        assert_eq!(request_mail(&stack, first, &ada.email).await.status, 202);
        assert_eq!(request_mail(&stack, second, &ada.email).await.status, 202);
        assert_eq!(mails_to(&stack, &ada.email).await, 2, "{first} is sent, {second} is not");
    }
}

#[tokio::test]
async fn an_address_gets_ten_mails_a_day_including_the_one_of_the_sign_up() {
    let stack = exclusive_stack().await;
    let ada = verified_account(&stack).await;
    for number in 0..12 {
        assert_eq!(request_mail(&stack, ROUTES[number % 2], &ada.email).await.status, 202);
        stack.reset_mail_interval().await;
    }
    assert_eq!(mails_to(&stack, &ada.email).await, 10);
    // A new day begins.
    stack.reset_daily_mail_limit().await;
    assert_eq!(request_mail(&stack, RESET, &ada.email).await.status, 202);
    assert_eq!(mails_to(&stack, &ada.email).await, 11);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_sign_up_over_the_daily_limit_creates_the_account_without_a_mail() {
    let stack = exclusive_stack().await;
    let email = stack.fresh_address();
    let mut accounts = Vec::new();
    // The interval does not apply to sign-ups.
    for _ in 0..12 {
        accounts.push(stack.unverified_account("ada", &email).await);
    }
    assert_eq!(mails_to(&stack, &email).await, 10);
    let last = accounts.pop().expect("an account");
    assert!(stack.inbox().to(&email).iter().all(|mail| !mail.text.contains(&last.name)));
    // The last account can request its mail when the limit allows it.
    assert_eq!(request_mail(&stack, RESEND, &email).await.status, 202);
    assert_eq!(mails_to(&stack, &email).await, 10);
    stack.reset_daily_mail_limit().await;
    stack.reset_mail_interval().await;
    assert_eq!(request_mail(&stack, RESEND, &email).await.status, 202);
    assert!(stack.mail_for(&last).await.text.contains("/api/verify-email/"));
    assert_eq!(mails_to(&stack, &email).await, 11);
}

#[tokio::test]
async fn mails_for_changes_of_address_count_too() {
    let stack = exclusive_stack().await;
    let email = stack.fresh_address();
    let mut users = Vec::new();
    for _ in 0..4 {
        users.push(stack.signed_up_user("ada").await);
    }
    let change = |user: crate::helpers::User| {
        let body = json!({"email": email, "current_password": user.password});
        async move {
            let request = user.request(reqwest::Method::PATCH, "/api/users/me").json(&body);
            Answer::of(request).await
        }
    };
    let mut statuses: Vec<_> = concurrently(users.into_iter().map(change)).await;
    statuses.sort_by_key(|answer| answer.status);
    assert_eq!(statuses.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 429, 429, 429]);
    let wait = statuses[1].header("retry-after");
    assert!(wait.parse().is_ok_and(|seconds: u64| (1..=60).contains(&seconds)), "{wait}");
    let detail = format!("Request was throttled. Expected available in {wait} second");
    assert!(statuses[1].text().contains(&detail), "{}", statuses[1].text());
    assert_eq!(mails_to(&stack, &email).await, 1);
    assert_eq!(request_mail(&stack, RESEND, &email).await.status, 202);
    assert_eq!(mails_to(&stack, &email).await, 1);
}

#[tokio::test]
async fn an_invalid_address_is_refused() {
    let stack = stack();
    for route in ROUTES {
        for (body, message) in [
            (json!({}), "This field is required."),
            (json!({"email": null}), "This field may not be null."),
            (json!({"email": ""}), "This field may not be blank."),
            (json!({"email": "nowhere"}), "Enter a valid email address."),
        ] {
            stack.post(route, body).await.assert(400, &json!({"email": [message]}));
        }
    }
}

#[tokio::test]
async fn requesting_a_mail_takes_one_call_whether_it_is_sent_or_not() {
    let counter = CallCounter::start().await;
    let stack = &counter.stack;
    let (ada, unknown) = (verified_account(stack).await, stack.fresh_address());
    for (function, route) in [("resend-verification", RESEND), ("request-password-reset", RESET)] {
        for email in [&unknown, &ada.email] {
            let calls =
                counter.sequential_calls(function, async || request_mail(stack, route, email).await).await;
            assert_eq!(calls, 1, "{route}, requested too soon");
        }
        let calls = counter.sequential_calls(function, async || {
            stack.reset_mail_interval().await;
            request_mail(stack, route, &ada.email).await
        });
        assert_eq!(calls.await, 1, "{route}, when a mail is sent");
    }
}
