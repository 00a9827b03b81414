//! The limit on the number of resources of an account.

use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, concurrently, id, stack, stack_with};
use crate::idempotency::post;

const ALL: &str = "/api/resource";
const LIMIT: usize = 5;

/// A stack with a limit of five resources.
fn stack_with_limit_of_five() -> TestStack {
    stack_with(&[("MaxResources", "5")])
}

fn too_many() -> Value {
    json!({
        "detail": "An account may have at most 5 resources. Delete one that is no longer needed, then try again.",
        "code": "too_many",
    })
}

async fn create(user: &User) -> Answer {
    user.post(ALL, json!({"field1": "one", "field2": "two"})).await
}

async fn create_resources(user: &User, count: usize) -> Vec<Value> {
    let mut made = Vec::new();
    for _ in 0..count {
        let answer = create(user).await;
        assert_eq!(answer.status, 201, "{}", user.stack.explain(&answer));
        made.push(answer.json());
    }
    made
}

async fn delete(user: &User, resource: &Value) -> u16 {
    user.delete(&format!("{ALL}/{}", id(resource))).await.status
}

async fn count_listed(user: &User) -> usize {
    user.get(&format!("{ALL}?limit=100")).await.json()["results"].as_array().expect("a list").len()
}

/// The number of resources in the account's record.
async fn stored_count(user: &User) -> Value {
    let account = user.stack.record(&format!("USER#{}", user.id), "USER").await;
    account["resource_count"]["N"].clone()
}

/// Removes the count from the account, as in accounts from before resources were counted.
async fn forget_count(user: &User) {
    let key = json!({"pk": {"S": format!("USER#{}", user.id)}, "sk": {"S": "USER"}});
    let body = json!({"Key": key, "UpdateExpression": "REMOVE resource_count"});
    user.stack.dynamodb("UpdateItem", body).await;
}

#[tokio::test]
async fn an_account_at_the_limit_cannot_create_a_resource_until_it_deletes_one() {
    let stack = stack_with_limit_of_five();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let made = create_resources(&ada, LIMIT).await;
    create(&ada).await.assert(403, &too_many());
    assert_eq!(count_listed(&ada).await, LIMIT);
    // Existing resources can be changed, and other accounts are not affected.
    let path = format!("{ALL}/{}", id(&made[0]));
    assert_eq!(ada.patch(&path, json!({"field1": "three"})).await.status, 200);
    create_resources(&bob, 1).await;
    assert_eq!(delete(&ada, &made[0]).await, 204);
    assert_eq!(delete(&ada, &made[0]).await, 404);
    create_resources(&ada, 1).await;
    create(&ada).await.assert(403, &too_many());
}

#[tokio::test]
async fn concurrent_requests_reach_the_limit_and_never_exceed_it() {
    let ada = stack_with_limit_of_five().signed_up_user("ada").await;
    create_resources(&ada, 2).await;
    let attempt = |_| {
        let ada = ada.clone();
        async move { create(&ada).await.status }
    };
    let mut statuses = concurrently((0..12).map(attempt)).await;
    // Some requests may have given up after conflicts with others.
    while statuses.contains(&503) {
        statuses.retain(|status| *status != 503);
        statuses.push(create(&ada).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), LIMIT - 2, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 403].contains(status)), "{statuses:?}");
    assert_eq!((count_listed(&ada).await, stored_count(&ada).await), (LIMIT, json!("5")));
}

#[tokio::test]
async fn concurrent_deletes_of_one_resource_make_room_for_one() {
    let ada = stack_with_limit_of_five().signed_up_user("ada").await;
    let made = create_resources(&ada, LIMIT).await;
    let attempt = |_| {
        let (ada, resource) = (ada.clone(), made[0].clone());
        async move { delete(&ada, &resource).await }
    };
    let statuses = concurrently((0..8).map(attempt)).await;
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    assert_eq!(stored_count(&ada).await, "4");
    create_resources(&ada, 1).await;
    create(&ada).await.assert(403, &too_many());
}

#[tokio::test]
async fn a_repeated_request_counts_once_and_succeeds_at_the_limit() {
    let ada = stack_with_limit_of_five().signed_up_user("ada").await;
    let body = json!({"field1": "one", "field2": "two"});
    let first = post(&ada, "first", ALL, &body).await.json();
    for _ in 0..LIMIT {
        post(&ada, "first", ALL, &body).await.assert(201, &first);
    }
    assert_eq!(stored_count(&ada).await, "1");
    create_resources(&ada, LIMIT - 1).await;
    post(&ada, "first", ALL, &body).await.assert(201, &first);
    post(&ada, "another", ALL, &body).await.assert(403, &too_many());
    // A refused request may be sent again with the same key.
    assert_eq!(delete(&ada, &first).await, 204);
    assert_eq!(post(&ada, "another", ALL, &body).await.status, 201);
}

#[tokio::test]
async fn an_account_from_before_the_limit_is_counted_at_its_next_resource() {
    let ada = stack_with_limit_of_five().signed_up_user("ada").await;
    let made = create_resources(&ada, 4).await;
    forget_count(&ada).await;
    // A deletion lowers a missing count below zero.
    assert_eq!(delete(&ada, &made[0]).await, 204);
    assert_eq!(stored_count(&ada).await, "-1");
    create_resources(&ada, 1).await;
    assert_eq!(stored_count(&ada).await, "4");
    create_resources(&ada, 1).await;
    create(&ada).await.assert(403, &too_many());
    // The account is at the limit, but its resources are not counted yet.
    forget_count(&ada).await;
    create(&ada).await.assert(403, &too_many());
    assert_eq!(delete(&ada, &made[1]).await, 204);
    create_resources(&ada, 1).await;
    assert_eq!((count_listed(&ada).await, stored_count(&ada).await), (LIMIT, json!("5")));
}

#[tokio::test]
async fn counting_an_account_during_concurrent_changes_gives_the_right_count() {
    let ada = stack().signed_up_user("ada").await;
    for _ in 0..3 {
        let made = create_resources(&ada, 6).await;
        forget_count(&ada).await;
        let attempt = |number: usize| {
            let (ada, resource) = (ada.clone(), made.get(number / 2).cloned());
            async move {
                match resource.filter(|_| number.is_multiple_of(2)) {
                    Some(resource) => delete(&ada, &resource).await,
                    None => create(&ada).await.status,
                }
            }
        };
        let statuses = concurrently((0..12).map(attempt)).await;
        assert!(statuses.iter().all(|status| [201, 204, 503].contains(status)), "{statuses:?}");
        create_resources(&ada, 1).await;
        assert_eq!(stored_count(&ada).await, count_listed(&ada).await.to_string());
    }
}
