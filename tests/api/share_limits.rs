//! Limits on the openings of share links, and on guesses.

use serde_json::json;

use crate::helpers::{concurrently, id, stack, stack_with};
use crate::shares::{create_link, link_path, open_link, sharer};

#[tokio::test]
async fn a_link_for_five_openings_allows_five_of_twenty_concurrent_ones() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300, "max_downloads": 5})).await;
    let path = link_path(&stack, &made);
    let page = stack.get(&path).await;
    assert_eq!(page.status, 200, "opening the page must not count");
    let openings = (0..20).map(|_| {
        let (stack, path) = (stack.clone(), path.clone());
        async move { open_link(&stack, &path, json!({})).await.status }
    });
    let mut statuses = concurrently(openings).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![303; 5], vec![404; 15]].concat());
    for answer in [stack.get(&path).await, open_link(&stack, &path, json!({})).await] {
        answer.assert(404, &json!({"detail": "Not found."}));
    }
    let listed = ada.get(&format!("/api/files/{}/links", id(&file))).await.json();
    assert_eq!(
        (&listed["results"][0]["downloads"], &listed["results"][0]["max_downloads"]),
        (&json!(5), &json!(5))
    );
}

#[tokio::test]
async fn guesses_at_the_password_of_a_link_are_throttled() {
    let limits = [("SignInsPerAccountAndAddress", "3"), ("ThrottleSeconds", "3153600000")];
    let stack = stack_with(&limits);
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300, "password": "open sesame please"})).await;
    let path = link_path(&stack, &made);
    for _ in 0..3 {
        assert_eq!(open_link(&stack, &path, json!({"password": "wrong"})).await.status, 401);
    }
    let refused = open_link(&stack, &path, json!({"password": "open sesame please"})).await;
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    let other_address = stack.at_fresh_address();
    assert_eq!(open_link(&other_address, &path, json!({"password": "open sesame please"})).await.status, 303);
    // The throttling of the link does not affect the owner's sign-in.
    assert_eq!(stack.sign_in(&ada.name, &ada.password, ada.id.clone()).await.name, ada.name);
}

#[tokio::test]
async fn guesses_at_links_are_throttled() {
    let stack = stack_with(&[("GuessesPerAddress", "3"), ("ThrottleSeconds", "3153600000")]);
    let guess = |number: u32| format!("/s/{number:043}");
    for number in 0..3 {
        stack.get(&guess(number)).await.assert(404, &json!({"detail": "Not found."}));
    }
    assert_eq!(stack.get(&guess(3)).await.status, 429);
    assert_eq!(open_link(&stack, &guess(4), json!({})).await.status, 429);
    assert_eq!(stack.at_fresh_address().get(&guess(5)).await.status, 404);
}
