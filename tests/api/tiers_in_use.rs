//! Tiers with accounts cannot be deleted.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, User, id, not_found};
use crate::staff::staff_user;
use crate::staff_tiers::{
    assert_deleted, assign_tier, create_tier, expected_tier, name_taken, path_of, put, tier_settings,
    tier_stack,
};

const ALL: &str = "/api/account-tiers";

fn in_use() -> Value {
    json!({"detail": "This tier is in use."})
}

async fn tier_of(user: &User) -> Value {
    user.get("/api/users/me").await.json()["tier"].take()
}

#[tokio::test]
async fn a_tier_can_be_deleted_after_its_last_account_has_left() {
    let stack = tier_stack();
    let grace = staff_user(&stack).await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let (gold, silver) = (create_tier(&grace).await, create_tier(&grace).await);
    for user in [&ada, &bob, &ada] {
        assert_eq!(assign_tier(&grace, user, &gold).await.status, 200);
    }
    grace.delete(&path_of(&gold)).await.assert(409, &in_use());
    // Changed settings apply to the accounts in the tier, and a closed account stays in its tier.
    let changed = tier_settings(&stack.fresh_name("Tier "));
    assert_eq!(put(&grace, &path_of(&gold), &changed).await.status, 200);
    assert_eq!(tier_of(&ada).await, changed["name"]);
    let closed = grace.patch(&format!("/api/users/{}", bob.id), json!({"is_active": false})).await;
    assert_eq!(closed.status, 200);
    assert_eq!(assign_tier(&grace, &ada, &silver).await.status, 200);
    grace.delete(&path_of(&gold)).await.assert(409, &in_use());
    assert_eq!(assign_tier(&grace, &bob, &json!({"id": "basic"})).await.status, 200);
    assert_deleted(grace.delete(&path_of(&gold)).await).await;
    // An erased account has left its tier, too.
    grace.delete(&path_of(&silver)).await.assert(409, &in_use());
    assert_eq!(ada.delete_with("/api/users/me", json!({"password": PASSWORD})).await.status, 204);
    stack.settled().await;
    assert_deleted(grace.delete(&path_of(&silver)).await).await;
}

#[tokio::test]
async fn a_tier_is_never_deleted_while_an_account_enters_it() {
    let stack = tier_stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let basic = json!({"id": "basic"});
    for round in 0..20 {
        let tier = create_tier(&grace).await;
        let path = path_of(&tier);
        // Each of the two requests is first in half of the rounds.
        let (entering, deleted) = if round % 2 == 0 {
            tokio::join!(assign_tier(&grace, &ada, &tier), grace.delete(&path))
        } else {
            let (deleted, entering) = tokio::join!(grace.delete(&path), assign_tier(&grace, &ada, &tier));
            (entering, deleted)
        };
        if entering.status == 200 {
            deleted.assert(409, &in_use());
            assert_eq!(tier_of(&ada).await, tier["name"]);
            grace.get(&path).await.assert(200, &tier);
            assert_eq!(assign_tier(&grace, &ada, &basic).await.status, 200);
            assert_deleted(grace.delete(&path).await).await;
        } else {
            let message = format!("\"{}\" is not a valid choice.", id(&tier));
            entering.assert(400, &json!({"tier": [message]}));
            assert_deleted(deleted).await;
            assert_eq!(tier_of(&ada).await, "Basic");
        }
    }
}

#[tokio::test]
async fn an_unverified_account_cannot_enter_a_tier() {
    let stack = tier_stack();
    let grace = staff_user(&stack).await;
    let tier = create_tier(&grace).await;
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let path = format!("/api/users/{}", ada.id);
    let message = json!({"tier": ["The address of this account is not verified yet."]});
    grace.patch(&path, json!({"tier": tier["id"]})).await.assert(400, &message);
    assert_eq!(
        grace.patch(&path, json!({"tier": "Basic"})).await.status,
        200,
        "the account is in this tier already"
    );
    let link = stack.link_for(&ada).await;
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    assert_eq!(grace.patch(&path, json!({"tier": tier["id"]})).await.status, 200);
    grace.delete(&path_of(&tier)).await.assert(409, &in_use());
}

#[tokio::test]
async fn built_in_tiers_can_be_changed_and_all_but_basic_can_be_deleted() {
    let stack = tier_stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let path = format!("{ALL}/enterprise");
    let built_in = grace.get(&path).await.json();
    let place =
        |tiers: &Value| tiers.as_array().expect("a list").iter().position(|tier| tier["id"] == "enterprise");
    let changed = tier_settings("Unlimited");
    put(&grace, &path, &changed).await.assert(200, &expected_tier("enterprise", &changed));
    assert_eq!(place(&stack.get(ALL).await.json()), Some(2), "the changed tier keeps its position");
    assert_eq!(assign_tier(&grace, &ada, &built_in).await.status, 200);
    assert_eq!(tier_of(&ada).await, "Unlimited");
    grace.delete(&path).await.assert(409, &in_use());
    assert_eq!(assign_tier(&grace, &ada, &json!({"id": "basic"})).await.status, 200);

    assert_deleted(grace.delete(&path).await).await;
    assert_eq!(place(&stack.get(ALL).await.json()), None, "the built-in tier does not come back");
    for answer in [grace.delete(&path).await, put(&grace, &path, &changed).await, grace.get(&path).await] {
        answer.assert(404, &not_found());
    }
    let no_choice = json!({"tier": ["\"enterprise\" is not a valid choice."]});
    assign_tier(&grace, &ada, &built_in).await.assert(400, &no_choice);
    let again = tier_settings("Enterprise");
    grace.post(ALL, again.clone()).await.assert(201, &expected_tier("enterprise", &again));
    grace.post(ALL, again).await.assert(400, &name_taken());
    let mut before = built_in.clone();
    before.as_object_mut().expect("a tier").remove("id");
    put(&grace, &path, &before).await.assert(200, &built_in);
    // New accounts are in the tier Basic.
    grace.delete(&format!("{ALL}/basic")).await.assert(409, &in_use());
}
