//! The permissions in the template. These tests check their format. `.ci/permissions` checks after a run that each of
//! them was used.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, fixture, id, stack};

/// Resources with names that are known only at run time.
const WITH_WILDCARD: [&str; 4] = ["originals/*", "renditions/*", "journalbucket/*", "identity/*"];

/// Functions that need to know whether an object exists, or which objects exist.
const LOOK_FOR_OBJECTS: [&str; 5] =
    ["audit-storage", "complete-file", "get-thumbnail", "process-upload", "sweep-leftovers"];

#[tokio::test]
async fn policies_name_single_actions_on_single_resources() {
    let report = stack().permissions().report();
    assert!(!report.grants.is_empty());
    for grant in report.grants {
        let permission = &grant.permission;
        assert!(!permission.action.contains(['*', '?']), "{permission:?}");
        // S3 answers 403 for a key that does not exist, unless the function may list the bucket.
        let lists = permission.action == "s3:ListBucket";
        assert!(!lists || LOOK_FOR_OBJECTS.contains(&permission.function.as_str()), "{permission:?}");
        let open = WITH_WILDCARD.contains(&permission.resource.as_str());
        assert!(open || !permission.resource.contains(['*', '?']), "{permission:?}");
    }
}

#[tokio::test]
async fn the_permissions_of_a_sign_up_are_reported_as_used() {
    let stack = stack();
    let body = json!({"username": stack.fresh_name("ada"), "password": PASSWORD});
    assert_eq!(stack.post("/api/users", body).await.status, 201);
    let report = stack.get("/_local/permissions").await.json();
    let grant = json!({
        "function": "create-user", "action": "dynamodb:PutItem", "resource": "table/Table", "keys": "USER#*",
        "used": true,
    });
    assert!(report["grants"].as_array().is_some_and(|grants| grants.contains(&grant)), "{report:#}");
    assert_eq!(report["denied"], json!([]));
}

/// All signed URLs in a response.
fn signed_urls(answer: &Value) -> Vec<&str> {
    match answer {
        Value::String(text) => {
            Some(text.as_str()).filter(|text| text.contains("X-Amz-Signature")).into_iter().collect()
        }
        Value::Array(items) => items.iter().flat_map(signed_urls).collect(),
        Value::Object(members) => members.values().flat_map(signed_urls).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn every_url_in_a_response_can_be_fetched() {
    let ada = stack().signed_up_user("ada").await;
    ada.move_to_tier("premium").await;
    let bytes = fixture("photo.jpg");
    for (path, count) in [("/api/images", 3), ("/api/files", 1)] {
        let stored = ada.post_file(path, "file", "photo.jpg", "image/jpeg", bytes.clone()).await.json();
        let one = ada.get(&format!("{path}/{}", id(&stored))).await.json();
        let all = ada.get(path).await.json();
        for answer in [stored, one, all] {
            let urls = signed_urls(&answer);
            assert_eq!(urls.len(), count, "{answer:#}");
            for url in urls {
                assert_eq!(ada.stack.fetch(url).await.status, 200, "{url}");
            }
        }
    }
}
