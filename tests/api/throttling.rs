//! Failed sign-ins are limited, on all routes together.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TestStack, User, concurrently, stack_with, throttled_stack};

/// Every sign-in route, with its status for a wrong password.
pub const ROUTES: [(&str, u16); 5] = [
    ("/api/token", 401),
    ("/token", 401),
    ("/api/users/authentication", 401),
    ("/api/user/login", 401),
    ("/gettoken", 400),
];

/// A password that no account has.
pub const WRONG: &str = "incorrect horse battery";

/// A stack with a window of one second.
pub fn stack_with_short_window() -> TestStack {
    stack_with(&[("ThrottleSeconds", "1"), ("SignInsPerAccountAndAddress", "2"), ("GuessesPerAddress", "2")])
}

/// Signs in at `/api/token`.
pub async fn attempt(stack: &TestStack, name: &str, password: &str) -> Answer {
    stack.post("/api/token", json!({"username": name, "password": password})).await
}

/// Makes `times` failed attempts, and checks that they are not throttled.
pub async fn fail_sign_ins(stack: &TestStack, name: &str, times: usize) {
    for number in 0..times {
        let answer = attempt(stack, name, WRONG).await;
        assert_eq!(answer.status, 401, "attempt {number} at {name}: {}", stack.explain(&answer));
    }
}

/// Fails unless this is the response to a throttled attempt. Returns the seconds to wait.
#[track_caller]
pub fn assert_throttled(answer: &Answer) -> u64 {
    let seconds = answer.header("retry-after").parse().unwrap_or_default();
    assert!(seconds >= 1, "{} {:?}", answer.text(), answer.headers);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let detail = format!("Request was throttled. Expected available in {seconds} {unit}.");
    answer.assert(429, &json!({ "detail": detail }));
    seconds
}

#[tokio::test]
async fn after_five_failures_on_any_routes_even_the_right_password_is_refused() {
    let stack = throttled_stack().at_fresh_address();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    for (route, status) in ROUTES {
        let answer = stack.post(route, json!({"username": ada.name, "password": WRONG})).await;
        assert_eq!(answer.status, status, "{route}: {}", answer.text());
    }
    for (route, _) in ROUTES {
        for (name, password) in
            [(&ada.name, PASSWORD), (&ada.name, WRONG), (&ada.name.to_uppercase(), PASSWORD)]
        {
            let answer = stack.post(route, json!({"username": name, "password": password})).await;
            let seconds = assert_throttled(&answer);
            assert!(seconds <= 3_153_600_000, "longer than the window: {seconds}");
        }
    }
    // This affects neither her tokens, nor other users at this address, nor her sign-ins from other addresses.
    assert_eq!(ada.get("/api/users/me").await.status, 200);
    assert_eq!(attempt(&stack, &bob.name, PASSWORD).await.status, 200);
    assert_eq!(attempt(&stack.at_fresh_address(), &ada.name, PASSWORD).await.status, 200);
    assert_throttled(&attempt(&stack, &ada.name, PASSWORD).await);
}

#[tokio::test]
async fn a_successful_sign_in_on_any_route_resets_the_count() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    for (route, _) in ROUTES {
        fail_sign_ins(&stack, &ada.name, 4).await;
        let answer = stack.post(route, json!({"username": ada.name, "password": PASSWORD})).await;
        assert_eq!(answer.status, 200, "{route}: {}", answer.text());
    }
    fail_sign_ins(&stack, &ada.name, 5).await;
    assert_throttled(&attempt(&stack, &ada.name, PASSWORD).await);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_success_is_not_counted_but_keeps_the_failures_of_the_address() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    for _ in 0..51 {
        assert_eq!(attempt(&stack, &ada.name, PASSWORD).await.status, 200);
    }
    // Each success resets the count of the account, but the address keeps all 48 failures.
    for _ in 0..12 {
        fail_sign_ins(&stack, &ada.name, 4).await;
        assert_eq!(attempt(&stack, &ada.name, PASSWORD).await.status, 200);
    }
    fail_sign_ins(&stack, &ada.name, 2).await;
    assert_throttled(&attempt(&stack, &ada.name, PASSWORD).await);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_unknown_name_is_throttled_like_a_known_one() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    let waiting = stack.unverified_account("eve", &stack.fresh_address()).await;
    let nobody = stack.fresh_name("nobody");
    let tries = async |name: &str| {
        let mut answers = Vec::new();
        for number in 0..8 {
            let (route, _) = ROUTES[number % ROUTES.len()];
            let answer = stack.post(route, json!({"username": name, "password": WRONG})).await;
            let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort_unstable();
            let seconds = answer.header("retry-after").to_owned();
            let text = if seconds.is_empty() { answer.text() } else { answer.text().replace(&seconds, "N") };
            answers.push((answer.status, headers, text));
        }
        answers
    };
    let known = tries(&ada.name).await;
    assert_eq!(known.iter().filter(|(status, ..)| *status == 429).count(), 3, "{known:?}");
    for name in [&waiting.name, &nobody, "no name at all", &"x".repeat(100_000)] {
        assert_eq!(tries(name).await, known, "{}", &name[..name.len().min(20)]);
    }
}

#[tokio::test]
async fn after_fifty_failures_with_many_accounts_only_that_address_is_locked_out() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    let guesses = (0..60).map(|number| {
        let (stack, name) = (stack.clone(), stack.fresh_name("guessed"));
        let (route, _) = ROUTES[number % ROUTES.len()];
        async move { stack.post(route, json!({"username": name, "password": WRONG})).await }
    });
    let answers = concurrently(guesses).await;
    let (refused, checked): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 429);
    assert_eq!((checked.len(), refused.len()), (50, 10));
    assert!(checked.iter().all(|answer| [400, 401].contains(&answer.status)));
    for answer in refused {
        assert_throttled(answer);
    }
    for name in [&ada.name, &stack.fresh_name("nobody")] {
        assert_throttled(&attempt(&stack, name, PASSWORD).await);
    }
    assert_eq!(ada.get("/api/users/me").await.status, 200);
    assert_eq!(attempt(&stack.at_fresh_address(), &ada.name, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn forged_address_headers_have_no_effect() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    let forged = |number: usize, header: &str, password: &str| {
        let address = format!("203.0.113.{number}");
        let value = match header {
            "forwarded" => format!("for={address};proto=https"),
            "cloudfront-viewer-address" => format!("{address}:443"),
            _ => address,
        };
        let body = json!({"username": ada.name, "password": password});
        let request = stack.http.post(stack.url("/api/token")).header(header, value).json(&body);
        // Some servers use the last of two headers.
        Answer::of(request.header(header, format!("198.51.100.{number}")))
    };
    let headers = [
        "x-forwarded-for",
        "x-satchel-viewer-ip",
        "x-real-ip",
        "forwarded",
        "cloudfront-viewer-address",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    ];
    for (number, header) in headers.iter().enumerate() {
        let answer = forged(number, header, WRONG).await;
        assert_eq!(answer.status, if number < 5 { 401 } else { 429 }, "{header}: {}", answer.text());
    }
    for (number, header) in headers.iter().enumerate() {
        assert_throttled(&forged(100 + number, header, PASSWORD).await);
    }
    // The headers do not lock out other addresses either.
    assert_eq!(attempt(&stack.at_fresh_address(), &ada.name, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_right_password_is_accepted_again_after_the_window() {
    let stack = stack_with_short_window();
    let ada = stack.signed_up_user("ada").await;
    let mut seconds = None;
    // Windows end in between, so this tries until it is throttled within one.
    for _ in 0..200 {
        let answer = attempt(&stack, &ada.name, WRONG).await;
        if answer.status == 429 {
            seconds = Some(assert_throttled(&answer));
            break;
        }
    }
    assert_eq!(seconds, Some(1), "not longer than the window");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(attempt(&stack, &ada.name, PASSWORD).await.status, 200);
}

/// Sends a request to one of the routes that require the current password. Returns the response, and the body for a
/// wrong password.
async fn send_with_password(user: &User, which: usize, password: &str) -> (Answer, Value) {
    let (method, path, field, mut body) = match which % 3 {
        0 => {
            let email = user.stack.fresh_address();
            (Method::PATCH, "/api/users/me", "current_password", json!({"email": email}))
        }
        1 => {
            let body = json!({"new_password": "another horse battery"});
            (Method::POST, "/api/users/me/password", "current_password", body)
        }
        _ => (Method::DELETE, "/api/users/me", "password", json!({})),
    };
    body[field] = json!(password);
    let refusal = json!({field: ["Invalid password."]});
    (Answer::of(user.request(method, path).json(&body)).await, refusal)
}

#[tokio::test]
async fn guesses_at_the_password_of_a_signed_in_user_count_like_sign_ins() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    for which in 0..4 {
        let (answer, refusal) = send_with_password(&ada, which, WRONG).await;
        answer.assert(400, &refusal);
    }
    fail_sign_ins(&stack, &ada.name, 1).await;
    for which in 0..3 {
        assert_throttled(&send_with_password(&ada, which, WRONG).await.0);
        assert_throttled(&send_with_password(&ada, which, PASSWORD).await.0);
    }
    assert_throttled(&attempt(&stack, &ada.name, PASSWORD).await);
    // The right password works from another address, and nothing was changed or deleted before.
    let other_address = User { stack: stack.at_fresh_address(), ..ada.clone() };
    let right = [
        send_with_password(&other_address, 0, PASSWORD).await.0.status,
        send_with_password(&other_address, 2, PASSWORD).await.0.status,
    ];
    assert_eq!(right, [200, 204]);
}

#[tokio::test]
async fn the_right_password_of_a_signed_in_user_resets_the_count() {
    let stack = throttled_stack().at_fresh_address();
    let ada = stack.signed_up_user("ada").await;
    fail_sign_ins(&stack, &ada.name, 4).await;
    assert_eq!(send_with_password(&ada, 0, PASSWORD).await.0.status, 200);
    fail_sign_ins(&stack, &ada.name, 4).await;
    assert_eq!(send_with_password(&ada, 1, PASSWORD).await.0.status, 204);
    fail_sign_ins(&stack, &ada.name, 4).await;
    assert_eq!(send_with_password(&ada, 2, "another horse battery").await.0.status, 204);
}
