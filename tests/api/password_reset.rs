//! `/api/user/password-reset`: the mail, its page and the new password.

use serde_json::{Value, json};

use crate::helpers::{
    Answer, PASSWORD, TestStack, User, concurrently, mailing_stack, not_found, stack, stack_with,
};
use crate::staff::staff_user;

pub const PATH: &str = "/api/user/password-reset";
pub const NEW_PASSWORD: &str = "another horse battery";

fn mail_requested() -> Value {
    json!({"message": "If an account has this address, a mail is on its way."})
}

/// Requests a reset, and returns the path of the link in the `number`th mail to `email`.
async fn reset_link(stack: &TestStack, email: &str, number: usize) -> String {
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": email})).await.assert(202, &mail_requested());
    let link = stack.link_mailed_to(email, number).await;
    assert!(link.starts_with("/api/user/password-reset/"), "{link}");
    link
}

/// A user with a verified address, the address, and the path of a reset link.
pub async fn user_with_reset_link(stack: &TestStack) -> (User, String, String) {
    let (ada, email) = stack.verified_user("ada").await;
    let link = reset_link(stack, &email, 2).await;
    (ada, email, link)
}

pub async fn reset(stack: &TestStack, link: &str, password: &str) -> Answer {
    stack.post(link, json!({"new_password": password})).await
}

pub async fn signs_in(user: &User, password: &str) -> bool {
    let body = json!({"username": user.name, "password": password});
    user.stack.post("/api/token", body).await.status == 200
}

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_every_session() {
    let stack = mailing_stack();
    let (ada, email, link) = user_with_reset_link(&stack).await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let mail = &stack.mails(&email, 2).await[1];
    assert!(mail.text.contains(&ada.name) && mail.html.contains(&stack.url(&link)), "{}", mail.text);
    ada.assert_signed_in().await;

    let answer = reset(&stack, &link, NEW_PASSWORD).await;
    assert_eq!((answer.status, answer.text().as_str()), (204, ""));
    ada.assert_signed_out().await;
    other_session.assert_signed_out().await;
    assert!(signs_in(&ada, NEW_PASSWORD).await && !signs_in(&ada, PASSWORD).await);
    for _ in 0..2 {
        reset(&stack, &link, "a third horse battery").await.assert(404, &not_found());
    }
    assert!(signs_in(&ada, NEW_PASSWORD).await);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn every_type_of_body_and_a_trailing_slash_are_accepted() {
    let stack = mailing_stack();
    let (ada, email) = stack.verified_user("ada").await;
    let mut mails = 1;
    for (password, path_end) in
        [("horse number one", ""), ("horse number two", "/"), ("horse number three", "")]
    {
        mails += 1;
        let link = format!("{}{path_end}", reset_link(&stack, &email, mails).await);
        let fields = [("new_password", password)];
        let answer = match mails {
            2 => stack.post(&link, json!({"new_password": password})).await,
            3 => stack.post_form(&link, &fields).await,
            _ => stack.post_multipart(&link, &fields).await,
        };
        assert_eq!(answer.status, 204, "{}", answer.text());
        assert!(signs_in(&ada, password).await);
    }
}

#[tokio::test]
async fn all_requests_get_the_same_response_and_only_known_addresses_get_a_mail() {
    let stack = mailing_stack();
    let waiting = stack.unverified_account("grace", &stack.fresh_address()).await;
    let (ada, verified) = stack.verified_user("ada").await;
    stack.mail_for(&waiting).await;
    stack.reset_mail_interval().await;
    let unknown = stack.fresh_address();
    for email in [&verified, &waiting.email, &unknown] {
        for (place, answer) in stack.post_variants(PATH, &[("email", email)]).await.into_iter().enumerate() {
            answer.assert(202, &mail_requested());
            assert_eq!(place < 6, answer.header("retry-after").is_empty());
        }
    }
    stack.settled().await;
    let counts = [&verified, &waiting.email, &unknown].map(|email| stack.inbox().to(email).len());
    // Six requests within a minute send one mail, or more if another test resets the interval.
    assert!(counts[0] >= 2 && counts[1] >= 2 && counts[2] == 0, "{counts:?}");
    assert!(signs_in(&ada, PASSWORD).await);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_unverified_address_gets_a_verification_mail_instead() {
    let stack = mailing_stack();
    let grace = stack.unverified_account("grace", &stack.fresh_address()).await;
    let first = stack.link_for(&grace).await;
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": grace.email.to_uppercase()})).await.assert(202, &mail_requested());
    let mail = &stack.mails(&grace.email, 2).await[1];
    assert_eq!((&mail.to, mail.subject.as_str()), (&vec![grace.email.clone()], "Verify your e-mail address"));
    let link = stack.link_in(mail).expect("a link");
    assert!(link.starts_with("/api/verify-email/") && link != first && mail.text.contains(&grace.name));
    let verified = json!({"message": "Email verification successful"});
    stack.post(&link, json!({})).await.assert(200, &verified);
    let link = reset_link(&stack, &grace.email, 3).await;
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
    stack.sign_in(&grace.name, NEW_PASSWORD, grace.id).await;
}

#[tokio::test]
async fn an_imported_user_can_verify_the_address_and_then_reset_the_password() {
    let stack = mailing_stack();
    let (name, email) = (stack.fresh_name("moved"), stack.fresh_address());
    let hash = "pbkdf2_sha256$1000$c2FsdA$YrtirePrzH66n4owVqiRS5n3g92phG/4Rq9NipetTgE=";
    let csv = format!("username,email,password\n{name},{email},{hash}\n");
    let event = json!({"csv": csv, "emails_verified": false});
    let report = stack.post("/_local/invoke/import-users", event).await.json();
    assert_eq!(report["imported"], 1, "{report}");
    stack.post(PATH, json!({"email": email})).await.assert(202, &mail_requested());
    let link = stack.link_mailed_to(&email, 1).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    let link = reset_link(&stack, &email, 2).await;
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
    stack.sign_in(&name, NEW_PASSWORD, String::new()).await;
}

#[tokio::test]
async fn signing_out_everywhere_leaves_a_reset_link_valid() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    for _ in 0..2 {
        let ada = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
        assert_eq!(ada.post("/api/user/logout", json!({"all": true})).await.status, 200);
    }
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
    assert!(signs_in(&ada, NEW_PASSWORD).await && !signs_in(&ada, PASSWORD).await);
    // The reset has updated the login record together with the account.
    let ada = stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await;
    assert_eq!(ada.post("/api/user/logout", json!({"all": true})).await.status, 200);
    stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await.assert_signed_in().await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_reset_link_works_once_for_an_account_without_a_credential_epoch() {
    let stack = mailing_stack();
    let (ada, email) = stack.verified_user("ada").await;
    let pk = format!("USER#{}", ada.id);
    let body = json!({
        "Key": {"pk": {"S": pk}, "sk": {"S": "USER"}}, "UpdateExpression": "REMOVE credential_epoch",
    });
    stack.dynamodb("UpdateItem", body).await;
    let links = [reset_link(&stack, &email, 2).await, reset_link(&stack, &email, 3).await];
    assert_eq!(ada.post("/api/user/logout", json!({"all": true})).await.status, 200);
    assert_eq!(reset(&stack, &links[0], NEW_PASSWORD).await.status, 204);
    reset(&stack, &links[1], PASSWORD).await.assert(404, &not_found());
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn closing_an_account_invalidates_its_reset_links_for_good() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    let boss = staff_user(&stack).await;
    for is_active in [false, true] {
        let path = format!("/api/users/{}", ada.id);
        assert_eq!(boss.patch(&path, json!({"is_active": is_active})).await.status, 200);
        reset(&stack, &link, NEW_PASSWORD).await.assert(404, &not_found());
    }
    assert!(signs_in(&ada, PASSWORD).await);
}

#[tokio::test]
async fn sign_ups_by_others_do_not_prevent_the_mail_to_an_imported_user() {
    let stack = mailing_stack();
    let (name, email) = (stack.fresh_name("moved"), stack.fresh_address());
    let hash = "pbkdf2_sha256$1000$c2FsdA$YrtirePrzH66n4owVqiRS5n3g92phG/4Rq9NipetTgE=";
    let csv = format!("username,email,password\n{name},{email},{hash}\n");
    let report = stack.post("/_local/invoke/import-users", json!({"csv": csv})).await.json();
    assert_eq!(report["imported"], 1, "{report}");
    for _ in 0..6 {
        stack.unverified_account("eve", &email).await;
    }
    assert_eq!(stack.mails(&email, 6).await.len(), 6);
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": email})).await.assert(202, &mail_requested());
    let mails = stack.mails(&email, 7).await;
    assert!(mails[6].text.contains(&name), "{}", mails[6].text);
}

#[tokio::test]
async fn a_closed_account_gets_no_mail_and_its_links_are_invalid() {
    let stack = mailing_stack();
    let (ada, email, link) = user_with_reset_link(&stack).await;
    let (pk, name) = (format!("USER#{}", ada.id), format!("NAME#{}", ada.name));
    for (pk, sk) in [(&pk, "USER"), (&name, "LOGIN")] {
        stack.set_attribute(pk, sk, "is_active", json!({"BOOL": false})).await;
    }
    reset(&stack, &link, NEW_PASSWORD).await.assert(404, &not_found());
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": email})).await.assert(202, &mail_requested());
    stack.settled().await;
    assert_eq!(stack.inbox().to(&email).len(), 2);
}

#[tokio::test]
async fn an_invalid_address_is_refused_with_a_reason() {
    let stack = stack();
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({"email": " "}), "This field may not be blank."),
        (json!({"email": null}), "This field may not be null."),
        (json!({"email": ["ada@example.org"]}), "Not a valid string."),
        (json!({"email": "ada@nowhere"}), "Enter a valid email address."),
    ] {
        stack.post(PATH, body).await.assert(400, &json!({"email": [message]}));
    }
    for answer in stack.post_variants(PATH, &[("email", "ada")]).await {
        answer.assert(400, &json!({"email": ["Enter a valid email address."]}));
    }
    let message = json!({"detail": "Unsupported media type \"text/plain\" in request."});
    stack.post_raw(PATH, "text/plain", "ada@example.org").await.assert(415, &message);
}

#[tokio::test]
async fn a_weak_password_is_refused_and_the_link_stays_valid() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    for (password, messages) in [
        (json!("Password1"), json!(["This password is too common."])),
        (
            json!("12345"),
            json!([
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]),
        ),
        (json!("x7".repeat(65)), json!(["Ensure this field has no more than 128 characters."])),
        (json!(""), json!(["This field may not be blank."])),
        (json!(null), json!(["This field may not be null."])),
    ] {
        let answer = stack.post(&link, json!({"new_password": password})).await;
        answer.assert(400, &json!({"new_password": messages}));
    }
    let required = json!({"new_password": ["This field is required."]});
    stack.post(&link, json!({})).await.assert(400, &required);
    ada.assert_signed_in().await;
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
    assert!(signs_in(&ada, NEW_PASSWORD).await);
}

#[tokio::test]
async fn an_unknown_link_is_not_found() {
    let stack = stack();
    let long = "x".repeat(5000);
    for token in ["unknown", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "..%2F..", &long] {
        reset(&stack, &format!("{PATH}/{token}"), NEW_PASSWORD).await.assert(404, &not_found());
    }
}

#[tokio::test]
async fn an_expired_link_is_not_found() {
    let stack = stack_with(&[("MailLinkSeconds", "1")]);
    // A verification link would expire as fast, so the address is verified in the table.
    let ada = stack.signed_up_user("ada").await;
    let email = stack.fresh_address();
    assert_eq!(
        ada.patch("/api/users/me", json!({"email": email, "current_password": PASSWORD})).await.status,
        200
    );
    let (pk, key) = (format!("USER#{}", ada.id), format!("EMAIL#{email}"));
    let claim = json!({
        "pk": {"S": key}, "sk": {"S": "EMAIL"}, "user_id": {"S": ada.id}, "username": {"S": ada.name},
    });
    stack.dynamodb("PutItem", json!({"Item": claim})).await;
    for (name, value) in [("email", json!({"S": email})), ("email_verified", json!({"BOOL": true}))] {
        stack.set_attribute(&pk, "USER", name, value).await;
    }
    let mails = stack.mails(&email, 1).await.len() + 1;
    let link = reset_link(&stack, &email, mails).await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    reset(&stack, &link, NEW_PASSWORD).await.assert(404, &not_found());
    assert_eq!(stack.get(&link).await.status, 200);
    ada.assert_signed_in().await;
}

#[tokio::test]
async fn changing_the_password_invalidates_reset_links() {
    let stack = mailing_stack();
    let (ada, email, first) = user_with_reset_link(&stack).await;
    let second = reset_link(&stack, &email, 3).await;
    assert_eq!(reset(&stack, &second, NEW_PASSWORD).await.status, 204);
    reset(&stack, &first, PASSWORD).await.assert(404, &not_found());

    let third = reset_link(&stack, &email, 4).await;
    let ada = stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await;
    let body = json!({"current_password": NEW_PASSWORD, "new_password": "a third horse battery"});
    assert_eq!(ada.post("/api/users/me/password", body).await.status, 204);
    reset(&stack, &third, PASSWORD).await.assert(404, &not_found());
    assert!(signs_in(&ada, "a third horse battery").await && !signs_in(&ada, PASSWORD).await);
    ada.assert_signed_in().await;
}

#[tokio::test]
async fn changing_the_address_invalidates_reset_links() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    let email = stack.fresh_address();
    let body = json!({"email": email, "current_password": PASSWORD});
    assert_eq!(ada.patch("/api/users/me", body).await.status, 200);
    let to_new = stack.link_mailed_to(&email, 1).await;
    assert_eq!(stack.post(&to_new, json!({})).await.status, 200);
    reset(&stack, &link, NEW_PASSWORD).await.assert(404, &not_found());
    ada.assert_signed_in().await;
    let link = reset_link(&stack, &email, 2).await;
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
}

#[tokio::test]
async fn verification_and_reset_links_are_not_interchangeable() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    let token = link.rsplit('/').next().expect("a token");
    stack.post(&format!("/api/verify-email/{token}"), json!({})).await.assert(404, &not_found());
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204, "the link is still valid");

    let grace = stack.unverified_account("grace", &stack.fresh_address()).await;
    let link = stack.link_for(&grace).await;
    let token = link.rsplit('/').next().expect("a token");
    reset(&stack, &format!("{PATH}/{token}"), NEW_PASSWORD).await.assert(404, &not_found());
    assert_eq!(stack.post(&link, json!({})).await.status, 200, "the link is still valid");
    assert!(signs_in(&ada, NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_link_used_concurrently_works_once() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    let press = |number: usize| {
        let (stack, link) = (stack.clone(), link.clone());
        async move { reset(&stack, &link, &format!("horse number {number}")).await.status }
    };
    let statuses = concurrently((0..5).map(press)).await;
    for (number, status) in statuses.iter().enumerate() {
        assert_eq!(signs_in(&ada, &format!("horse number {number}")).await, *status == 204);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [204, 404].contains(status)), "{statuses:?}");
}
