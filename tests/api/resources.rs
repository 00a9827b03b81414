//! `/api/resource` and `/api/resource/{id}`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::aws_calls::CallCounter;
use crate::helpers::{Answer, User, concurrently, id, not_found, not_signed_in, stack};

const ALL: &str = "/api/resource";

fn path_of(resource: &Value) -> String {
    format!("{ALL}/{}", id(resource))
}

async fn put(user: &User, path: &str, body: Value) -> Answer {
    Answer::of(user.request(Method::PUT, path).json(&body)).await
}

async fn create_resource(user: &User, field1: &str, field2: &str) -> Value {
    let answer = user.post(ALL, json!({"field1": field1, "field2": field2})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_resource_can_be_created_shown_changed_and_deleted() {
    let ada = stack().signed_up_user("ada").await;
    for slash in ["", "/"] {
        let all = format!("{ALL}{slash}");
        let answer = ada.post(&all, json!({"field1": " one ", "field2": "two"})).await;
        let made = answer.json();
        answer.assert(201, &json!({"id": id(&made), "field1": "one", "field2": "two"}));
        let path = format!("{}{slash}", path_of(&made));
        ada.get(&path).await.assert(200, &made);
        ada.get(&all).await.assert(200, &json!({"next": null, "results": [made]}));

        let whole = json!({"id": id(&made), "field1": "three", "field2": "four"});
        put(&ada, &path, json!({"field1": "three", "field2": "four"})).await.assert(200, &whole);
        ada.get(&path).await.assert(200, &whole);
        let partly = json!({"id": id(&made), "field1": "three", "field2": "\u{1f40e}"});
        ada.patch(&path, json!({"field2": "\u{1f40e}"})).await.assert(200, &partly);
        ada.patch(&path, json!({})).await.assert(200, &partly);
        ada.get(&path).await.assert(200, &partly);

        let deleted = ada.delete(&path).await;
        assert_eq!((deleted.status, deleted.text().as_str(), deleted.header("content-type")), (204, "", ""));
        ada.get(&path).await.assert(404, &not_found());
        ada.delete(&path).await.assert(404, &not_found());
        ada.get(&all).await.assert(200, &json!({"next": null, "results": []}));
    }
}

#[tokio::test]
async fn both_fields_must_be_texts_of_1_to_1000_characters() {
    let ada = stack().signed_up_user("ada").await;
    let made = create_resource(&ada, &"\u{e4}".repeat(1000), "x").await;
    let path = path_of(&made);
    for (value, message) in [
        (json!(""), "This field may not be blank."),
        (json!(" \n"), "This field may not be blank."),
        (json!(null), "This field may not be null."),
        (json!("x".repeat(1001)), "Ensure this field has no more than 1000 characters."),
        (json!(["x"]), "Not a valid string."),
        (json!({}), "Not a valid string."),
        (json!(true), "Not a valid string."),
        (json!("a\u{0}b"), "Null characters are not allowed."),
    ] {
        let both = json!({"field1": value, "field2": value});
        let errors = json!({"field1": [message], "field2": [message]});
        ada.post(ALL, both.clone()).await.assert(400, &errors);
        put(&ada, &path, both.clone()).await.assert(400, &errors);
        ada.patch(&path, both).await.assert(400, &errors);
        ada.patch(&path, json!({"field2": value})).await.assert(400, &json!({"field2": [message]}));
    }
    let required = json!({"field1": ["This field is required."], "field2": ["This field is required."]});
    ada.post(ALL, json!({"id": "mine"})).await.assert(400, &required);
    put(&ada, &path, json!({})).await.assert(400, &required);
    put(&ada, &path, json!({"field1": "y"})).await.assert(400, &json!({"field2": required["field2"]}));
    ada.get(&path).await.assert(200, &made);
    ada.get(ALL).await.assert(200, &json!({"next": null, "results": [made]}));
}

#[tokio::test]
async fn only_json_objects_are_accepted() {
    let ada = stack().signed_up_user("ada").await;
    let path = path_of(&create_resource(&ada, "one", "two").await);
    let unsupported = json!({
        "detail": "Unsupported media type \"application/x-www-form-urlencoded\" in request.",
    });
    let list = json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]});
    for (method, path) in [(Method::POST, ALL), (Method::PUT, &path), (Method::PATCH, &path)] {
        let request = || ada.request(method.clone(), path);
        let form = Answer::of(request().form(&[("field1", "a"), ("field2", "b")])).await;
        form.assert(415, &unsupported);
        Answer::of(request().json(&json!([]))).await.assert(400, &list);
        let broken = request().header("content-type", "application/json").body("{");
        let broken = Answer::of(broken).await;
        assert_eq!(broken.status, 400);
        let detail = broken.json()["detail"].as_str().expect("a message").to_owned();
        assert!(detail.starts_with("JSON parse error - "), "{detail}");
    }
}

#[tokio::test]
async fn a_resource_is_accessible_only_to_its_owner() {
    let stack = stack();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let made = create_resource(&ada, "one", "two").await;
    let file = bob.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    let both = json!({"field1": "mine", "field2": "mine"});
    let long = "x".repeat(3000);
    for other in [id(&made), id(&file), &bob.id, "x", "%00", &id(&made).to_uppercase(), &long] {
        let path = format!("{ALL}/{other}");
        bob.get(&path).await.assert(404, &not_found());
        put(&bob, &path, both.clone()).await.assert(404, &not_found());
        bob.patch(&path, both.clone()).await.assert(404, &not_found());
        bob.patch(&path, json!({"field1": null})).await.assert(404, &not_found());
        bob.delete(&path).await.assert(404, &not_found());
    }
    bob.get(ALL).await.assert(200, &json!({"next": null, "results": []}));
    let path = path_of(&made);
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let request = stack.http.request(method, stack.url(&path)).json(&both);
        Answer::of(request).await.assert(401, &not_signed_in());
    }
    stack.get(ALL).await.assert(401, &not_signed_in());
    stack.post(ALL, both.clone()).await.assert(401, &not_signed_in());
    // The owner cannot give a resource to another account either.
    let mut body_with_extras = both;
    body_with_extras["owner"] = json!(bob.id);
    body_with_extras["pk"] = json!(format!("RESOURCES#{}", bob.id));
    body_with_extras["id"] = json!(bob.id);
    let changed = json!({"id": id(&made), "field1": "mine", "field2": "mine"});
    put(&ada, &path, body_with_extras.clone()).await.assert(200, &changed);
    ada.patch(&path, body_with_extras.clone()).await.assert(200, &changed);
    assert_ne!(ada.post(ALL, body_with_extras).await.json()["id"], bob.id);
    bob.get(ALL).await.assert(200, &json!({"next": null, "results": []}));
    ada.get(&path).await.assert(200, &changed);
}

#[tokio::test]
async fn resources_are_listed_newest_first_in_pages() {
    let stack = stack();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let mut made = Vec::new();
    for number in 0..5 {
        made.insert(0, create_resource(&ada, &format!("number {number}"), "x").await);
    }
    let first = ada.get(&format!("{ALL}?limit=2")).await.json();
    assert_eq!(first["results"], json!(made[..2]));
    let second = ada.follow(&first["next"]).await.json();
    assert_eq!(second["results"], json!(made[2..4]));
    ada.follow(&second["next"]).await.assert(200, &json!({"next": null, "results": made[4..]}));
    assert_eq!(ada.get(&format!("{ALL}/?limit=5")).await.json(), json!({"next": null, "results": made}));
    bob.follow(&first["next"]).await.assert(200, &json!({"next": null, "results": []}));
    for (query, errors) in [
        ("limit=0", json!({"limit": ["Ensure this value is greater than or equal to 1."]})),
        ("limit=101", json!({"limit": ["Ensure this value is less than or equal to 100."]})),
        ("limit=ten", json!({"limit": ["A valid integer is required."]})),
        ("cursor=ten", json!({"cursor": ["Invalid cursor."]})),
    ] {
        ada.get(&format!("{ALL}?{query}")).await.assert(400, &errors);
    }
}

#[tokio::test]
async fn concurrent_changes_of_different_fields_are_all_kept() {
    let ada = stack().signed_up_user("ada").await;
    for round in 0..5 {
        let made = create_resource(&ada, "one", "two").await;
        let path = path_of(&made);
        let change = |field: &str| {
            let (ada, path, body) = (ada.clone(), path.clone(), json!({field: format!("round {round}")}));
            async move { ada.patch(&path, body).await.status }
        };
        assert_eq!(concurrently(["field1", "field2"].map(change)).await, [200, 200]);
        let text = format!("round {round}");
        ada.get(&path).await.assert(200, &json!({"id": id(&made), "field1": text, "field2": text}));
    }
}

#[tokio::test]
async fn a_concurrent_change_does_not_recreate_a_deleted_resource() {
    let ada = stack().signed_up_user("ada").await;
    for _ in 0..5 {
        let path = path_of(&create_resource(&ada, "one", "two").await);
        let (changed, deleted) =
            tokio::join!(put(&ada, &path, json!({"field1": "a", "field2": "b"})), ada.delete(&path));
        assert!([200, 404].contains(&changed.status), "{}", changed.text());
        assert_eq!(deleted.status, 204);
        ada.get(&path).await.assert(404, &not_found());
    }
}

#[tokio::test]
async fn reading_takes_one_call_and_writing_takes_two() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let path = path_of(&create_resource(&ada, "one", "two").await);
    let both = json!({"field1": "three", "field2": "four"});
    assert_eq!(counter.sequential_calls("list-resources", async || ada.get(ALL).await).await, 1);
    assert_eq!(counter.sequential_calls("get-resource", async || ada.get(&path).await).await, 1);
    assert_eq!(
        counter.sequential_calls("create-resource", async || ada.post(ALL, both.clone()).await).await,
        2
    );
    let change = async || put(&ada, &path, both.clone()).await;
    assert_eq!(counter.sequential_calls("update-resource", change).await, 2);
    let change = async || ada.patch(&path, json!({"field1": "five"})).await;
    assert_eq!(counter.sequential_calls("update-resource", change).await, 2);
    let delete = async || ada.delete(&path_of(&create_resource(&ada, "one", "two").await)).await;
    assert_eq!(counter.sequential_calls("delete-resource", delete).await, 2);
}
