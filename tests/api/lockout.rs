//! Large numbers of attempts: whom they lock out, and whom they do not.

use std::time::Duration;

use local::calls::Fault;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, ExclusiveStack, PASSWORD, TestStack, UnverifiedAccount, concurrently, exclusive_stack,
    stack_with, throttled_stack,
};
use crate::throttling::{WRONG, assert_throttled, attempt, fail_sign_ins, stack_with_short_window};

/// A stack with low limits, and a window that does not end during the tests.
fn stack_with_low_limits() -> TestStack {
    let stack = stack_with(&[
        ("ThrottleSeconds", "3153600000"),
        ("SignInsPerAccountAndAddress", "5"),
        ("SignInsPerAccount", "10"),
        ("GuessesPerAddress", "3"),
        ("SignUpsPerAddress", "3"),
    ]);
    stack.at_fresh_address()
}

#[tokio::test]
async fn five_of_200_concurrent_guesses_are_checked_and_others_are_not_affected() {
    assert_five_are_checked_of(200).await;
}

#[tokio::test]
#[ignore = "takes some seconds of both cores; .ci/run runs it"]
async fn five_of_1000_concurrent_guesses_are_checked_and_others_are_not_affected() {
    assert_five_are_checked_of(1000).await;
}

async fn assert_five_are_checked_of(count: usize) {
    let stack = throttled_stack().at_fresh_address();
    let other_address = stack.at_fresh_address();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let guess = |number| {
        let (stack, name) = (stack.clone(), ada.name.clone());
        async move { attempt(&stack, &name, &format!("horse number {number}")).await }
    };
    let others = async {
        let mut statuses = Vec::new();
        for name in [&bob.name, &ada.name] {
            statuses.push(attempt(&other_address, name, PASSWORD).await.status);
        }
        statuses
    };
    let (answers, others) = tokio::join!(concurrently((0..count).map(guess)), others);
    let (refused, checked): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 429);
    let denied = json!({"detail": "No active account found with the given credentials"});
    for answer in &checked {
        answer.assert(401, &denied);
    }
    for answer in refused {
        assert_throttled(answer);
    }
    assert_eq!(checked.len(), 5);
    assert_eq!(others, [200, 200]);
    assert_eq!(attempt(&stack, &bob.name, PASSWORD).await.status, 200);
    assert_throttled(&attempt(&stack, &ada.name, PASSWORD).await);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_account_guessed_at_from_many_addresses_admits_only_known_addresses() {
    let home = stack_with_low_limits();
    let (ada, bob) = (home.signed_up_user("ada").await, home.signed_up_user("bob").await);
    for _ in 0..5 {
        fail_sign_ins(&home.at_fresh_address(), &ada.name, 2).await;
    }
    let stranger = home.at_fresh_address();
    for password in [PASSWORD, WRONG] {
        assert_throttled(&attempt(&stranger, &ada.name, password).await);
    }
    assert_eq!(attempt(&stranger, &bob.name, PASSWORD).await.status, 200);
    for _ in 0..3 {
        assert_eq!(attempt(&home, &ada.name, PASSWORD).await.status, 200);
    }
    // Failures from a known address count only for that address.
    fail_sign_ins(&home, &ada.name, 5).await;
    assert_throttled(&attempt(&home, &ada.name, PASSWORD).await);
    assert_throttled(&attempt(&stranger, &ada.name, PASSWORD).await);
}

#[tokio::test]
async fn an_unknown_name_guessed_at_from_many_addresses_is_locked_too() {
    let stack = stack_with_low_limits();
    let nobody = stack.fresh_name("nobody");
    for _ in 0..5 {
        fail_sign_ins(&stack.at_fresh_address(), &nobody, 2).await;
    }
    assert_throttled(&attempt(&stack.at_fresh_address(), &nobody, WRONG).await);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn successful_sign_ins_do_not_count_against_the_account() {
    let home = stack_with_low_limits();
    let ada = home.signed_up_user("ada").await;
    for _ in 0..4 {
        fail_sign_ins(&home.at_fresh_address(), &ada.name, 2).await;
    }
    // Eight of ten attempts are used. Successful sign-ins from home do not use the other two.
    for _ in 0..5 {
        assert_eq!(attempt(&home, &ada.name, PASSWORD).await.status, 200);
    }
    let stranger = home.at_fresh_address();
    fail_sign_ins(&stranger, &ada.name, 1).await;
    assert_eq!(attempt(&home.at_fresh_address(), &ada.name, PASSWORD).await.status, 200);
    fail_sign_ins(&stranger, &ada.name, 1).await;
    assert_throttled(&attempt(&stranger, &ada.name, PASSWORD).await);
}

/// Signs up until a sign-up is refused. Returns the number of new accounts and the refusal.
async fn sign_ups(stack: &TestStack) -> (usize, Answer) {
    for made in 0..10 {
        let body = json!({"username": stack.fresh_name("ada"), "password": PASSWORD});
        let answer = stack.post("/api/users", body).await;
        if answer.status != 201 {
            return (made, answer);
        }
    }
    panic!("no sign-up is refused")
}

#[tokio::test]
async fn sign_ups_per_hour_and_address_are_limited() {
    let (stack, made, refused, seconds) = loop {
        let stack = stack_with_low_limits();
        for body in [json!({"username": "no name", "password": PASSWORD}), json!({"username": "ada"})] {
            assert_eq!(stack.post("/api/users", body).await.status, 400);
        }
        let (made, refused) = sign_ups(&stack).await;
        let seconds = assert_throttled(&refused);
        // If a new hour has just begun, the count may have restarted. Then another address has to try, as each
        // address has its own hours.
        if seconds < 3540 {
            break (stack, made, refused, seconds);
        }
    };
    assert_eq!(made, 3, "sign-ups with invalid fields do not count: {}", refused.text());
    assert!((1..=3600).contains(&seconds));
    let body = json!({
        "username": stack.fresh_name("ada"), "password": PASSWORD, "email": stack.fresh_address(),
    });
    for route in ["/api/users", "/api/user/register"] {
        assert_throttled(&stack.post(route, body.clone()).await);
    }
    assert_eq!(stack.inbox().to(body["email"].as_str().expect("an address")).len(), 0);
    let other_address = stack.at_fresh_address().post("/api/users", body).await;
    assert_eq!(other_address.status, 201, "{}", other_address.text());
}

#[tokio::test]
async fn a_sign_up_with_a_taken_name_counts_too() {
    let home = stack_with_low_limits();
    let taken = home.signed_up_user("ada").await.name;
    let refused = json!({"username": ["A user with that username already exists."]});
    // If a new hour begins in between, the count restarts. Then another address has to try, as each address has its
    // own hours.
    for _ in 0..3 {
        let stack = home.at_fresh_address();
        let sign_up = async |name: &str| {
            stack.post("/api/users", json!({"username": name, "password": PASSWORD})).await
        };
        for _ in 0..3 {
            sign_up(&taken).await.assert(400, &refused);
        }
        let answers = [sign_up(&taken).await, sign_up(&stack.fresh_name("ada")).await];
        if answers.iter().all(|answer| answer.status == 429) {
            for answer in &answers {
                assert_throttled(answer);
            }
            return;
        }
    }
    panic!("sign-ups for taken names are not counted");
}

/// Creates an account from another address, and verifies it from the address of `stack`.
async fn verified_account(stack: &TestStack) -> UnverifiedAccount {
    let ada = stack.at_fresh_address().unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    ada
}

#[tokio::test]
async fn valid_mailed_links_do_not_count_as_guesses() {
    let stack = stack_with_low_limits();
    for _ in 0..5 {
        verified_account(&stack).await;
    }
}

#[tokio::test]
async fn after_three_guessed_links_even_a_valid_one_is_refused() {
    let home = stack_with_low_limits();
    let (waiting, ada) =
        (home.unverified_account("eve", &home.fresh_address()).await, verified_account(&home).await);
    home.reset_mail_interval().await;
    home.post("/api/user/password-reset", json!({"email": ada.email})).await;
    let reset = home.link_mailed_to(&ada.email, 2).await;
    let verify = home.link_for(&waiting).await;
    let body = json!({"new_password": "another horse battery"});
    for (link, status) in [(&verify, 200), (&reset, 204)] {
        let eve = home.at_fresh_address();
        // Guesses at both kinds of links count together.
        for path in ["/api/verify-email", "/api/user/password-reset", "/api/verify-email"] {
            let answer = eve.post(&format!("{path}/{}", "A".repeat(43)), body.clone()).await;
            answer.assert(404, &json!({"detail": "Not found."}));
        }
        for path in ["/api/verify-email/x", "/api/user/password-reset/x", link] {
            assert_throttled(&eve.post(path, body.clone()).await);
        }
        // Opening the page is not limited, because the page reveals nothing.
        assert_eq!(eve.get(link).await.status, 200);
        assert_eq!(home.post(link, body.clone()).await.status, status);
    }
}

#[tokio::test]
async fn a_valid_link_works_again_after_the_window() {
    let home = stack_with_short_window().at_fresh_address();
    let link = home.link_for(&home.unverified_account("ada", &home.fresh_address()).await).await;
    for _ in 0..200 {
        if home.post("/api/verify-email/unknown", json!({})).await.status == 429 {
            break;
        }
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(home.post(&link, json!({})).await.status, 200);
}

/// The sum of all counters of sign-ins in the table.
async fn counted_sign_ins(stack: &ExclusiveStack) -> i64 {
    let body = json!({
        "FilterExpression": "begins_with(pk, :count) AND begins_with(sk, :what)",
        "ExpressionAttributeValues": {":count": {"S": "COUNT#"}, ":what": {"S": "SIGN_IN#"}},
        "ConsistentRead": true,
    });
    let items = stack.dynamodb("Scan", body).await["Items"].take();
    let total = |item: &Value| item["total"]["N"].as_str().and_then(|total| total.parse::<i64>().ok());
    items.as_array().expect("items").iter().filter_map(total).sum()
}

/// Signs in while the first transactions that count the attempt conflict with others.
async fn attempt_with_conflicts(stack: &ExclusiveStack, name: &str, password: &str) -> Answer {
    let tried = || stack.calls().count("create-token", "TransactWriteItems");
    let before = tried();
    stack.calls().interrupt("create-token", "TransactWriteItems", Fault::TransactionConflict);
    let end_conflicts = async {
        while tried() < before + 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        stack.calls().clear("create-token");
    };
    tokio::join!(attempt(stack, name, password), end_conflicts).0
}

#[tokio::test]
async fn an_attempt_that_conflicts_with_others_is_counted_once() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let before = counted_sign_ins(&stack).await;
    assert_eq!(attempt_with_conflicts(&stack, &ada.name, WRONG).await.status, 401);
    // The attempt is counted for the client and for the account.
    assert_eq!(counted_sign_ins(&stack).await, before + 2);
    assert_eq!(attempt_with_conflicts(&stack, &ada.name, PASSWORD).await.status, 200);
    assert_eq!(counted_sign_ins(&stack).await, before + 2);
}

#[tokio::test]
async fn an_attempt_that_cannot_be_counted_is_not_checked() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let before = counted_sign_ins(&stack).await;
    stack.calls().interrupt("create-token", "TransactWriteItems", Fault::TransactionConflict);
    let answer = attempt(&stack, &ada.name, PASSWORD).await;
    stack.calls().clear("create-token");
    assert_throttled(&answer);
    assert_eq!(counted_sign_ins(&stack).await, before);
    assert_eq!(attempt(&stack, &ada.name, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_sign_in_succeeds_although_its_attempt_stays_counted() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let before = counted_sign_ins(&stack).await;
    for fault in [Fault::InternalError, Fault::TransactionConflict] {
        stack.calls().interrupt("create-token", "UpdateItem", fault);
        let answer = attempt(&stack, &ada.name, PASSWORD).await;
        stack.calls().clear("create-token");
        assert_eq!(answer.status, 200, "{fault:?}: {}", answer.text());
    }
    assert_eq!(counted_sign_ins(&stack).await, before + 4, "the attempts stay counted until the window ends");
}
