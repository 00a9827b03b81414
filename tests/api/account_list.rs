//! Staff list accounts: newest first, and in order of name.

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, User, id, mailing_stack, stack};
use crate::staff::staff_user;

/// The accounts of a list, page by page, down to the one whose id is `last`. Fails if a page has more than `size`.
async fn all(staff: &User, path: &str, size: usize, last: Option<&str>) -> Vec<Value> {
    let (mut accounts, mut next) = (Vec::<Value>::new(), json!(staff.stack.url(path)));
    while !next.is_null() && !accounts.iter().any(|account| account["id"].as_str() == last) {
        let page = staff.follow(&next).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        let results = page["results"].as_array().expect("results");
        assert!(results.len() <= size, "{page}");
        accounts.extend(results.iter().cloned());
        next = page["next"].clone();
    }
    accounts
}

fn names(accounts: &[Value]) -> Vec<&str> {
    accounts.iter().map(|account| account["username"].as_str().expect("a name")).collect()
}

/// The accounts whose names begin with `prefix`.
async fn named(staff: &User, prefix: &str) -> Vec<Value> {
    let request = staff.request(reqwest::Method::GET, "/api/users").query(&[("username_prefix", prefix)]);
    let answer = Answer::of(request).await;
    assert_eq!((answer.status, &answer.json()["next"]), (200, &Value::Null), "{}", answer.text());
    answer.json()["results"].as_array().expect("results").clone()
}

#[tokio::test]
async fn all_accounts_are_listed_newest_first_in_pages() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let mut expected = vec![grace.id.clone()];
    for _ in 0..3 {
        expected.push(stack.signed_up_user("ada").await.id);
    }
    expected.reverse();
    let accounts = all(&grace, "/api/users?limit=2", 2, Some(&grace.id)).await;
    // Other tests create accounts at the same time, and have created many before.
    let ids: Vec<_> = accounts.iter().map(id).collect();
    let ours: Vec<_> = ids.iter().filter(|id| expected.iter().any(|ours| ours == *id)).copied().collect();
    assert_eq!(ours, expected);
    assert!(ids.is_sorted_by(|one, next| one > next), "{ids:?}");

    let shown = accounts.iter().find(|account| account["id"] == expected[0]).expect("it is listed");
    grace.get(&format!("/api/users/{}", expected[0])).await.assert(200, shown);
    let first = grace.get("/api/users?limit=1").await.json();
    assert!(first["next"].as_str().expect("a URL").starts_with(&stack.url("/api/users?limit=1&cursor=")));
}

#[tokio::test]
async fn a_prefix_lists_accounts_in_order_of_name_in_any_spelling() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let prefix = format!("{}.", stack.fresh_name("Stra\u{df}e"));
    let mut expected = Vec::new();
    for end in ["a", "B", "\u{e5}", "c10", "C1", ""] {
        let name = format!("{prefix}{end}");
        let answer = stack.post("/api/users", json!({"username": name, "password": PASSWORD})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        expected.push(name);
    }
    // In the order of code points, ignoring case.
    expected.sort_by_key(|name| name.to_lowercase());
    assert!(expected[0] == prefix && expected[5].ends_with('\u{e5}'));
    for typed in [prefix.clone(), prefix.to_uppercase(), prefix.replace('\u{df}', "ss")] {
        assert_eq!(names(&named(&grace, &typed).await), expected, "{typed}");
    }
    assert_eq!(names(&named(&grace, &format!("{prefix}C")).await), expected[3..5]);
    assert_eq!(named(&grace, &format!("{prefix}x")).await, Vec::<Value>::new());

    // Every page of one account has the URL of the next, with the same prefix.
    let mut url = reqwest::Url::parse(&stack.url("/api/users?limit=1")).expect("a URL");
    url.query_pairs_mut().append_pair("username_prefix", &prefix.to_uppercase());
    let path = format!("{}?{}", url.path(), url.query().expect("a query"));
    assert_eq!(names(&all(&grace, &path, 1, None).await), expected);
}

#[tokio::test]
async fn an_empty_prefix_lists_all_accounts_in_order_of_name() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let mut expected: Vec<_> = vec![grace.name.clone()];
    for prefix in ["zoe", "ADA", "+1."] {
        expected.push(stack.signed_up_user(prefix).await.name);
    }
    let accounts = all(&grace, "/api/users?username_prefix=&limit=100", 100, None).await;
    let ours: Vec<_> =
        names(&accounts).into_iter().filter(|name| expected.iter().any(|one| one == name)).collect();
    let [grace, zoe, ada, plus] = expected.as_slice() else { unreachable!() };
    assert_eq!(ours, [plus, ada, grace, zoe]);
}

#[tokio::test]
async fn closed_and_waiting_accounts_are_listed_and_deleted_ones_are_not() {
    let stack = mailing_stack();
    let grace = staff_user(&stack).await;
    let prefix = stack.fresh_name("l.");
    let waiting = stack.unverified_account(&format!("{prefix}.a"), &stack.fresh_address()).await;
    let closed = stack.signed_up_user(&format!("{prefix}.b")).await;
    let deleted = stack.signed_up_user(&format!("{prefix}.c")).await;
    assert_eq!(names(&named(&grace, &prefix).await), [&waiting.name, &closed.name, &deleted.name]);
    assert_eq!(
        grace.patch(&format!("/api/users/{}", closed.id), json!({"is_active": false})).await.status,
        200
    );
    let answer = deleted.delete_with("/api/users/me", json!({"password": deleted.password})).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    stack.settled().await;
    let listed = named(&grace, &prefix).await;
    assert_eq!(names(&listed), [&waiting.name, &closed.name]);
    assert_eq!((&listed[0]["email_verified"], &listed[1]["is_active"]), (&json!(false), &json!(false)));

    // An account that has expired is not listed, although DynamoDB may remove it days later.
    stack.set_attribute(&format!("USER#{}", waiting.id), "USER", "ttl", json!({"N": "1"})).await;
    assert_eq!(names(&named(&grace, &prefix).await), [&closed.name]);
}

#[tokio::test]
async fn invalid_prefixes_and_cursors_are_refused() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let cursor = json!({"cursor": ["Invalid cursor."]});
    for query in ["cursor=x", "cursor=e30", "username_prefix=a&cursor=", "username_prefix=a&cursor=%00"] {
        grace.get(&format!("/api/users?{query}")).await.assert(400, &cursor);
    }
    let long = json!({"username_prefix": ["Ensure this field has no more than 150 characters."]});
    grace.get(&format!("/api/users?username_prefix={}", "a".repeat(151))).await.assert(400, &long);
    // Any name may be a cursor, and states only where the list continues.
    for after in ["0", "zzzz", "a b", "\u{0}"] {
        let cursor = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, after);
        let answer = grace.get(&format!("/api/users?username_prefix=gr&cursor={cursor}")).await;
        assert_eq!(answer.status, 200, "{after:?}: {}", stack.explain(&answer));
    }
}
