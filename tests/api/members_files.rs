//! Files that every signed-in user can see, and the routes that list them.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, User, concurrently, id, part, stack};

const TEXT: &[u8] = b"The quick brown fox.\n";

async fn patch(user: &User, file: &Value, change: Value) -> Answer {
    Answer::of(user.request(Method::PATCH, &format!("/api/files/{}", id(file))).json(&change)).await
}

/// Uploads a members file.
async fn upload_members_file(user: &User, name: &str) -> Value {
    let form = Form::new().part("file", part(name, "text/plain", TEXT)).text("visibility", "members");
    let answer = user.post_multipart("/api/files", form).await;
    assert_eq!((answer.status, &answer.json()["visibility"]), (201, &json!("members")), "{}", answer.text());
    answer.json()
}

/// All files of `/api/all_files`, read in pages.
async fn all_files(user: &User, limit: usize) -> Vec<Value> {
    let (mut files, mut next) = (Vec::new(), json!(user.stack.url(&format!("/api/all_files?limit={limit}"))));
    while !next.is_null() {
        let page = user.follow(&next).await.json();
        let found = page["files"].as_array().expect("files").clone();
        assert!(found.len() <= limit);
        files.extend(found);
        next = page["next"].clone();
    }
    files
}

fn ids(files: &[Value]) -> Vec<String> {
    files.iter().map(|file| id(file).to_owned()).collect()
}

#[tokio::test]
async fn a_change_of_visibility_takes_effect_immediately() {
    let (ada, bob) = (stack().signed_up_user("ada").await, stack().signed_up_user("bob").await);
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let (path, download) = (format!("/api/files/{}", id(&file)), format!("/api/download/{}", id(&file)));
    let not_found = json!({"detail": "Not found."});
    for _ in 0..3 {
        for path in [&path, &download] {
            bob.get(path).await.assert(404, &not_found);
        }
        assert_eq!(patch(&ada, &file, json!({"visibility": "members"})).await.status, 200);
        let seen = bob.get(&path).await.json();
        assert_eq!((&seen["owner"], &seen["filename"]), (&json!(ada.id), &json!("fox.txt")));
        let url = bob.url_of(&download).await;
        assert_eq!(ada.stack.fetch(&url).await.bytes, TEXT);
        assert_eq!(patch(&ada, &file, json!({"visibility": "private"})).await.status, 200);
    }
    patch(&ada, &file, json!({"visibility": "members"})).await;
    assert_eq!(ada.delete(&path).await.status, 204);
    bob.get(&path).await.assert(404, &not_found);
}

#[tokio::test]
async fn only_the_owner_can_change_a_members_file() {
    let (ada, bob) = (stack().signed_up_user("ada").await, stack().signed_up_user("bob").await);
    let file = upload_members_file(&ada, "fox.txt").await;
    let (path, not_found) = (format!("/api/files/{}", id(&file)), json!({"detail": "Not found."}));
    for method in [Method::PUT, Method::PATCH] {
        let request = bob.request(method, &path).json(&json!({"filename": "mine.txt"}));
        Answer::of(request).await.assert(404, &not_found);
    }
    bob.delete(&path).await.assert(404, &not_found);
    assert_eq!(bob.get(&path).await.json()["filename"], "fox.txt");
}

#[tokio::test]
async fn patch_changes_some_metadata_and_put_replaces_all_of_it() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let answer = patch(&ada, &file, json!({"title": "A fox"})).await;
    let mut expected = file.clone();
    expected["title"] = json!("A fox");
    for volatile in ["updated_at", "file"] {
        expected[volatile] = answer.json()[volatile].clone();
    }
    answer.assert(200, &expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    let url = expected["file"].as_str().expect("a URL");
    assert_eq!(ada.stack.fetch(url).await.bytes, TEXT);
    // A new name is cleaned like the name of an upload.
    let answer = patch(&ada, &file, json!({"filename": "../../a\u{0}b.txt"})).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(patch(&ada, &file, json!({"filename": "../../dog.txt"})).await.json()["filename"], "dog.txt");

    let path = format!("/api/files/{}", id(&file));
    let put = async |body: Value| Answer::of(ada.request(Method::PUT, &path).json(&body)).await;
    put(json!({})).await.assert(400, &json!({"filename": ["This field is required."]}));
    put(json!({"filename": "cat.txt", "visibility": "everybody"}))
        .await
        .assert(400, &json!({"visibility": ["\"everybody\" is not a valid choice."]}));
    let answer =
        put(json!({"filename": "cat.txt", "owner": "me", "status": "pending", "size": 1})).await.json();
    let values = ["filename", "title", "size", "status", "owner"].map(|name| answer[name].clone());
    assert_eq!(values, [json!("cat.txt"), json!("cat.txt"), json!(21), json!("ready"), json!(ada.id)]);
    let refused = Answer::of(ada.request(Method::PATCH, &path).form(&[("title", "x")])).await;
    assert_eq!(refused.status, 415, "{}", refused.text());
}

#[tokio::test]
async fn concurrent_changes_of_different_fields_are_all_kept() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let changes =
        [json!({"title": "A fox"}), json!({"filename": "dog.txt"}), json!({"visibility": "members"})];
    let requests = changes.map(|change| {
        let (ada, file) = (ada.clone(), file.clone());
        async move { patch(&ada, &file, change).await.status }
    });
    assert_eq!(concurrently(requests).await, [200, 200, 200]);
    let (bob, path) = (stack().signed_up_user("bob").await, format!("/api/files/{}", id(&file)));
    for user in [&ada, &bob] {
        let seen = user.get(&path).await.json();
        let values = ["title", "filename", "visibility"].map(|name| seen[name].clone());
        assert_eq!(values, [json!("A fox"), json!("dog.txt"), json!("members")]);
    }
}

#[tokio::test]
async fn an_announced_members_file_is_visible_to_all_when_it_is_ready() {
    let (ada, bob) = (stack().signed_up_user("ada").await, stack().signed_up_user("bob").await);
    let body = json!({"filename": "fox.txt", "content_type": "text/plain", "size": TEXT.len(), "visibility": "members"});
    let file = ada.post("/api/files", body).await.json();
    let path = format!("/api/files/{}", id(&file));
    bob.get(&path).await.assert(404, &json!({"detail": "Not found."}));
    // The owner changes the title before the bytes arrive.
    assert_eq!(patch(&ada, &file, json!({"title": "A fox"})).await.status, 200);
    let mut request = ada.stack.http.put(file["upload"]["url"].as_str().expect("a URL"));
    for (name, value) in file["upload"]["headers"].as_object().expect("headers") {
        request = request.header(name, value.as_str().expect("a text"));
    }
    assert_eq!(Answer::of(request.body(TEXT)).await.status, 200);
    ada.stack.settled().await;
    let seen = bob.get(&path).await.json();
    assert_eq!((&seen["status"], &seen["title"]), (&json!("ready"), &json!("A fox")));
    let listed = all_files(&bob, 100).await;
    let listed = listed.iter().find(|listed| listed["id"] == file["id"]).expect("it is listed");
    assert_eq!(bob.stack.fetch(listed["file"].as_str().expect("a URL")).await.bytes, TEXT);
}

#[tokio::test]
async fn all_files_lists_own_files_and_members_files_newest_first() {
    let (ada, bob) = (stack().signed_up_user("ada").await, stack().signed_up_user("bob").await);
    let mut expected = Vec::new();
    let mut hidden = Vec::new();
    for number in 0..4 {
        expected.push(id(&upload_members_file(&ada, &format!("{number}.txt")).await).to_owned());
        expected.push(id(&bob.upload_file("own.txt", "text/plain", TEXT).await).to_owned());
        hidden.push(id(&ada.upload_file("private.txt", "text/plain", TEXT).await).to_owned());
        // Bob's own members file is listed once.
        expected.push(id(&upload_members_file(&bob, "both.txt").await).to_owned());
    }
    expected.reverse();
    for limit in [1, 3, 7, 100] {
        let found = ids(&all_files(&bob, limit).await);
        // Other tests add members files at the same time.
        let ours: Vec<_> = found.iter().filter(|id| expected.contains(id)).cloned().collect();
        assert_eq!(ours, expected, "{limit}");
        assert!(found.is_sorted_by(|one, next| one > next), "{limit}");
        assert!(!found.iter().any(|id| hidden.contains(id)));
    }
}

#[tokio::test]
async fn lists_of_all_files_refuse_invalid_limits_and_cursors() {
    let ada = stack().signed_up_user("ada").await;
    ada.get("/api/all_files?limit=0")
        .await
        .assert(400, &json!({"limit": ["Ensure this value is greater than or equal to 1."]}));
    for path in ["/api/all_files?cursor=x", "/download-files?cursor=x"] {
        ada.get(path).await.assert(400, &json!({"cursor": ["Invalid cursor."]}));
    }
}

#[tokio::test]
async fn the_file_sharing_dialect_stores_a_members_file() {
    let (ada, bob) = (stack().signed_up_user("ada").await, stack().signed_up_user("bob").await);
    let form = Form::new()
        .part("file", part("fox.txt", "text/plain", TEXT))
        .text("title", "A fox")
        .text("uploaded_by", "Ada Lovelace");
    let answer = ada.post_multipart("/upload-files", form).await;
    let body = answer.json();
    let expected = json!({
        "status_code": 200, "status_message": "SUCCESS", "id": body["id"], "title": "A fox",
        "uploaded_by": "Ada Lovelace", "file": body["file"],
    });
    answer.assert(200, &expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(ada.stack.fetch(body["file"].as_str().expect("a URL")).await.bytes, TEXT);
    let seen = bob.get(&format!("/api/files/{}", id(&body))).await.json();
    let names = ["visibility", "owner", "uploaded_by"].map(|name| seen[name].clone());
    assert_eq!(names, [json!("members"), json!(ada.id), json!("Ada Lovelace")]);
}

#[tokio::test]
async fn the_file_sharing_dialect_reports_errors_in_its_own_format() {
    let ada = stack().signed_up_user("ada").await;
    let required = ["This field is required."];
    for (form, errors) in [
        (
            Form::new().text("x", "y"),
            json!({"title": required, "uploaded_by": required, "file": ["No file was submitted."]}),
        ),
        (
            Form::new().part("file", part("fox.txt", "text/plain", TEXT)).text("title", "A fox"),
            json!({"uploaded_by": required}),
        ),
        (
            Form::new()
                .part("file", part("a.jpg", "image/jpeg", *b"<!doctype html><p>Hello"))
                .text("title", "x")
                .text("uploaded_by", "y"),
            json!({"file": ["The content of this file is not image/jpeg."]}),
        ),
    ] {
        let expected = json!({
            "status_code": 400, "status_message": "Invalid request packet",
            "internal_message": "parameter missing in request packet", "errors": errors,
        });
        ada.post_multipart("/upload-files", form).await.assert(400, &expected);
    }
}

#[tokio::test]
async fn download_files_maps_unique_titles_to_urls() {
    let ada = stack().signed_up_user("ada").await;
    for (name, title) in [("1.txt", "fox"), ("2.txt", "fox (2)"), ("3.txt", "fox"), ("4.txt", "fox")] {
        let form = Form::new().part("file", part(name, "text/plain", name.as_bytes())).text("title", title);
        assert_eq!(ada.post_multipart("/api/files", form).await.status, 201);
    }
    // A pending file is not listed.
    ada.post("/api/files", json!({"filename": "5.txt", "content_type": "text/plain", "size": 1})).await;
    let answer = ada.get("/download-files").await;
    let body = answer.json();
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let head = ["status_code", "status_message", "next"].map(|name| body[name].clone());
    assert_eq!(head, [json!(200), json!("SUCCESS"), Value::Null]);
    // The newest file gets its title first. Members files of other tests have other titles.
    for (title, content) in
        [("fox", "4.txt"), ("fox (3)", "3.txt"), ("fox (2)", "2.txt"), ("fox (4)", "1.txt")]
    {
        let url = body["files"][title].as_str().unwrap_or_else(|| panic!("{title}: {body}"));
        assert_eq!(ada.stack.fetch(url).await.text(), content, "{title}");
    }
    assert!(body["files"].get("5.txt").is_none());
}

#[tokio::test]
async fn members_files_disappear_with_their_account() {
    let (ada, bob) = (stack().signed_up_user("ada").await, stack().signed_up_user("bob").await);
    let file = upload_members_file(&ada, "fox.txt").await;
    let path = format!("/api/files/{}", id(&file));
    assert_eq!(bob.get(&path).await.status, 200);
    let answer = ada.delete_with("/api/users/me", json!({"password": ada.password})).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    ada.stack.settled().await;
    bob.get(&path).await.assert(404, &json!({"detail": "Not found."}));
    assert!(!ids(&all_files(&bob, 100).await).contains(&id(&file).to_owned()));
}
