//! Accounts with the same address: the first one to verify it gets it.

use serde_json::json;

use crate::helpers::{PASSWORD, TestStack, UnverifiedAccount, concurrently, stack};

async fn signs_in(stack: &TestStack, account: &UnverifiedAccount) -> bool {
    let credentials = json!({"username": account.name, "password": PASSWORD});
    stack.post("/api/token", credentials).await.status == 200
}

#[tokio::test]
async fn the_first_of_two_accounts_to_verify_an_address_gets_it() {
    let stack = stack();
    let email = stack.fresh_address();
    let eve = stack.unverified_account("eve", &email).await;
    let ada = stack.unverified_account("ada", &email.to_uppercase()).await;
    let (eves, adas) = (stack.link_for(&eve).await, stack.link_for(&ada).await);
    let answer = stack.post(&adas, json!({})).await;
    answer.assert(200, &json!({"message": "Email verification successful"}));
    for _ in 0..2 {
        stack.post(&eves, json!({})).await.assert(404, &json!({"detail": "Not found."}));
    }
    assert!(signs_in(&stack, &ada).await && !signs_in(&stack, &eve).await);
}

#[tokio::test]
async fn only_one_of_several_concurrent_verifications_of_an_address_succeeds() {
    let stack = stack();
    let email = stack.fresh_address();
    let accounts = [
        stack.unverified_account("eve", &email).await,
        stack.unverified_account("ada", &email).await,
        stack.unverified_account("bob", &email).await,
    ];
    let mut links = Vec::new();
    for account in &accounts {
        links.push(stack.link_for(account).await);
    }
    let press = |link: String| {
        let stack = stack.clone();
        async move { stack.post(&link, json!({})).await.status }
    };
    let mut statuses = concurrently(links.into_iter().map(press)).await;
    for (account, status) in accounts.iter().zip(&statuses) {
        assert_eq!(signs_in(&stack, account).await, *status == 200);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404]);
}

#[tokio::test]
async fn the_owner_of_an_address_is_notified_of_a_later_sign_up_with_it() {
    let stack = stack();
    let email = stack.fresh_address();
    let ada = stack.unverified_account("ada", &email).await;
    let link = stack.link_for(&ada).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);

    // The response does not reveal that the address belongs to an account.
    let name = stack.fresh_name("eve");
    let body = json!({"username": name, "password": PASSWORD, "email": email.to_uppercase()});
    let answer = stack.post("/api/users", body).await;
    let expected = json!({
        "message": "User created successfully",
        "id": answer.json()["id"],
        "username": name,
        "email": email.to_uppercase(),
        "email_verified": false,
        "tier": "Basic",
    });
    answer.assert(201, &expected);
    let eve = UnverifiedAccount { id: String::new(), name, email: email.clone() };
    let mail = stack.mail_for(&eve).await;
    assert_eq!(stack.link_in(&mail), None, "{}", mail.text);
    assert!(mail.html.contains(&eve.name) && !mail.html.contains("<a "), "{}", mail.html);
    assert_eq!(stack.mails(&email, 2).await.len(), 2);
    assert!(signs_in(&stack, &ada).await && !signs_in(&stack, &eve).await);
}
