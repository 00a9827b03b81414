//! `POST /api/user/resend-verification`.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, concurrently, mailing_stack, stack};

const PATH: &str = "/api/user/resend-verification";

fn mail_requested() -> Value {
    json!({"message": "If an account has this address, verified or not, a mail is on its way."})
}

#[tokio::test]
async fn every_unverified_account_of_an_address_gets_its_own_link() {
    let stack = mailing_stack();
    let email = stack.fresh_address();
    let ada = stack.unverified_account("ada", &email).await;
    let bob = stack.unverified_account("bob", &email).await;
    let first_links = [stack.link_for(&ada).await, stack.link_for(&bob).await];
    stack.mails(&email, 2).await;
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": email.to_uppercase()})).await.assert(202, &mail_requested());
    let mail = stack.mails(&email, 3).await.pop().expect("a mail");
    let links: Vec<_> = mail.text.lines().filter_map(|line| line.strip_prefix(stack.api_url())).collect();
    assert_eq!(links.len(), 2, "{}", mail.text);
    let (adas, bobs) = (mail.text.find(&ada.name), mail.text.find(&bob.name));
    assert!(adas.is_some() && bobs.is_some() && mail.html.matches("<a href=").count() == 2, "{}", mail.text);
    // Each link is below the name of its account.
    let adas = if adas < bobs { links[0] } else { links[1] };
    assert!(
        links
            .iter()
            .all(|link| link.starts_with("/api/verify-email/") && !first_links.contains(&(*link).to_owned()))
    );
    stack.post(adas, json!({})).await.assert(200, &json!({"message": "Email verification successful"}));
    stack.sign_in(&ada.name, PASSWORD, ada.id).await;
    let credentials = json!({"username": bob.name, "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials).await.status, 401);
    let others = links.iter().copied().filter(|link| *link != adas);
    for link in others.chain(first_links.iter().map(String::as_str)) {
        assert_eq!(stack.post(link, json!({})).await.status, 404, "only the used link stays valid");
    }
}

#[tokio::test]
async fn the_mail_for_a_change_of_address_can_be_requested_again() {
    let stack = mailing_stack();
    let ada = stack.signed_up_user("ada").await;
    let email = stack.fresh_address();
    let body = json!({"email": email, "current_password": PASSWORD});
    assert_eq!(ada.patch("/api/users/me", body).await.status, 200);
    stack.link_mailed_to(&email, 1).await;
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": email})).await.assert(202, &mail_requested());
    let link = stack.link_mailed_to(&email, 2).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    assert_eq!(ada.get("/api/users/me").await.json()["email"], json!(email));
}

#[tokio::test]
async fn a_verified_address_gets_a_mail_that_says_so() {
    let stack = mailing_stack();
    let (ada, email) = stack.verified_user("ada").await;
    stack.reset_mail_interval().await;
    stack.post(PATH, json!({"email": email})).await.assert(202, &mail_requested());
    let mail = &stack.mails(&email, 2).await[1];
    assert_eq!(mail.subject, "Your e-mail address is verified");
    assert!(mail.text.contains(&ada.name) && stack.link_in(mail).is_none(), "{}", mail.text);
}

#[tokio::test]
async fn all_requests_get_the_same_response_and_unknown_addresses_get_no_mail() {
    let stack = mailing_stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    stack.mail_for(&ada).await;
    stack.reset_mail_interval().await;
    let unknown = stack.fresh_address();
    for email in [&ada.email, &unknown] {
        for answer in stack.post_variants(PATH, &[("email", email)]).await {
            answer.assert(202, &mail_requested());
        }
    }
    stack.settled().await;
    assert!(stack.inbox().to(&ada.email).len() >= 2);
    assert_eq!(stack.inbox().to(&unknown), []);
}

#[tokio::test]
async fn concurrent_requests_get_the_same_response() {
    let stack = stack();
    let email = stack.fresh_address();
    let ask = |_| {
        let (stack, email) = (stack.clone(), email.clone());
        async move { stack.post(PATH, json!({"email": email})).await.outcome() }
    };
    assert_eq!(concurrently((0..10).map(ask)).await, vec![(202, mail_requested()); 10]);
}

#[tokio::test]
async fn an_invalid_address_is_refused_with_a_reason() {
    let stack = stack();
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({"email": ""}), "This field may not be blank."),
        (json!({"email": null}), "This field may not be null."),
        (json!({"email": {}}), "Not a valid string."),
        (json!({"email": "ada@nowhere"}), "Enter a valid email address."),
    ] {
        stack.post(PATH, body).await.assert(400, &json!({"email": [message]}));
    }
    for answer in stack.post_variants(PATH, &[("email", "ada")]).await {
        answer.assert(400, &json!({"email": ["Enter a valid email address."]}));
    }
    let message = json!({"detail": "Unsupported media type \"text/plain\" in request."});
    stack.post_raw(PATH, "text/plain", "ada@example.org").await.assert(415, &message);
    let list = json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]});
    stack.post(PATH, json!([])).await.assert(400, &list);
}
