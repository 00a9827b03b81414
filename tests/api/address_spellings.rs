//! Which addresses are accepted, how they are stored, and where mail to them goes.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, TestStack, mailing_stack, stack};

const RESET: &str = "/api/user/password-reset";

fn invalid() -> Value {
    json!(["Enter a valid email address."])
}

#[tokio::test]
async fn addresses_that_ses_cannot_mail_are_refused_on_every_route() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let prefix = stack.fresh_name("mail");
    for email in ["ü@example.com", "ａda@example.com", "\u{212a}ate@example.com", "a@exa_mple.com", "a@b"] {
        let email = format!("{prefix}{email}");
        let name = stack.fresh_name("eve");
        let body = json!({"username": name, "password": PASSWORD, "email": email});
        stack.post("/api/users", body.clone()).await.assert(400, &json!({"email": invalid()}));
        let errors = json!({"error": "Enter a valid email address.", "errors": {"email": invalid()}});
        stack.post("/api/user/register", body).await.assert(400, &errors);
        for path in [RESET, "/api/user/resend-verification"] {
            stack.post(path, json!({"email": email})).await.assert(400, &json!({"email": invalid()}));
        }
        let body = json!({"email": email, "current_password": PASSWORD});
        ada.patch("/api/users/me", body).await.assert(400, &json!({"email": invalid()}));
        // The refused sign-ups have not taken the name.
        let body = json!({"username": name, "password": PASSWORD});
        assert_eq!(stack.post("/api/users", body).await.status, 201);
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn all_spellings_of_a_non_ascii_domain_are_one_mailbox_stored_as_punycode() {
    let stack = mailing_stack();
    let name = stack.fresh_name("I");
    // The domain with a composed letter, with a combining mark, and as Punycode.
    let typed = format!("{name}@bücher.example");
    let kept = format!("{name}@xn--bcher-kva.example");
    let spellings = [typed.clone(), format!("{name}@BU\u{308}CHER.example"), kept.clone()];
    let ada = stack.unverified_account("ada", &typed).await;
    let mail = stack.mails(&kept, 1).await.remove(0);
    assert_eq!(mail.to, [kept.as_str()]);
    let link = stack.link_in(&mail).expect("a link");
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    let user = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_eq!(user.get("/api/users/me").await.json()["email"], kept);
    for (number, spelling) in (2..).zip(&spellings) {
        stack.reset_mail_interval().await;
        stack.post(RESET, json!({"email": spelling})).await;
        let mail = stack.mails(&kept, number).await.remove(number - 1);
        assert!(
            mail.to == [kept.as_str()] && mail.text.contains("password-reset"),
            "{spelling}: {}",
            mail.text
        );
    }
    // Another account does not get the same mailbox.
    let eve = stack.unverified_account("eve", &kept.to_uppercase()).await;
    let mail = stack.mails(&kept, 5).await.remove(4);
    assert!(mail.text.contains(&eve.name) && stack.link_in(&mail).is_none(), "{}", mail.text);
}

/// An account whose address was verified when domains were still stored as typed: its name, the local part and its
/// id.
async fn account_before_punycode(stack: &TestStack, prefix: &str) -> (String, String, String) {
    let user = stack.signed_up_user(prefix).await;
    let local = stack.fresh_name("mail");
    let stored = format!("{local}@bücher.example");
    let claim = json!({
        "pk": {"S": format!("EMAIL#{stored}")}, "sk": {"S": "EMAIL"}, "user_id": {"S": user.id},
        "username": {"S": user.name},
    });
    stack.dynamodb("PutItem", json!({"Item": claim})).await;
    let pk = format!("USER#{}", user.id);
    for (name, value) in [("email", json!({"S": stored})), ("email_verified", json!({"BOOL": true}))] {
        stack.set_attribute(&pk, "USER", name, value).await;
    }
    (user.name, local, user.id)
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_address_stored_before_punycode_is_still_found_and_mailed() {
    let stack = mailing_stack();
    let (name, local, id) = account_before_punycode(&stack, "ada").await;
    let punycode = format!("{local}@xn--bcher-kva.example");
    let mut number = 0;
    for spelling in [punycode.clone(), format!("{local}@Bücher.example")] {
        number += 1;
        stack.reset_mail_interval().await;
        stack.post(RESET, json!({"email": spelling})).await;
        let link = stack.link_mailed_to(&punycode, number).await;
        let answer = stack.post(&link, json!({"new_password": "another horse battery"})).await;
        assert_eq!(answer.status, 204, "{spelling}: {}", answer.text());
    }
    let user = stack.sign_in(&name, "another horse battery", id).await;
    // Nobody else can verify it, and a change of the address frees it.
    let eve = stack.unverified_account("eve", &punycode).await;
    let mail = stack.mails(&punycode, 3).await.remove(2);
    assert!(mail.text.contains(&eve.name) && stack.link_in(&mail).is_none(), "{}", mail.text);
    let email = stack.fresh_address();
    let body = json!({"email": email, "current_password": "another horse battery"});
    assert_eq!(user.patch("/api/users/me", body).await.status, 200);
    let link = stack.link_mailed_to(&email, 1).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    assert_eq!(stack.record(&format!("EMAIL#{local}@bücher.example"), "EMAIL").await, Value::Null);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn mail_goes_to_the_stored_address_whatever_spelling_the_request_has() {
    let stack = mailing_stack();
    let stored = format!("Kate.{}@Example.org", stack.fresh_name("Mail"));
    let kate = stack.unverified_account("kate", &stored).await;
    for (number, path) in [(2, RESET), (3, "/api/user/resend-verification"), (4, RESET)] {
        if number == 4 {
            let link = stack.link_mailed_to(&stored, 3).await;
            assert_eq!(stack.post(&link, json!({})).await.status, 200);
        }
        stack.mails(&stored, number - 1).await;
        stack.reset_mail_interval().await;
        stack.post(path, json!({"email": stored.to_uppercase()})).await;
        assert_eq!(stack.mails(&stored, number).await[number - 1].to, [stored.as_str()], "{path}");
    }
    // The owner of the address gets a mail about a sign-up with it, and about another request to verify it.
    let eve = stack.unverified_account("eve", &stored.to_lowercase()).await;
    let mail = stack.mail_for(&eve).await;
    assert_eq!(mail.to, [stored.as_str()]);
    stack.reset_mail_interval().await;
    stack.post("/api/user/resend-verification", json!({"email": stored.to_lowercase()})).await;
    let mail = stack.mails(&stored, 6).await.remove(5);
    assert!(mail.to == [stored.as_str()] && mail.text.contains(&kate.name), "{}", mail.text);
}

#[tokio::test]
async fn a_queued_reset_of_an_older_release_goes_to_the_stored_address() {
    let stack = mailing_stack();
    let stored = format!("kate.{}@example.org", stack.fresh_name("mail"));
    let kate = stack.unverified_account("kate", &stored).await;
    let link = stack.link_for(&kate).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    let spelled = stored.replacen('k', "\u{212a}", 1);
    let mail = json!({
        "pk": {"S": format!("MAIL#{}", kate.id)}, "sk": {"S": "MAIL"}, "id": {"S": kate.id}, "kind": {"S": "reset_password"},
        "email": {"S": spelled}, "base_url": {"S": stack.api_url()},
    });
    stack.put_records(&[mail]).await;
    assert_eq!(stack.mails(&stored, 2).await[1].to, [stored.as_str()]);
    stack.settled().await;
    assert!(stack.inbox().all().iter().all(|mail| !mail.to.contains(&spelled)));
}
