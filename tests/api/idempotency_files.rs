//! Files and images with an Idempotency-Key are stored once, and their quota is reserved once.

use local::calls::Fault;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, MEBIBYTE, User, concurrently, exclusive_stack, fixture, id, not_found, part, stack, stack_with,
};
use crate::idempotency::{KEY, create_requests, post};

async fn post_form(user: &User, path: &str, form: Form) -> Answer {
    let request = user.request(Method::POST, path).header("idempotency-key", KEY);
    Answer::of(request.multipart(form)).await
}

/// A form for this route. Each call makes a form with another boundary.
fn form_of(path: &str) -> Form {
    match path {
        "/api/images" => Form::new().part("image", part("photo.jpg", "image/jpeg", fixture("photo.jpg"))),
        "/upload-files" => Form::new()
            .part("file", part("a.txt", "text/plain", *b"hello\n"))
            .text("title", "Letter")
            .text("uploaded_by", "Ada"),
        _ => Form::new().part("file", part("a.txt", "text/plain", *b"hello\n")),
    }
}

const FORMS: [(&str, u16, &str); 3] = [
    ("/api/files", 201, "create-file"),
    ("/upload-files", 200, "upload-shared-file"),
    ("/api/images", 201, "create-image"),
];

/// All files and images of the user.
async fn all_uploads(user: &User) -> Vec<Value> {
    let mut all = Vec::new();
    for path in ["/api/files", "/api/images"] {
        all.extend(user.get(path).await.json()["results"].as_array().expect("a list").clone());
    }
    all
}

#[tokio::test]
async fn a_repeated_form_is_stored_once() {
    for (path, status, _) in FORMS {
        let ada = stack().signed_up_user("ada").await;
        let first = post_form(&ada, path, form_of(path)).await;
        assert_eq!(first.status, status, "{path}: {}", ada.stack.explain(&first));
        let again = post_form(&ada, path, form_of(path)).await;
        assert_eq!((again.status, &again.json()["id"]), (status, &first.json()["id"]), "{path}");
        let listed = all_uploads(&ada).await;
        assert_eq!(listed.len(), 1, "{path}");
        assert_eq!(json!(ada.used_bytes().await), listed[0]["size"], "{path}");
        let url =
            again.json()["file"].as_str().or(again.json()["thumbnails"]["200"].as_str()).unwrap().to_owned();
        assert_eq!(ada.stack.fetch(&url).await.status, 200, "a newly signed URL: {path}");
        let other = form_of(path).text("note", "another");
        let used = json!({"detail": "Idempotency-Key was used with another request."});
        post_form(&ada, path, other).await.assert(422, &used);
    }
}

#[tokio::test]
async fn a_repeated_announcement_reserves_once_and_returns_a_new_upload_url() {
    let ada = stack().premium_user("ada").await;
    for (path, content_type, size) in [
        ("/api/files", "text/plain", 6),
        ("/api/files", "video/mp4", 100 * MEBIBYTE + 1),
        ("/api/images", "image/png", 69),
    ] {
        let before = ada.used_bytes().await;
        let body = json!({"filename": "a", "content_type": content_type, "size": size});
        let key = format!("{path}-{size}");
        let first = post(&ada, &key, path, &body).await.json();
        let again = post(&ada, &key, path, &body).await;
        assert_eq!((again.status, &again.json()["id"]), (201, &first["id"]), "{key}");
        assert_eq!(ada.used_bytes().await - before, size as u64, "{key}");
        assert_eq!(again.json()["upload"]["part_count"], first["upload"]["part_count"]);
        if size == 6 {
            assert_eq!(ada.put(&again.json(), b"hello\n".to_vec()).await.status, 200);
            ada.stack.settled().await;
            let ready = post(&ada, &key, path, &body).await;
            assert_eq!((ready.status, &ready.json()["status"]), (201, &json!("ready")));
            assert_eq!(ready.json()["upload"], Value::Null, "a ready file has no upload");
        }
    }
}

#[tokio::test]
async fn ten_concurrent_forms_with_one_key_are_stored_once() {
    let ada = stack().signed_up_user("ada").await;
    let posts = (0..10).map(|_| {
        let ada = ada.clone();
        async move { post_form(&ada, "/api/files", form_of("/api/files")).await }
    });
    let answers = concurrently(posts).await;
    let first = answers[0].json();
    for answer in &answers {
        assert_eq!((answer.status, &answer.json()["id"]), (201, &first["id"]), "{}", answer.text());
        assert_eq!(answer.json()["status"], "ready");
    }
    assert_eq!(ada.used_bytes().await, 6);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_repeated_form_completes_a_request_that_was_killed() {
    let stack = exclusive_stack().await;
    for (path, status, function) in FORMS {
        for nth in 3..=5 {
            let ada = stack.signed_up_user("ada").await;
            stack.s3().pause_events();
            stack.calls().inject(function, nth, Fault::KillAfter, 1);
            assert_eq!(post_form(&ada, path, form_of(path)).await.status, 500, "{function} {nth}");
            stack.calls().clear(function);
            let again = post_form(&ada, path, form_of(path)).await;
            assert_eq!(again.status, status, "{function} killed after call {nth}: {}", stack.explain(&again));
            let listed = all_uploads(&ada).await;
            assert_eq!((listed.len(), &listed[0]["status"]), (1, &json!("ready")), "{function} {nth}");
            assert_eq!(json!(ada.used_bytes().await), listed[0]["size"]);
            assert!(stack.original_of(id(&listed[0])).is_some());
            stack.s3().resume_events();
        }
    }
}

#[tokio::test]
async fn a_repeated_announcement_ignores_the_quota_and_does_not_recreate_a_deleted_file() {
    let ada = stack().signed_up_user("ada").await;
    let body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 6});
    let first = post(&ada, KEY, "/api/files", &body).await.json();
    ada.leave_room_for(0).await;
    assert_eq!(
        post(&ada, KEY, "/api/files", &body).await.json()["id"],
        first["id"],
        "the file exists already"
    );
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&first))).await.status, 204);
    post(&ada, KEY, "/api/files", &body).await.assert(404, &not_found());
}

#[tokio::test]
async fn a_repeated_form_does_not_recreate_a_deleted_record() {
    for (path, status, _) in FORMS {
        let ada = stack().signed_up_user("ada").await;
        assert_eq!(post_form(&ada, path, form_of(path)).await.status, status, "{path}");
        let records = if path == "/api/images" { path } else { "/api/files" };
        let listed = all_uploads(&ada).await;
        assert_eq!(ada.delete(&format!("{records}/{}", id(&listed[0]))).await.status, 204);
        post_form(&ada, path, form_of(path)).await.assert(404, &not_found());
        assert_eq!(all_uploads(&ada).await, Vec::<Value>::new(), "{path}");
    }
}

/// Changes the keys that the user has sent, as if the secret behind them had been replaced since.
async fn age_keys_of(user: &User) {
    let pk = format!("IDEMPOTENCY#{}", user.id);
    for record in user.stack.partition(&pk).await.as_array().expect("records") {
        let sk = record["sk"]["S"].as_str().expect("a key");
        user.stack.set_attribute(&pk, sk, "secret", json!({"S": "former"})).await;
    }
}

#[tokio::test]
async fn a_key_from_before_the_secret_was_replaced_is_uncertain() {
    let uncertain = json!({
        "detail": "Idempotency-Key was used before a secret of this service was changed. Look whether the record was \
                   made, and use another key.",
    });
    for create in create_requests(&stack_with(&[("IdempotencySeconds", "3600")])).await {
        assert_eq!(create.send().await.status, 201);
        age_keys_of(&create.user).await;
        create.send().await.assert(409, &uncertain);
    }
    for (path, status, _) in FORMS {
        let ada = stack().signed_up_user("ada").await;
        assert_eq!(post_form(&ada, path, form_of(path)).await.status, status, "{path}");
        age_keys_of(&ada).await;
        post_form(&ada, path, form_of(path)).await.assert(409, &uncertain);
    }
}
