//! Staff can create, change and delete account tiers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::aws_calls::CallCounter;
use crate::helpers::{
    Answer, TestStack, User, concurrently, fixture, id, not_found, not_signed_in, stack_with,
};
use crate::staff::staff_user;

const ALL: &str = "/api/account-tiers";

/// A stack for these tests, because other tests expect the built-in tiers.
pub fn tier_stack() -> TestStack {
    stack_with(&[("MailFrom", "tiers@example.com")])
}

pub fn tier_settings(name: &str) -> Value {
    json!({
        "name": name, "thumbnail_sizes": [200], "link_to_original": true, "expiring_links": true,
        "max_link_seconds": 86_400, "max_file_bytes": 1_048_576, "max_total_bytes": 10_485_760,
    })
}

/// The response for a tier with these settings.
pub fn expected_tier(id: &str, settings: &Value) -> Value {
    let mut tier = settings.clone();
    tier["id"] = json!(id);
    tier
}

/// Creates a tier with a fresh name.
pub async fn create_tier(grace: &User) -> Value {
    let name = grace.stack.fresh_name("Tier ");
    let answer = grace.post(ALL, tier_settings(&name)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

pub fn path_of(tier: &Value) -> String {
    format!("{ALL}/{}", id(tier))
}

pub async fn put(user: &User, path: &str, body: &Value) -> Answer {
    Answer::of(user.request(Method::PUT, path).json(body)).await
}

pub async fn assign_tier(grace: &User, user: &User, tier: &Value) -> Answer {
    grace.patch(&format!("/api/users/{}", user.id), json!({"tier": tier["id"]})).await
}

pub async fn assert_deleted(answer: Answer) {
    assert_eq!((answer.status, answer.text().as_str(), answer.header("content-type")), (204, "", ""));
}

pub fn name_taken() -> Value {
    json!({"name": ["A tier with that name already exists."]})
}

#[tokio::test]
async fn staff_can_create_change_and_delete_a_tier() {
    let stack = tier_stack();
    let grace = staff_user(&stack).await;
    for slash in ["", "/"] {
        let number = stack.fresh_name("");
        let (name, tier_id) = (format!(" Gold & Silver {number}!"), format!("gold-silver-{number}"));
        let least = json!({
            "name": name, "thumbnail_sizes": [2000, 16, 200, 16], "max_file_bytes": 1, "max_total_bytes": 1,
        });
        let mut expected = expected_tier(&tier_id, &least);
        expected["name"] = json!(name.trim());
        expected["thumbnail_sizes"] = json!([16, 200, 2000]);
        expected["link_to_original"] = json!(false);
        expected["expiring_links"] = json!(false);
        expected["max_link_seconds"] = json!(604_800);
        grace.post(&format!("{ALL}{slash}"), least).await.assert(201, &expected);
        let path = format!("{ALL}/{tier_id}{slash}");
        grace.get(&path).await.assert(200, &expected);
        assert!(stack.get(ALL).await.json().as_array().expect("a list").contains(&expected));

        let most = json!({
            "name": "x".repeat(58) + &number, "thumbnail_sizes": [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
            "link_to_original": true, "expiring_links": true, "max_link_seconds": null,
            "max_file_bytes": 5_u64 << 40, "max_total_bytes": 1_u64 << 50,
        });
        let expected = expected_tier(&tier_id, &most);
        put(&grace, &path, &most).await.assert(200, &expected);
        grace.get(&path).await.assert(200, &expected);

        assert_deleted(grace.delete(&path).await).await;
        for answer in [grace.delete(&path).await, put(&grace, &path, &most).await, grace.get(&path).await] {
            answer.assert(404, &not_found());
        }
        let left = stack.get(ALL).await.json();
        assert!(left.as_array().expect("a list").iter().all(|tier| tier["id"] != *tier_id));
    }
}

#[tokio::test]
async fn invalid_fields_are_refused_with_a_reason() {
    let stack = tier_stack();
    let grace = staff_user(&stack).await;
    let tier = create_tier(&grace).await;
    let less = |least| format!("Ensure this value is greater than or equal to {least}.");
    let more = |most: u64| format!("Ensure this value is less than or equal to {most}.");
    let no_integer = || "A valid integer is required.".to_owned();
    let list = |kind| format!("Expected a list of items but got type \"{kind}\".");
    for (field, value, message) in [
        ("name", json!(" "), "This field may not be blank.".to_owned()),
        ("name", json!(null), "This field may not be null.".to_owned()),
        ("name", json!("x".repeat(65)), "Ensure this field has no more than 64 characters.".to_owned()),
        ("name", json!([]), "Not a valid string.".to_owned()),
        ("thumbnail_sizes", json!("200"), list("str")),
        ("thumbnail_sizes", json!(200), list("int")),
        ("thumbnail_sizes", json!({"200": 200}), list("dict")),
        ("thumbnail_sizes", json!(null), "This field may not be null.".to_owned()),
        ("thumbnail_sizes", json!([]), "This list may not be empty.".to_owned()),
        (
            "thumbnail_sizes",
            json!(vec![16; 11]),
            "Ensure this field has no more than 10 elements.".to_owned(),
        ),
        ("thumbnail_sizes", json!([200, 15]), less(16)),
        ("thumbnail_sizes", json!([-200, 0]), less(16)),
        ("thumbnail_sizes", json!([2001, 200]), more(2000)),
        ("thumbnail_sizes", json!([200.5]), no_integer()),
        ("thumbnail_sizes", json!([null, "big"]), no_integer()),
        ("link_to_original", json!("perhaps"), "Must be a valid boolean.".to_owned()),
        ("expiring_links", json!(2), "Must be a valid boolean.".to_owned()),
        ("max_link_seconds", json!(299), less(300)),
        ("max_link_seconds", json!(3_153_600_001_u64), more(3_153_600_000)),
        ("max_link_seconds", json!("long"), no_integer()),
        ("max_file_bytes", json!(0), less(1)),
        ("max_file_bytes", json!((5_u64 << 40) + 1), more(5 << 40)),
        ("max_file_bytes", json!("much"), no_integer()),
        ("max_total_bytes", json!(-1), less(1)),
        ("max_total_bytes", json!(null), "This field may not be null.".to_owned()),
        ("max_total_bytes", json!(1.5), no_integer()),
    ] {
        let mut body = tier_settings(&stack.fresh_name("never"));
        body[field] = value;
        let errors = json!({field: [message]});
        grace.post(ALL, body.clone()).await.assert(400, &errors);
        put(&grace, &path_of(&tier), &body).await.assert(400, &errors);
    }
    let required = ["This field is required."];
    let errors = json!({
        "name": required, "thumbnail_sizes": required, "max_file_bytes": required, "max_total_bytes": required,
    });
    grace.post(ALL, json!({})).await.assert(400, &errors);
    put(&grace, &path_of(&tier), &json!({})).await.assert(400, &errors);
    let form = grace.request(Method::POST, ALL).form(&[("name", "Gold")]);
    let message = "Unsupported media type \"application/x-www-form-urlencoded\" in request.";
    Answer::of(form).await.assert(415, &json!({"detail": message}));
    grace.get(&path_of(&tier)).await.assert(200, &tier);
    assert_deleted(grace.delete(&path_of(&tier)).await).await;
}

#[tokio::test]
async fn the_routes_do_not_exist_for_callers_who_are_not_staff() {
    let stack = tier_stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let tier = create_tier(&grace).await;
    for (method, path) in [
        (Method::POST, ALL.to_owned()),
        (Method::PUT, path_of(&tier)),
        (Method::DELETE, path_of(&tier)),
        (Method::PUT, format!("{ALL}/basic")),
        (Method::DELETE, format!("{ALL}/basic")),
        (Method::PUT, format!("{ALL}/none")),
        (Method::DELETE, format!("{ALL}/none")),
    ] {
        for body in [tier_settings("Mine"), json!({})] {
            let request = ada.request(method.clone(), &path).json(&body);
            Answer::of(request).await.assert(404, &not_found());
            let request = stack.http.request(method.clone(), stack.url(&path)).json(&body);
            Answer::of(request).await.assert(401, &not_signed_in());
        }
    }
    let order = json!({"username": grace.name, "staff": false});
    assert_eq!(stack.post("/_local/invoke/grant-staff", order).await.status, 200);
    grace.delete(&path_of(&tier)).await.assert(404, &not_found());
    grace.get(&path_of(&tier)).await.assert(200, &tier);
    assert_deleted(staff_user(&stack).await.delete(&path_of(&tier)).await).await;
}

#[tokio::test]
async fn all_spellings_of_a_tier_name_are_one_name() {
    let stack = tier_stack();
    let grace = staff_user(&stack).await;
    let (gold, silver) = (create_tier(&grace).await, create_tier(&grace).await);
    let name = |tier: &Value| tier["name"].as_str().expect("a name").to_owned();
    let again =
        [name(&gold).to_uppercase(), format!("{}!", name(&gold)), "basic".to_owned(), "PREMIUM".to_owned()];
    for taken in &again {
        grace.post(ALL, tier_settings(taken)).await.assert(400, &name_taken());
        put(&grace, &path_of(&silver), &tier_settings(taken)).await.assert(400, &name_taken());
    }
    // One of two concurrent requests with the same name succeeds.
    let fresh = stack.fresh_name("Race");
    let create = |name: String| {
        let grace = grace.clone();
        async move { grace.post(ALL, tier_settings(&name)).await.status }
    };
    let mut answers = concurrently([fresh.to_uppercase(), fresh.to_lowercase()].map(create)).await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 400]);
    assert_deleted(grace.delete(&format!("{ALL}/{}", fresh.to_lowercase())).await).await;
    // One of two concurrent changes to the same name succeeds.
    let rename = |path: String| {
        let (grace, body) = (grace.clone(), tier_settings(&fresh));
        async move { put(&grace, &path, &body).await.status }
    };
    let answers = concurrently([path_of(&gold), path_of(&silver)].map(rename)).await;
    assert!(answers == [200, 400] || answers == [400, 200], "{answers:?}");
    grace.post(ALL, tier_settings(&fresh)).await.assert(400, &name_taken());
    let (winner, loser) = if answers[0] == 200 { (&gold, &silver) } else { (&silver, &gold) };
    // A tier can change the case of its name. Its first name stays reserved, because its id is made of it.
    let uppercase = tier_settings(&fresh.to_uppercase());
    put(&grace, &path_of(winner), &uppercase).await.assert(200, &expected_tier(id(winner), &uppercase));
    grace.post(ALL, tier_settings(&name(winner))).await.assert(400, &name_taken());
    put(&grace, &path_of(loser), &tier_settings(&name(winner))).await.assert(400, &name_taken());
    // The names of a deleted tier are free.
    assert_deleted(grace.delete(&path_of(winner)).await).await;
    let body = tier_settings(&fresh);
    put(&grace, &path_of(loser), &body).await.assert(200, &expected_tier(id(loser), &body));
    let body = tier_settings(&name(winner));
    grace.post(ALL, body.clone()).await.assert(201, &expected_tier(id(winner), &body));
    for tier in [winner, loser] {
        assert_deleted(grace.delete(&path_of(tier)).await).await;
    }
}

#[tokio::test]
async fn a_new_thumbnail_size_of_a_tier_is_made_on_request_for_older_images() {
    let stack = tier_stack();
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let tier = create_tier(&grace).await;
    assert_eq!(assign_tier(&grace, &ada, &tier).await.status, 200);
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    stack.settled().await;
    let thumbnail = format!("/api/images/{}/thumbnail?size=77", id(&image));
    assert_eq!(ada.get(&thumbnail).await.status, 403);
    let mut changed = tier_settings(tier["name"].as_str().expect("a name"));
    changed["thumbnail_sizes"] = json!([77]);
    assert_eq!(put(&grace, &path_of(&tier), &changed).await.status, 200);
    let url = ada.url_of(&thumbnail).await;
    let picture = crate::helpers::decode_image(&stack.fetch(&url).await.bytes);
    assert_eq!(picture.width().max(picture.height()), 77);
    assert_eq!(ada.get(&thumbnail.replace("size=77", "size=200")).await.status, 403);
}

#[tokio::test]
async fn creating_changing_and_deleting_a_tier_takes_two_calls() {
    let counter = CallCounter::start().await;
    let grace = staff_user(&counter.stack).await;
    let create = async || grace.post(ALL, tier_settings(&grace.stack.fresh_name("Tier "))).await;
    assert_eq!(counter.sequential_calls("create-account-tier", create).await, 2);
    let tier = create_tier(&grace).await;
    let change =
        async || put(&grace, &path_of(&tier), &tier_settings(&grace.stack.fresh_name("Tier "))).await;
    assert_eq!(counter.sequential_calls("update-account-tier", change).await, 2);
    let delete = async || grace.delete(&path_of(&create_tier(&grace).await)).await;
    assert_eq!(counter.sequential_calls("delete-account-tier", delete).await, 2);
}
