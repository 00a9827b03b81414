use satchel_testing::{
    Answer, CannedAws, Event, Reply, USER, empty_tiers, found, found_all, hides_failures, login, page,
    refuses_strangers, session, signed_in, user, with,
};
use serde_json::{Value, json};

use super::*;

/// An account that is newer than the caller's.
const OTHER: &str = "019ce36f-2530-7000-8000-00000000000c";

const EVENT: &str = include_str!("../../../events/list-users.json");

/// The caller's account, which is staff.
fn staff() -> Reply {
    let mut grace = user();
    grace["is_staff"] = true.into();
    found_all(&[session(), grace]).about("SESSION#")
}

fn account() -> Value {
    json!({
        "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "Basic",
        "is_staff": false, "is_active": true, "used_bytes": 90, "kept_bytes": 0, "max_total_bytes": 1_073_741_824,
        "created_at": "2026-03-12T19:03:58Z",
    })
}

fn replies() -> [Reply; 4] {
    let user = found(Some(user())).about("USER#");
    [staff(), empty_tiers(), login(&json!({})).about("NAME#ada"), user]
}

/// The account that verified `ada@example.com`, and the account that is waiting to.
fn holders() -> [Reply; 2] {
    let claim = json!({"pk": "EMAIL#ada@example.com", "sk": "EMAIL", "user_id": USER, "username": "ada"});
    let mut waits = claim.clone();
    waits["sk"] = format!("WAITS#{USER}").into();
    [found_all(&[claim]).about("EMAIL#"), page(&[waits]).about("WAITS#")]
}

#[tokio::test]
async fn an_account_is_found_by_its_name() {
    let aws = CannedAws::answering(replies()).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [account()]})));
}

#[tokio::test]
async fn an_account_that_both_has_and_awaits_an_address_is_found_once() {
    let aws = CannedAws::answering([replies().to_vec(), holders().to_vec()].concat()).await;
    let event = Event::of(EVENT).signed_in().query("email=ADA%40example.com");
    let answer = aws.ask(handle, event).await;
    assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [account()]})));
}

#[tokio::test]
async fn an_unknown_name_finds_nothing() {
    let aws = CannedAws::answering([staff(), empty_tiers(), found(None)]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
}

/// The place of an account in the index, by age.
fn by_age(id: &str) -> Value {
    json!({"pk": format!("USER#{id}"), "sk": "USER", "roster": "AGE", "roster_place": id})
}

/// The place of an account in the index, by name.
fn by_name(name: &str, id: &str) -> Value {
    json!({"pk": format!("NAME#{name}"), "sk": "LOGIN", "roster": "NAME", "roster_place": name, "user_id": id})
}

fn other(changes: &Value) -> Value {
    let named = json!({"pk": format!("USER#{OTHER}"), "id": OTHER, "username": "Adam"});
    with(with(user(), &named), changes)
}

/// The page for `query`, if the index has the records `places` and the table the accounts `users`.
async fn listed(query: &str, places: &[Value], users: &[Value]) -> (CannedAws, Answer) {
    let index = page(places).about("accounts");
    let aws = CannedAws::answering([staff(), index, found_all(users), empty_tiers()]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in().query(query)).await;
    (aws, answer)
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.body["results"].as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap()).collect()
}

/// The query of the index: its condition, the values, and whether it ascends.
fn asked(aws: &CannedAws) -> (String, Value, bool) {
    let query =
        aws.calls_of("Query").into_iter().find(|call| call.text().contains("accounts")).unwrap().json();
    assert_eq!((&query["IndexName"], &query["Limit"]), (&json!("accounts"), &json!(2)));
    let condition = query["KeyConditionExpression"].as_str().unwrap().to_owned();
    let values = query["ExpressionAttributeValues"].as_object().unwrap();
    let values = values.iter().map(|(name, value)| (name.clone(), value["S"].clone())).collect();
    (condition, values, query["ScanIndexForward"].as_bool().unwrap())
}

#[tokio::test]
async fn without_a_parameter_all_accounts_are_listed_newest_first() {
    let places = [by_age(OTHER), by_age(USER)];
    let (aws, answer) = listed("limit=1", &places, &[other(&json!({}))]).await;
    assert_eq!((answer.status, names(&answer)), (200, vec!["Adam"]));
    let values = json!({":list": "AGE", ":before": "~"});
    assert_eq!(asked(&aws), ("#roster = :list AND #roster_place < :before".to_owned(), values, false));
    assert_eq!(aws.operations(), ["BatchGetItem", "BatchGetItem", "Query", "Query"]);

    let next = answer.body["next"].as_str().unwrap();
    assert!(next.contains("/api/users?limit=1&cursor="), "{next}");
    let (_, query) = next.split_once('?').unwrap();
    let (aws, answer) = listed(query, &[by_age(USER)], &[user()]).await;
    assert_eq!(asked(&aws).1, json!({":list": "AGE", ":before": OTHER}));
    assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [account()]})));
}

#[tokio::test]
async fn a_prefix_lists_accounts_in_order_of_name() {
    let places = [by_name("ada", USER), by_name("adam", OTHER)];
    let (aws, answer) = listed("username_prefix=AD&limit=1", &places, &[user()]).await;
    assert_eq!((answer.status, names(&answer)), (200, vec!["ada"]));
    let values = json!({":list": "NAME", ":first": "ad", ":end": "ad\u{10ffff}"});
    assert_eq!(
        asked(&aws),
        ("#roster = :list AND #roster_place BETWEEN :first AND :end".to_owned(), values, true)
    );

    let next = answer.body["next"].as_str().unwrap();
    let (_, query) = next.split_once('?').unwrap();
    assert!(query.starts_with("username_prefix=AD&limit=1&cursor="), "{next}");
    let (aws, answer) = listed(query, &places[1..], &[other(&json!({}))]).await;
    assert_eq!(asked(&aws).1, json!({":list": "NAME", ":first": "ada ", ":end": "ad\u{10ffff}"}));
    assert_eq!((names(&answer), &answer.body["next"]), (vec!["Adam"], &Value::Null));
}

#[tokio::test]
async fn accounts_that_are_gone_or_have_expired_are_left_out() {
    let places = [by_name("ada", USER), by_name("adam", OTHER)];
    // NOW, in epoch seconds.
    let expired = other(&json!({"ttl": 1_773_342_238}));
    for users in [vec![user()], vec![expired, user()]] {
        let (_, answer) = listed("username_prefix=", &places, &users).await;
        assert_eq!((names(&answer), &answer.body["next"]), (vec!["ada"], &Value::Null));
    }
    let waiting = other(&json!({"ttl": 1_773_342_239}));
    let (_, answer) = listed("username_prefix=", &places, &[waiting, user()]).await;
    assert_eq!(names(&answer), ["ada", "Adam"], "in the order of the index");
}

#[tokio::test]
async fn an_empty_index_costs_no_further_call() {
    let (aws, answer) = listed("username_prefix=z", &[], &[]).await;
    assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
    assert_eq!(aws.operations(), ["BatchGetItem", "Query", "Query"]);
}

#[tokio::test]
async fn an_invalid_query_is_refused() {
    let long = format!("username_prefix={}", "a".repeat(151));
    let too_long = ["Ensure this field has no more than 150 characters."];
    for (query, errors) in [
        ("email=ada", json!({"email": ["Enter a valid email address."]})),
        ("page=2&cursor=x", json!({"page": ["Unknown parameter."], "cursor": ["Invalid cursor."]})),
        ("username_prefix=a&cursor=", json!({"cursor": ["Invalid cursor."]})),
        (long.as_str(), json!({"username_prefix": too_long})),
    ] {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().query(query)).await;
        assert_eq!(answer.outcome(), (400, errors));
    }
}

#[tokio::test]
async fn the_route_is_not_found_unless_the_caller_is_staff() {
    let [_, tiers, login, user] = replies();
    let index = page(&[]).about("accounts");
    let aws = CannedAws::answering([signed_in(), index, tiers, login, user]).await;
    for query in ["username=ada", "limit=1", "limit=0", "username_prefix=a"] {
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().query(query)).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }
}

#[tokio::test]
async fn an_unauthenticated_request_is_refused() {
    refuses_strangers(EVENT, handle).await;
}

#[tokio::test]
async fn an_internal_failure_is_a_500_without_details() {
    hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    let [staff, tiers, _, user] = replies();
    let [claim, waiting] = holders();
    let event = Event::of(EVENT).signed_in().query("email=ada%40example.com");
    let replies = [staff.clone(), tiers.clone(), user.clone(), claim, waiting];
    hides_failures(event, &replies, handle).await;
    let index = page(&[by_age(USER)]).about("accounts");
    let event = Event::of(EVENT).signed_in().query("limit=1");
    hides_failures(event, &[staff, index, found_all(&[satchel_testing::user()]), tiers], handle).await;
}
