//! The refusals of `/api/files`, with their exact messages.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, User, fixture, part, stack};

const MIB: usize = 1024 * 1024;

/// Fails unless refused requests have left neither quota nor records.
async fn assert_nothing_stored(user: &User) {
    assert_eq!(user.used_bytes().await, 0);
    assert_eq!(user.get("/api/files").await.json()["results"], json!([]));
}

#[tokio::test]
async fn a_form_without_a_file_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let expected = (400, json!({"file": ["No file was submitted."]}));
    for form in [
        Form::new().text("title", "Shopping"),
        Form::new().part("another", part("notes.txt", "text/plain", "hello\n")),
    ] {
        assert_eq!(ada.post_multipart("/api/files", form).await.outcome(), expected);
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn a_text_field_instead_of_a_file_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let message = "The submitted data was not a file. Check the encoding type on the form.";
    for field in ["file", "pdf"] {
        let answer = ada.post_multipart("/api/files", Form::new().text(field, "hello")).await;
        assert_eq!(answer.outcome(), (400, json!({"file": [message]})), "{field}");
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn an_empty_file_is_refused_under_the_name_of_its_field() {
    let ada = stack().signed_up_user("ada").await;
    for field in ["file", "pdf"] {
        let answer = ada.post_file("/api/files", field, "notes.txt", "text/plain", Vec::new()).await;
        assert_eq!(answer.outcome(), (400, json!({field: ["The submitted file is empty."]})));
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn all_invalid_fields_of_a_form_are_reported_together() {
    let ada = stack().signed_up_user("ada").await;
    let form = Form::new().text("title", "x".repeat(256)).text("visibility", "everybody");
    let expected = json!({
        "file": ["No file was submitted."],
        "title": ["Ensure this field has no more than 255 characters."],
        "visibility": ["\"everybody\" is not a valid choice."],
    });
    assert_eq!(ada.post_multipart("/api/files", form).await.outcome(), (400, expected));
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn the_refusal_of_a_form_over_four_mebibytes_points_to_signed_uploads() {
    let ada = stack().signed_up_user("ada").await;
    // The limit of CloudFront for bodies is a little higher than the limit for files in forms.
    let answer =
        ada.post_file("/api/files", "file", "a.bin", "application/octet-stream", vec![0; 4 * MIB + 1]).await;
    let detail = "A form takes files of at most 4194304 bytes. Send JSON with filename, content_type and size \
                  instead, and PUT the file to the URL in the answer.";
    assert_eq!(answer.outcome(), (413, json!({"detail": detail})));
    let answer =
        ada.post_file("/api/files", "file", "a.bin", "application/octet-stream", vec![0; 5 * MIB]).await;
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert_eq!(answer.status, 413);
    assert!(detail.contains("Send JSON with filename, content_type and size instead"), "{detail}");
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn a_form_file_of_exactly_four_mebibytes_is_accepted() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.bin", "application/octet-stream", vec![7; 4 * MIB]).await;
    assert_eq!((&file["size"], &file["status"]), (&json!(4 * MIB), &json!("ready")));
    assert_eq!(ada.used_bytes().await, 4 * MIB as u64);
}

#[tokio::test]
async fn missing_and_invalid_json_fields_are_reported_together() {
    let ada = stack().signed_up_user("ada").await;
    let required = json!(["This field is required."]);
    let expected = json!({"filename": required, "content_type": required, "size": required});
    assert_eq!(ada.post("/api/files", json!({})).await.outcome(), (400, expected));
    let expected = json!({
        "filename": ["This field may not be null."],
        "content_type": ["This field may not be blank."],
        "size": ["A valid integer is required."],
        "sha256": ["Not a valid string."],
        "title": ["Not a valid string."],
        "visibility": ["\"everybody\" is not a valid choice."],
    });
    let body = json!({
        "filename": null, "content_type": " ", "size": "many", "sha256": [], "title": {}, "visibility": "everybody",
    });
    assert_eq!(ada.post("/api/files", body).await.outcome(), (400, expected));
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn each_invalid_json_field_is_named() {
    let ada = stack().signed_up_user("ada").await;
    for (name, value, message) in [
        ("size", json!(null), "This field may not be null."),
        ("size", json!(1.5), "A valid integer is required."),
        ("size", json!([]), "A valid integer is required."),
        ("size", json!(0), "Ensure this value is greater than or equal to 1."),
        ("size", json!(-1), "Ensure this value is greater than or equal to 1."),
        ("content_type", json!("picture"), "Enter a valid media type."),
        ("content_type", json!("text/plain\r\nx-amz-acl: public-read"), "Enter a valid media type."),
        ("sha256", json!("abc"), "Enter a SHA-256 as 64 hexadecimal digits."),
        ("filename", json!("a/.."), "Enter a valid file name."),
        ("title", json!("x".repeat(256)), "Ensure this field has no more than 255 characters."),
    ] {
        let mut body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 1});
        body[name] = value.clone();
        let answer = ada.post("/api/files", body).await;
        assert_eq!(answer.outcome(), (400, json!({name: [message]})), "{name}: {value}");
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn a_file_over_the_limit_of_the_tier_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let body = |size: usize| json!({"filename": "a.bin", "content_type": "video/mp4", "size": size});
    let answer = ada.post("/api/files", body(100 * MIB + 1)).await;
    let detail = "The file is too large: your account tier takes at most 104857600 bytes.";
    assert_eq!(answer.outcome(), (413, json!({"detail": detail})));
    assert_nothing_stored(&ada).await;
    assert_eq!(ada.post("/api/files", body(100 * MIB)).await.status, 201);
}

#[tokio::test]
async fn an_unreadable_body_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let post = async |content_type: &str, body: &str| {
        let request = ada.request(Method::POST, "/api/files").header("content-type", content_type);
        Answer::of(request.body(body.to_owned())).await.outcome()
    };
    let unsupported = |sent: &str| {
        let detail = format!("Unsupported media type \"{sent}\" in request.");
        (415, json!({ "detail": detail }))
    };
    assert_eq!(post("text/plain", "hello").await, unsupported("text/plain"));
    let urlencoded = "application/x-www-form-urlencoded";
    assert_eq!(post(urlencoded, "filename=a").await, unsupported(urlencoded));
    let (status, body) = post("application/json", "{\"filename\": ").await;
    let detail = body["detail"].as_str().unwrap();
    assert_eq!((status, detail.starts_with("JSON parse error - ")), (400, true), "{detail}");
    let expected = json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]});
    assert_eq!(post("application/json", "[]").await, (400, expected));
    for broken in ["multipart/form-data", "multipart/form-data; boundary=b"] {
        let (status, body) = post(broken, "--c\r\n\r\n").await;
        assert_eq!(status, 400, "{body}");
        assert!(body["detail"].is_string(), "{body}");
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn a_form_whose_content_contradicts_its_type_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    for (field, declared, bytes) in
        [("file", "image/png", fixture("page.png")), ("pdf", "application/pdf", fixture("page.png"))]
    {
        let answer = ada.post_file("/api/files", field, "a.bin", declared, bytes).await;
        let expected = json!({field: [format!("The content of this file is not {declared}.")]});
        assert_eq!(answer.outcome(), (400, expected), "{declared}");
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn a_pending_file_cannot_be_downloaded() {
    let ada = stack().signed_up_user("ada").await;
    let announced = ada.announce("/api/files", "a.txt", "text/plain", 1).await;
    let path = format!("/api/download/{}", crate::helpers::id(&announced));
    let expected = (409, json!({"detail": "The file is not ready."}));
    assert_eq!(ada.get(&path).await.outcome(), expected);
    assert_eq!(ada.get_as_json(&path).await.outcome(), expected);
}

#[tokio::test]
async fn callers_cannot_set_fields_that_the_service_controls() {
    let stack = stack();
    let (ada, eve) = (stack.signed_up_user("ada").await, stack.signed_up_user("eve").await);
    let body = json!({
        "filename": "a.txt", "content_type": "text/plain", "size": 1, "id": "1", "owner": ada.id,
        "uploaded_by": ada.name, "status": "ready", "kind": "image", "version": "1", "file": "http://x",
    });
    let made = eve.post("/api/files", body).await.json();
    assert_eq!((&made["owner"], &made["uploaded_by"]), (&json!(eve.id), &json!(eve.name)));
    assert_eq!((&made["status"], &made["file"]), (&json!("pending"), &Value::Null));
    assert_ne!(made["id"], "1");
    assert_nothing_stored(&ada).await;
}
