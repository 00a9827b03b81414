//! Functions that die after any of their AWS calls, with every event lost: what the sweep leaves is whole.

use local::calls::Fault;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Alone, Answer, User, fixture, id, part, stack_alone};

/// More than any of the functions makes: an invocation that is not killed has run to its end.
const MOST: u32 = 9;

/// Does `act` with a new user for each call of `function`, which dies after it; then sweeps when everything has expired.
/// Returns the users with what `prepare` had made for them.
async fn killed_everywhere(
    function: &str,
    prepare: impl AsyncFn(&User) -> Value,
    act: impl AsyncFn(&User, &Value) -> Answer,
) -> (Alone, Vec<(User, Value, u32)>) {
    let stack = stack_alone().await;
    let mut survivors = Vec::new();
    let mut killed = 0;
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 10_000);
    for nth in 1..=MOST {
        let ada = stack.signed_up_user("ada").await;
        let made = prepare(&ada).await;
        stack.calls().inject(function, nth, Fault::KillAfter, 1);
        let answer = act(&ada, &made).await;
        stack.calls().clear(function);
        killed += u32::from(answer.status == 500);
        survivors.push((ada, made, nth));
        if answer.status < 300 {
            break;
        }
        assert_eq!(answer.status, 500, "{function} killed after call {nth}: {}", answer.text());
    }
    assert!((3..MOST).contains(&killed), "{function} was killed {killed} times");
    for (ada, ..) in &survivors {
        ada.a_month_passes().await;
    }
    stack.calls().clear("process-upload");
    let report = stack.sweep().await;
    assert_eq!((&report["failed"], &report["more"]), (&json!(0), &json!(false)), "{report}");
    for (ada, _, nth) in &survivors {
        stack.assert_tidy(ada, &format!("{function} killed after call {nth}")).await;
    }
    (stack, survivors)
}

async fn nothing(_: &User) -> Value {
    Value::Null
}

async fn a_file(user: &User) -> Value {
    user.upload_file("a.txt", "text/plain", *b"hello\n").await
}

/// Announced and sent.
async fn sent(user: &User, content_type: &str) -> Value {
    let photo = fixture("photo.jpg");
    let file = user.announce("/api/files", "a", content_type, photo.len()).await;
    assert_eq!(user.put(&file, photo).await.status, 200);
    file
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn storing_a_form() {
    let act = async |user: &User, _: &Value| {
        user.post_file("/api/files", "file", "a.txt", "text/plain", b"hello\n".to_vec()).await
    };
    killed_everywhere("create-file", nothing, act).await;
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn storing_an_image_of_a_form() {
    let act = async |user: &User, _: &Value| {
        user.post_file("/api/images", "image", "photo.jpg", "image/jpeg", fixture("photo.jpg")).await
    };
    let (stack, survivors) = killed_everywhere("create-image", nothing, act).await;
    for (user, ..) in survivors {
        for image in user.get("/api/images").await.json()["results"].as_array().expect("a list") {
            let expected = if image["status"] == "ready" { 3 } else { 0 };
            assert_eq!(stack.keys_of(id(image)).len(), expected, "original and thumbnails: {image}");
        }
    }
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn announcing_a_file() {
    let body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 1000});
    let act = async |user: &User, _: &Value| user.post("/api/files", body.clone()).await;
    killed_everywhere("create-file", nothing, act).await;
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn completing_what_was_sent() {
    for (content_type, expected) in [("image/jpeg", "ready"), ("application/pdf", "rejected")] {
        let prepare = async |user: &User| sent(user, content_type).await;
        let act = async |user: &User, file: &Value| user.complete_put(file).await;
        let (_, survivors) = killed_everywhere("complete-file", prepare, act).await;
        for (user, file, nth) in survivors {
            let file = user.get(&format!("/api/files/{}", id(&file))).await.json();
            assert_eq!(file["status"], expected, "killed after call {nth}");
        }
    }
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn replacing_a_content() {
    let act = async |user: &User, file: &Value| {
        let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
        Answer::of(user.request(Method::PUT, &format!("/api/files/{}", id(file))).multipart(form)).await
    };
    let (stack, survivors) = killed_everywhere("update-file", a_file, act).await;
    let mut seen = Vec::new();
    for (user, file, nth) in survivors {
        let file = user.get(&format!("/api/files/{}", id(&file))).await.json();
        let bytes = stack.fetch(file["file"].as_str().expect("a URL")).await.bytes;
        let name = if bytes == b"hello\n" { "a.txt" } else { "b.txt" };
        assert_eq!((&file["filename"], &file["size"]), (&json!(name), &json!(bytes.len())), "call {nth}");
        seen.push(bytes);
    }
    assert!(seen.contains(&b"hello\n".to_vec()) && seen.contains(&b"goodbye\n".to_vec()), "{seen:?}");
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn deleting_a_file() {
    let act = async |user: &User, file: &Value| user.delete(&format!("/api/files/{}", id(file))).await;
    killed_everywhere("delete-file", a_file, act).await;
}

#[tokio::test]
#[ignore = "the whole table of kills takes a minute; .ci/run runs it"]
async fn deleting_an_image() {
    let prepare =
        async |user: &User| user.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let act = async |user: &User, image: &Value| user.delete(&format!("/api/images/{}", id(image))).await;
    let (stack, survivors) = killed_everywhere("delete-image", prepare, act).await;
    for (user, image, nth) in survivors {
        let is_there = user.get(&format!("/api/images/{}", id(&image))).await.status == 200;
        assert_eq!(stack.keys_of(id(&image)).is_empty(), !is_there, "killed after call {nth}");
    }
}
