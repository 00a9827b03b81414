//! `PATCH /api/users/me`: a new address, which replaces the old one when it is verified.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, PASSWORD, TestStack, User, concurrently, mailing_stack, not_found, not_signed_in, stack,
    token_not_valid,
};

/// Requests a change of the address.
async fn change(user: &User, email: &str) -> Answer {
    user.patch("/api/users/me", json!({"email": email, "current_password": PASSWORD})).await
}

async fn me(user: &User) -> Value {
    let answer = user.get("/api/users/me").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The account `before`, but with another, verified address.
fn with_address(mut before: Value, email: &str) -> Value {
    before["email"] = json!(email);
    before["email_verified"] = json!(true);
    before
}

async fn assert_verified(stack: &TestStack, link: &str) {
    stack.post(link, json!({})).await.assert(200, &json!({"message": "Email verification successful"}));
}

#[tokio::test]
async fn a_new_address_replaces_the_old_one_once_it_is_verified() {
    let stack = mailing_stack();
    let (ada, old) = stack.verified_user("ada").await;
    let (before, new) = (me(&ada).await, stack.fresh_address());
    assert_eq!((&before["email"], &before["email_verified"]), (&json!(old), &json!(true)));
    change(&ada, &new).await.assert(200, &before);
    assert_eq!(me(&ada).await, before);

    let link = stack.link_mailed_to(&new, 1).await;
    assert!(link.starts_with("/api/verify-email/"), "{link}");
    let to_new = &stack.mails(&new, 1).await[0];
    // The first mail to the old address was about the sign-up.
    let to_old = &stack.mails(&old, 2).await[1];
    assert_eq!(stack.link_in(to_old), None, "{}", to_old.text);
    assert!(!to_old.html.contains("<a "), "{}", to_old.html);
    for mail in [to_new, to_old] {
        assert!(mail.text.contains(&ada.name) && mail.html.contains(&ada.name), "{}", mail.text);
    }
    assert!(!to_old.text.contains(&new), "the mail to the old address must not contain the new one");

    assert_eq!(stack.get(&link).await.status, 200);
    assert_eq!(me(&ada).await, before, "opening the link changes nothing");
    assert_verified(&stack, &link).await;
    assert_eq!(me(&ada).await, with_address(before, &new));
    assert_eq!((stack.inbox().to(&new).len(), stack.inbox().to(&old).len()), (1, 2));
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
}

#[tokio::test]
async fn a_replaced_address_is_free_for_other_accounts() {
    let stack = mailing_stack();
    let (ada, old) = stack.verified_user("ada").await;
    let new = stack.fresh_address();
    assert_eq!(change(&ada, &new).await.status, 200);
    assert_verified(&stack, &stack.link_mailed_to(&new, 1).await).await;
    let bob = stack.unverified_account("bob", &old).await;
    assert_verified(&stack, &stack.link_for(&bob).await).await;
    let bob = stack.sign_in(&bob.name, PASSWORD, bob.id).await;
    assert_eq!((&me(&bob).await["email"], &me(&ada).await["email"]), (&json!(old), &json!(new)));
}

#[tokio::test]
async fn only_the_last_of_two_requested_changes_can_be_verified() {
    let stack = mailing_stack();
    let (ada, _) = stack.verified_user("ada").await;
    let (before, first, last) = (me(&ada).await, stack.fresh_address(), stack.fresh_address());
    for email in [&first, &last] {
        change(&ada, email).await.assert(200, &before);
    }
    let (to_first, to_last) = (stack.link_mailed_to(&first, 1).await, stack.link_mailed_to(&last, 1).await);
    stack.post(&to_first, json!({})).await.assert(404, &not_found());
    assert_eq!(me(&ada).await, before);
    assert_verified(&stack, &to_last).await;
    stack.post(&to_first, json!({})).await.assert(404, &not_found());
    assert_eq!(me(&ada).await, with_address(before, &last));
    // An abandoned address cannot be verified any more, so a mail cannot be requested again.
    stack.reset_mail_interval().await;
    stack.post("/api/user/resend-verification", json!({"email": first})).await;
    stack.settled().await;
    assert_eq!(stack.inbox().to(&first).len(), 1);
}

#[tokio::test]
async fn asking_for_the_address_of_another_account_looks_the_same_and_notifies_its_owner() {
    let stack = mailing_stack();
    let (bob, bobs) = stack.verified_user("bob").await;
    let eve = stack.signed_up_user("eve").await;
    let before = me(&eve).await;
    stack.reset_mail_interval().await;
    change(&eve, &bobs.to_uppercase()).await.assert(200, &before);
    let mail = &stack.mails(&bobs, 2).await[1];
    assert_eq!(stack.link_in(mail), None, "{}", mail.text);
    assert!(mail.text.contains(&eve.name) && !mail.html.contains("<a "), "{}", mail.html);
    assert_eq!(me(&eve).await, before);
    assert_eq!(me(&bob).await["email"], json!(bobs));
}

#[tokio::test]
async fn the_first_account_to_verify_a_contested_address_gets_it() {
    let stack = mailing_stack();
    let (ada, _) = stack.verified_user("ada").await;
    let bob = stack.signed_up_user("bob").await;
    let before = [me(&ada).await, me(&bob).await];
    let email = stack.fresh_address();
    let mut links = Vec::new();
    for (number, user) in [(1, &ada), (2, &bob)] {
        assert_eq!(change(user, &email).await.status, 200);
        links.push(stack.link_mailed_to(&email, number).await);
        stack.reset_mail_interval().await;
    }
    let press = |link: String| {
        let stack = stack.clone();
        async move { stack.post(&link, json!({})).await.status }
    };
    let statuses = concurrently(links.clone().into_iter().map(press)).await;
    for ((user, before), (link, status)) in [&ada, &bob].iter().zip(before).zip(links.iter().zip(&statuses)) {
        let expected = if *status == 200 { with_address(before, &email) } else { before };
        assert_eq!(stack.post(link, json!({})).await.status, *status);
        assert_eq!(me(user).await, expected);
    }
    let mut statuses = statuses;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
}

#[tokio::test]
async fn an_account_without_an_address_can_add_one() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let (before, email) = (me(&ada).await, stack.fresh_address());
    assert_eq!((&before["email"], &before["email_verified"]), (&Value::Null, &json!(false)));
    let body = json!({"email": format!(" {email} "), "current_password": PASSWORD});
    ada.patch("/api/users/me/", body).await.assert(200, &before);
    // An unverified new address does not prevent signing in.
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_verified(&stack, &stack.link_mailed_to(&email, 1).await).await;
    assert_eq!(me(&ada).await, with_address(before, &email));
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
}

#[tokio::test]
async fn changing_the_case_of_ones_own_address_needs_verification_too() {
    let stack = mailing_stack();
    let (ada, email) = stack.verified_user("ada").await;
    let (before, uppercase) = (me(&ada).await, email.to_uppercase());
    stack.reset_mail_interval().await;
    change(&ada, &uppercase).await.assert(200, &before);
    assert_verified(&stack, &stack.link_mailed_to(&uppercase, 2).await).await;
    assert_eq!(me(&ada).await, with_address(before, &uppercase));
    let eve = stack.unverified_account("eve", &email).await;
    let mail = stack.mail_for(&eve).await;
    assert_eq!(stack.link_in(&mail), None, "the address is still claimed: {}", mail.text);
}

#[tokio::test]
async fn fields_other_than_the_address_are_ignored() {
    let stack = stack();
    let eve = stack.signed_up_user("eve").await;
    let before = me(&eve).await;
    let body_with_extras = json!({
        "email": stack.fresh_address(), "current_password": PASSWORD, "email_verified": true, "tier": "Enterprise",
        "is_staff": true, "used_bytes": -1, "username": "root", "id": "mine", "password": "another horse",
    });
    eve.patch("/api/users/me", body_with_extras).await.assert(200, &before);
    assert_eq!(me(&eve).await, before);
    stack.sign_in(&eve.name, PASSWORD, eve.id.clone()).await;
}

#[tokio::test]
async fn invalid_bodies_are_explained_and_change_nothing() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let before = me(&ada).await;
    let email = stack.fresh_address();
    let required = json!(["This field is required."]);
    let invalid = json!(["Enter a valid email address."]);
    for (body, errors) in [
        (json!({}), json!({"email": required, "current_password": required})),
        (json!({"email": email}), json!({"current_password": required})),
        (json!({"current_password": PASSWORD}), json!({"email": required})),
        (
            json!({"email": " ", "current_password": ""}),
            json!({
                "email": ["This field may not be blank."],
                "current_password": ["This field may not be blank."],
            }),
        ),
        (
            json!({"email": null, "current_password": null}),
            json!({"email": ["This field may not be null."], "current_password": ["This field may not be null."]}),
        ),
        (json!({"email": "nowhere", "current_password": "wrong"}), json!({"email": invalid})),
        (
            json!({"email": format!("{}@example.org", "x".repeat(309)), "current_password": PASSWORD}),
            json!({"email": ["Enter a valid email address."]}),
        ),
        (
            json!({"email": email, "current_password": format!("{PASSWORD} ")}),
            json!({"current_password": ["Invalid password."]}),
        ),
        (json!([]), json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})),
    ] {
        ada.patch("/api/users/me", body).await.assert(400, &errors);
    }
    let broken = ada.request(Method::PATCH, "/api/users/me").header("content-type", "application/json");
    let broken = Answer::of(broken.body("{\"email\":")).await;
    assert_eq!(broken.status, 400);
    assert!(broken.json()["detail"].as_str().is_some_and(|detail| detail.starts_with("JSON parse error - ")));
    stack.settled().await;
    assert_eq!((me(&ada).await, stack.inbox().to(&email)), (before, vec![]));
}

#[tokio::test]
async fn only_json_is_accepted() {
    let ada = stack().signed_up_user("ada").await;
    let request = || ada.request(Method::PATCH, "/api/users/me");
    let fields = [("email", "ada@example.org"), ("current_password", PASSWORD)];
    let form = request().form(&fields);
    let type_of = |name: &str| format!("Unsupported media type \"{name}\" in request.");
    let expected = json!({"detail": type_of("application/x-www-form-urlencoded")});
    Answer::of(form).await.assert(415, &expected);
    let text = request().header("content-type", "text/plain").body("{}");
    Answer::of(text).await.assert(415, &json!({"detail": type_of("text/plain")}));
    let multipart = Answer::of(request().multipart(Form::new().text("email", "ada@example.org"))).await;
    assert_eq!(multipart.status, 415);
}

#[tokio::test]
async fn nothing_is_changed_without_a_valid_token() {
    let stack = stack();
    let body = json!({"email": stack.fresh_address(), "current_password": PASSWORD});
    let request = || stack.http.patch(stack.url("/api/users/me")).json(&body);
    Answer::of(request()).await.assert(401, &not_signed_in());
    Answer::of(request().bearer_auth("x")).await.assert(401, &token_not_valid());
    let ada = stack.signed_up_user("ada").await;
    assert_eq!(ada.post("/api/user/logout", json!({})).await.status, 200);
    ada.patch("/api/users/me", body.clone()).await.assert(401, &token_not_valid());
}
