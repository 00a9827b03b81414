//! An operator rotates the secret from which the URLs of share links are derived.

use serde_json::{Value, json};

use crate::helpers::{TestStack, User, id, not_found, stack_with};
use crate::share_changes::make_token_random;
use crate::shares::{create_link, link_path, open_link, sharer};

/// A stack whose functions fetch the secret again after a second, so that a rotation need not wait for long.
fn rotating_stack(name: &str) -> TestStack {
    stack_with(&[("LinkSecretSeconds", "1"), ("MailFrom", name)])
}

fn invocation() -> String {
    ["/_local/invoke", "rotate-links"].join("/")
}

/// Invokes the function, and returns its report.
async fn rotate(stack: &TestStack, order: Value) -> Value {
    let answer = stack.post(&invocation(), order).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn read(user: &User, file: &Value, link: &Value) -> Value {
    user.get(&format!("/api/files/{}/links/{}", id(file), id(link))).await.json()
}

#[tokio::test]
async fn a_rotation_keeps_the_urls_of_existing_links() {
    let stack = rotating_stack("rotation@example.com");
    let (ada, file) = sharer(&stack).await;
    let before = create_link(&ada, &file, json!({})).await;
    let report = rotate(&stack, json!({"generation": 2})).await;
    let expected = json!({"generation": 2, "done": true, "wait_seconds": 0, "renewed": 0, "ended": 0});
    assert_eq!(report, expected);
    let after = create_link(&ada, &file, json!({})).await;
    for link in [&before, &after] {
        assert_eq!(read(&ada, &file, link).await["url"], link["url"]);
        assert_eq!(stack.get(&link_path(&stack, link)).await.status, 302);
    }
    // The same order again changes nothing, and no generation is skipped.
    assert_eq!(rotate(&stack, json!({"generation": 2})).await, expected);
    let skipped = stack.post(&invocation(), json!({"generation": 4})).await;
    assert!(skipped.text().contains("order generation 2 or 3"), "{}", skipped.text());
}

/// Repeats an order until it is carried out, and returns how many links were renewed and how many ended.
async fn rotate_to_the_end(stack: &TestStack, order: &Value) -> (u64, u64) {
    let (mut renewed, mut ended) = (0, 0);
    loop {
        let report = rotate(stack, order.clone()).await;
        renewed += report["renewed"].as_u64().expect("a number");
        ended += report["ended"].as_u64().expect("a number");
        if report["done"] == true {
            return (renewed, ended);
        }
        let wait = report["wait_seconds"].as_u64().expect("a number");
        tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
    }
}

#[tokio::test]
async fn after_a_leak_all_links_get_new_urls_and_links_with_random_tokens_end() {
    let stack = rotating_stack("leak@example.com");
    let (ada, file) = sharer(&stack).await;
    let plain = create_link(&ada, &file, json!({})).await;
    let limited =
        create_link(&ada, &file, json!({"max_downloads": 2, "password": "open sesame please"})).await;
    let random = create_link(&ada, &file, json!({})).await;
    make_token_random(&stack, &ada, &file, &random).await;
    let password = json!({"password": "open sesame please"});
    assert_eq!(open_link(&stack, &link_path(&stack, &limited), password.clone()).await.status, 303);

    let order = json!({"generation": 2, "drop": true});
    assert_eq!(rotate_to_the_end(&stack, &order).await, (2, 1));
    for old in [&plain, &limited, &random] {
        stack.get(&link_path(&stack, old)).await.assert(404, &not_found());
    }
    let mut expected = plain.clone();
    expected["url"] = read(&ada, &file, &plain).await["url"].clone();
    assert_ne!(expected["url"], plain["url"]);
    assert_eq!(read(&ada, &file, &plain).await, expected, "only the URL is new");
    let (plain, limited) = (expected, read(&ada, &file, &limited).await);
    assert_eq!(stack.get(&link_path(&stack, &plain)).await.status, 302);
    // The count goes on: one opening is left.
    assert_eq!(open_link(&stack, &link_path(&stack, &limited), password.clone()).await.status, 303);
    open_link(&stack, &link_path(&stack, &limited), password).await.assert(404, &not_found());
    let link = format!("/api/files/{}/links/{}", id(&file), id(&random));
    ada.get(&link).await.assert(404, &not_found());
    assert_eq!(rotate_to_the_end(&stack, &order).await, (0, 0), "the order can be repeated");
}

#[tokio::test]
async fn a_link_can_be_opened_changed_and_revoked_while_all_links_get_new_urls() {
    let stack = rotating_stack("busy@example.com");
    let (ada, file) = sharer(&stack).await;
    let mut links = Vec::new();
    for _ in 0..12 {
        links.push(create_link(&ada, &file, json!({})).await);
    }
    let order = json!({"generation": 2, "drop": true});
    let wait = rotate(&stack, order.clone()).await["wait_seconds"].as_u64().expect("a number");
    tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
    let busy = async {
        let mut opened = 0;
        for link in &links {
            opened += u64::from(open_link(&stack, &link_path(&stack, link), json!({})).await.status == 303);
        }
        let revoked = format!("/api/files/{}/links/{}", id(&file), id(&links[0]));
        assert_eq!(ada.delete(&revoked).await.status, 204);
        opened
    };
    let (opened, _) = tokio::join!(busy, rotate_to_the_end(&stack, &order));
    let listed = ada.get(&format!("/api/files/{}/links", id(&file))).await.json();
    let left = listed["results"].as_array().expect("a list");
    assert_eq!(left.len(), 11, "{listed}");
    let counted: u64 = left.iter().map(|link| link["downloads"].as_u64().expect("a number")).sum();
    assert!(counted == opened || counted + 1 == opened, "{counted} of {opened}: one was revoked");
    for link in left {
        assert_eq!(stack.get(&link_path(&stack, link)).await.status, 302, "{link}");
    }
}
