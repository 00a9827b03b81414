//! Staff can find and show accounts, move them to tiers, and close and reopen them.

use serde_json::{Value, json};

use crate::helpers::{
    Answer, PASSWORD, TestStack, User, mailing_stack, not_found, not_signed_in, stack, token_not_valid,
};

async fn grant(stack: &TestStack, event: Value) -> Answer {
    stack.post("/_local/invoke/grant-staff", event).await
}

/// A new account with staff rights.
pub async fn staff_user(stack: &TestStack) -> User {
    let grace = stack.signed_up_user("grace").await;
    let answer = grant(stack, json!({"username": grace.name, "staff": true})).await;
    assert_eq!(answer.outcome(), (200, json!({"username": grace.name, "is_staff": true})));
    grace
}

fn path_of(user: &User) -> String {
    format!("/api/users/{}", user.id)
}

/// The account as staff sees it.
async fn staff_view(user: &User) -> Value {
    let mut me = user.get("/api/users/me").await.json();
    me["is_active"] = json!(true);
    me
}

#[tokio::test]
async fn an_operator_can_grant_and_revoke_staff_rights() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    assert_eq!(ada.get("/api/users/me").await.json()["is_staff"], false);
    ada.get(&path_of(&ada)).await.assert(404, &not_found());
    // The operator can use any spelling of the name.
    let name = ada.name.to_uppercase();
    let answer = grant(&stack, json!({"username": name, "staff": true})).await;
    assert_eq!(answer.outcome(), (200, json!({"username": name, "is_staff": true})));
    assert_eq!(ada.get("/api/users/me").await.json()["is_staff"], true);
    let account = staff_view(&ada).await;
    ada.get(&path_of(&ada)).await.assert(200, &account);
    let answer = grant(&stack, json!({"username": ada.name, "staff": false})).await;
    assert_eq!(answer.outcome(), (200, json!({"username": ada.name, "is_staff": false})));
    ada.get(&path_of(&ada)).await.assert(404, &not_found());
    ada.assert_signed_in().await;
}

#[tokio::test]
async fn a_grant_that_fails_reports_the_reason() {
    let stack = stack();
    let nobody = stack.fresh_name("nobody");
    for (event, expected) in [
        (json!({"username": nobody, "staff": true}), "no account has this name"),
        (json!({"username": "", "staff": true}), "no account has this name"),
        (json!({"username": nobody}), "staff"),
        (json!({"username": nobody, "staff": true, "tier": "premium"}), "tier"),
    ] {
        let answer = grant(&stack, event).await;
        assert_eq!(answer.header("x-amz-function-error"), "Unhandled", "{}", answer.text());
        let message = answer.json()["errorMessage"].as_str().expect("a message").to_owned();
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn the_routes_do_not_exist_for_callers_who_are_not_staff() {
    let stack = stack();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let path = path_of(&bob);
    let find = format!("/api/users?username={}", bob.name);
    for answer in [
        ada.get(&find).await,
        ada.get("/api/users").await,
        ada.get("/api/users?email=nowhere").await,
        ada.get(&path).await,
        ada.get(&path_of(&ada)).await,
        ada.get("/api/users/x").await,
        ada.patch(&path, json!({"is_active": false})).await,
        ada.patch(&path_of(&ada), json!({"tier": "Premium"})).await,
        ada.patch(&path, json!({"tier": "Gold"})).await,
    ] {
        answer.assert(404, &not_found());
    }
    stack.get(&find).await.assert(401, &not_signed_in());
    stack.get(&path).await.assert(401, &not_signed_in());
    let change = stack.http.patch(stack.url(&path)).json(&json!({"tier": "Premium"}));
    Answer::of(change).await.assert(401, &not_signed_in());
    ada.post("/api/user/logout", json!({})).await;
    ada.get(&find).await.assert(401, &token_not_valid());
    let me = bob.get("/api/users/me").await.json();
    assert_eq!(me["tier"], "Basic");
}

#[tokio::test]
async fn an_account_is_found_by_any_spelling_of_its_name() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let number = stack.fresh_name("");
    let written = format!("\u{c5}sa.Stra\u{df}e{number}");
    let answer = stack.post("/api/users", json!({"username": written, "password": PASSWORD})).await;
    let asa =
        stack.sign_in(&written, PASSWORD, answer.json()["id"].as_str().expect("an id").to_owned()).await;
    let expected = json!({"next": null, "results": [staff_view(&asa).await]});
    for name in
        [written.clone(), format!("\u{e5}SA.STRASSE{number}"), format!("A\u{30a}sa.Stra\u{df}e{number}")]
    {
        let found = grace.request(reqwest::Method::GET, "/api/users").query(&[("username", &name)]);
        Answer::of(found).await.assert(200, &expected);
    }
    for name in [stack.fresh_name("nobody"), String::new(), "a b".to_owned(), "x".repeat(3000)] {
        let found = grace.request(reqwest::Method::GET, "/api/users/").query(&[("username", &name)]);
        Answer::of(found).await.assert(200, &json!({"next": null, "results": []}));
    }
}

#[tokio::test]
async fn a_search_by_address_lists_its_owner_first() {
    let stack = mailing_stack();
    let grace = staff_user(&stack).await;
    let email = stack.fresh_address();
    let waiting = [
        stack.unverified_account("bob", &email).await,
        stack.unverified_account("eve", &email.to_uppercase()).await,
    ];
    let ada = stack.unverified_account("ada", &email).await;
    let find = async || {
        let answer = grace.get(&format!("/api/users?email={}", email.to_uppercase())).await;
        assert_eq!((answer.status, &answer.json()["next"]), (200, &Value::Null), "{}", answer.text());
        let accounts = answer.json()["results"].as_array().expect("a list").clone();
        accounts.iter().map(|one| (one["id"].clone(), one["email_verified"].clone())).collect::<Vec<_>>()
    };
    let unverified = |id: &String| (json!(id), json!(false));
    // Newest first.
    assert_eq!(find().await, [unverified(&ada.id), unverified(&waiting[1].id), unverified(&waiting[0].id)]);
    let link = stack.link_for(&waiting[1]).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    let verified = (json!(waiting[1].id), json!(true));
    let expected = [verified, unverified(&ada.id), unverified(&waiting[0].id)];
    assert_eq!(find().await, expected);

    // The owner requests another spelling of the address. The account is still listed once.
    let eve = stack.sign_in(&waiting[1].name, PASSWORD, waiting[1].id.clone()).await;
    stack.reset_mail_interval().await;
    let body = json!({"email": email, "current_password": PASSWORD});
    assert_eq!(eve.patch("/api/users/me", body).await.status, 200);
    assert_eq!(find().await, expected);
    let unknown = grace.get(&format!("/api/users?email={}", stack.fresh_address())).await;
    unknown.assert(200, &json!({"next": null, "results": []}));
}

#[tokio::test]
async fn a_search_for_an_invalid_address_is_refused() {
    let grace = staff_user(&stack()).await;
    let invalid = json!({"email": ["Enter a valid email address."]});
    grace.get("/api/users?email=nowhere").await.assert(400, &invalid);
}

#[tokio::test]
async fn an_account_can_be_moved_to_a_tier_by_its_name_or_id() {
    let stack = stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let before = staff_view(&ada).await;
    for (tier, name, total) in [
        ("Premium", "Premium", 53_687_091_200_u64),
        ("enterprise", "Enterprise", 1_099_511_627_776),
        ("Basic", "Basic", 1_073_741_824),
    ] {
        let mut expected = before.clone();
        expected["tier"] = json!(name);
        expected["max_total_bytes"] = json!(total);
        grace.patch(&path_of(&ada), json!({"tier": tier})).await.assert(200, &expected);
        grace.get(&format!("{}/", path_of(&ada))).await.assert(200, &expected);
        assert_eq!(staff_view(&ada).await, expected, "the change takes effect immediately");
    }
    ada.assert_signed_in().await;
    let gold = json!({"tier": ["\"Gold\" is not a valid choice."]});
    grace.patch(&path_of(&ada), json!({"tier": "Gold"})).await.assert(400, &gold);
    let errors = json!({"tier": ["This field may not be null."], "is_active": ["Must be a valid boolean."]});
    grace.patch(&path_of(&ada), json!({"tier": null, "is_active": "perhaps"})).await.assert(400, &errors);
    let form = grace.request(reqwest::Method::PATCH, &path_of(&ada)).form(&[("tier", "Premium")]);
    assert_eq!(Answer::of(form).await.status, 415);
    assert_eq!(staff_view(&ada).await, before);
}

#[tokio::test]
async fn a_closed_account_cannot_sign_in_until_it_is_reopened() {
    let stack = stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let mut expected = staff_view(&ada).await;
    expected["is_active"] = json!(false);
    for _ in 0..2 {
        grace.patch(&path_of(&ada), json!({"is_active": false})).await.assert(200, &expected);
    }
    ada.assert_signed_out().await;
    other_session.assert_signed_out().await;
    let credentials = json!({"username": ada.name, "password": PASSWORD});
    let refused = json!({"detail": "No active account found with the given credentials"});
    stack.post("/api/token", credentials).await.assert(401, &refused);
    grace.get(&path_of(&ada)).await.assert(200, &expected);

    expected["is_active"] = json!(true);
    grace.patch(&path_of(&ada), json!({"is_active": true})).await.assert(200, &expected);
    ada.assert_signed_out().await;
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await.assert_signed_in().await;
}

#[tokio::test]
async fn staff_who_close_their_own_account_are_signed_out() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    assert_eq!(grace.patch(&path_of(&grace), json!({"is_active": false})).await.status, 200);
    grace.assert_signed_out().await;
    grace.get("/api/users").await.assert(401, &token_not_valid());
}

#[tokio::test]
async fn other_fields_are_ignored() {
    let stack = stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let before = staff_view(&ada).await;
    let body_with_extras = json!({
        "is_staff": true, "username": "root", "email": "eve@example.org", "email_verified": true, "used_bytes": -1,
        "max_total_bytes": 1, "auth_epoch": 9, "id": "mine", "password": "another horse", "created_at": "1970-01-01T00:00:00Z",
    });
    for body in [body_with_extras, json!({})] {
        grace.patch(&path_of(&ada), body).await.assert(200, &before);
    }
    ada.assert_signed_in().await;
    assert_eq!(staff_view(&ada).await, before);
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let stack = stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let deleted = stack.signed_up_user("bob").await;
    assert_eq!(deleted.delete_with("/api/users/me", json!({"password": PASSWORD})).await.status, 204);
    stack.settled().await;
    let long = "x".repeat(5000);
    let unknown = "019ce36f-2530-7000-8000-000000000001";
    for id in [deleted.id.as_str(), unknown, &ada.id.to_uppercase(), "x", "%00", &long] {
        grace.get(&format!("/api/users/{id}")).await.assert(404, &not_found());
        let path = format!("/api/users/{id}");
        grace.patch(&path, json!({"is_active": true})).await.assert(404, &not_found());
    }
    let found = grace.get(&format!("/api/users?username={}", deleted.name)).await;
    found.assert(200, &json!({"next": null, "results": []}));
}

#[tokio::test]
async fn two_concurrent_changes_are_both_kept() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    for _ in 0..5 {
        let ada = stack.signed_up_user("ada").await;
        let path = path_of(&ada);
        let (moved, closed) = tokio::join!(
            grace.patch(&path, json!({"tier": "Premium"})),
            grace.patch(&path, json!({"is_active": false}))
        );
        assert_eq!((moved.status, closed.status), (200, 200));
        let account = grace.get(&path).await.json();
        assert_eq!((&account["tier"], &account["is_active"]), (&json!("Premium"), &json!(false)));
    }
}
