//! Mails that ask for verification, and `/api/verify-email/{token}`.

use serde_json::json;

use crate::helpers::{Answer, PASSWORD, TestStack, concurrently, stack, stack_with};

/// Sends the page's form as a browser does.
async fn press_the_button(stack: &TestStack, link: &str) -> Answer {
    let request =
        stack.http.post(stack.url(link)).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    Answer::of(request.form(&[("", "")])).await
}

fn verification_message() -> serde_json::Value {
    json!({"message": "Email verification successful"})
}

fn not_found() -> serde_json::Value {
    json!({"detail": "Not found."})
}

#[tokio::test]
async fn the_mail_contains_the_name_of_the_account_and_a_link() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let mail = stack.mail_for(&ada).await;
    assert_eq!((&mail.to, mail.from.as_str()), (&vec![ada.email.clone()], "no-reply@example.com"));
    let link = format!("{}{}", stack.api_url(), stack.link_in(&mail).expect("a link"));
    let token = link.rsplit('/').next().expect("a token");
    assert_eq!(link, stack.url(&format!("/api/verify-email/{token}")));
    // 256 bits in base64url.
    assert!(
        token.len() == 43 && token.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
        "{token}"
    );
    for part in [&mail.text, &mail.html] {
        assert!(part.contains(&ada.name) && part.contains(&link), "{part}");
        assert!(!part.contains(PASSWORD));
    }
    assert_eq!(stack.inbox().to(&ada.email).len(), 1);
}

#[tokio::test]
async fn only_a_post_to_the_link_verifies_the_address() {
    let stack = stack_with(&[("LinkRepeatSeconds", "0")]);
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    for _ in 0..50 {
        assert_eq!(stack.get(&link).await.status, 200);
    }
    let sign_in =
        async || stack.post("/api/token", json!({"username": ada.name, "password": PASSWORD})).await.status;
    assert_eq!(sign_in().await, 401);
    stack.post(&link, json!({})).await.assert(200, &verification_message());
    assert_eq!(sign_in().await, 200);
    for _ in 0..2 {
        stack.post(&link, json!({})).await.assert(404, &not_found());
    }
    let me = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await.get("/api/users/me").await.json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(ada.email), &json!(true)));
}

#[tokio::test]
async fn before_verification_sign_in_answers_as_for_an_unknown_account() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let expected = json!({"detail": "No active account found with the given credentials"});
    for route in ["/api/token", "/token"] {
        let credentials = json!({"username": ada.name, "password": PASSWORD});
        stack.post(route, credentials).await.assert(401, &expected);
    }
}

#[tokio::test]
async fn the_page_has_a_button_and_does_not_reveal_its_url_or_account() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    let page = stack.get(&link).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    for directive in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.split(';').any(|part| part.trim() == directive), "{directive}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    let html = page.text();
    assert!(html.contains("<form method=\"post\">") && html.contains("<button type=\"submit\">"), "{html}");
    let token = link.rsplit('/').next().expect("a token");
    for private in [token, &ada.name, &ada.email] {
        assert!(!html.contains(private), "{private} in {html}");
    }
    // The page is the same for every token, so it does not reveal which links are valid.
    let of_unknown_link = stack.get("/api/verify-email/unknown").await;
    assert_eq!((of_unknown_link.status, of_unknown_link.text()), (200, html));
}

#[tokio::test]
async fn pressing_the_button_opens_a_page() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    let unknown = press_the_button(&stack, "/api/verify-email/unknown").await;
    let answers = [press_the_button(&stack, &link).await, press_the_button(&stack, &link).await, unknown];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 200, 404]);
    assert_eq!(answers[0].text(), answers[1].text());
    for answer in &answers {
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        assert!(answer.text().contains("<h1>"), "{}", answer.text());
    }
    let credentials = json!({"username": ada.name, "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials).await.status, 200);
}

#[tokio::test]
async fn an_unknown_link_is_not_found() {
    let stack = stack();
    let long = "x".repeat(5000);
    for token in ["unknown", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "..%2F..", &long] {
        stack.post(&format!("/api/verify-email/{token}"), json!({})).await.assert(404, &not_found());
    }
}

#[tokio::test]
async fn a_link_works_with_a_trailing_slash() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = format!("{}/", stack.link_for(&ada).await);
    assert_eq!(stack.get(&link).await.status, 200);
    stack.post(&link, json!({})).await.assert(200, &verification_message());
}

#[tokio::test]
async fn concurrent_posts_to_a_link_get_the_same_response() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    let press = |_| {
        let (stack, link) = (stack.clone(), link.clone());
        async move { stack.post(&link, json!({})).await.outcome() }
    };
    assert_eq!(concurrently((0..10).map(press)).await, vec![(200, verification_message()); 10]);
    let me = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_eq!(me.get("/api/users/me").await.json()["email_verified"], true);
}

#[tokio::test]
async fn a_second_post_to_a_link_gets_the_same_response_and_changes_nothing() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    stack.post(&link, json!({})).await.assert(200, &verification_message());
    let user = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let before = stack.record(&format!("USER#{}", ada.id), "USER").await;
    stack.post(&link, json!({})).await.assert(200, &verification_message());
    // A verification token is not valid as a reset token.
    let token = link.rsplit('/').next().expect("a token");
    let reset = format!("/api/user/password-reset/{token}");
    let body = json!({"new_password": "another horse battery"});
    stack.post(&reset, body).await.assert(404, &not_found());
    assert_eq!(stack.record(&format!("USER#{}", ada.id), "USER").await, before);
    user.assert_signed_in().await;
}

#[tokio::test]
async fn an_expired_link_is_not_found() {
    let stack = stack_with(&[("MailLinkSeconds", "1"), ("RefreshGraceSeconds", "1")]);
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    stack.post(&link, json!({})).await.assert(404, &not_found());
    assert_eq!(stack.get(&link).await.status, 200);
    let credentials = json!({"username": ada.name, "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials).await.status, 401);
}
