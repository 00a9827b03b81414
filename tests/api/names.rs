//! Names that come from outside, and how they and what they name go back.

use serde_json::json;

use crate::helpers::{User, id, stack};

/// Announces a file under `name` and tells what it is called then.
async fn kept(user: &User, name: &str) -> String {
    let announced = user.announce("/api/files", name, "text/plain", 1).await;
    assert_eq!(announced["title"], announced["filename"]);
    announced["filename"].as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn path_parts_and_control_characters_are_removed_and_unicode_stays() {
    let ada = stack().signed_up_user("ada").await;
    for (given, expected) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("/absolute.txt", "absolute.txt"),
        ("line\r\nbreak\u{7f}\u{85}.txt", "linebreak.txt"),
        ("say \"cheese\".txt", "say \"cheese\".txt"),
        ("50%; drop.txt", "50%; drop.txt"),
        ("Zürich 東京 🎈.pdf", "Zürich 東京 🎈.pdf"),
    ] {
        assert_eq!(kept(&ada, given).await, expected, "{given:?}");
    }
}

#[tokio::test]
async fn a_name_has_255_bytes_at_most() {
    let ada = stack().signed_up_user("ada").await;
    // Two bytes a letter, and one.
    for longest in ["a".repeat(255), format!("{}a", "é".repeat(127))] {
        assert_eq!(kept(&ada, &longest).await, longest);
    }
    for too_long in ["a".repeat(256), "é".repeat(128)] {
        let body = json!({"filename": too_long, "content_type": "text/plain", "size": 1});
        let expected = json!({"filename": ["Ensure this field has no more than 255 bytes."]});
        assert_eq!(ada.post("/api/files", body).await.outcome(), (400, expected));
        let answer = ada.post_file("/api/files", "file", &too_long, "text/plain", b"x".to_vec()).await;
        let expected = json!({"file": ["Ensure this field has no more than 255 bytes."]});
        assert_eq!(answer.outcome(), (400, expected));
    }
}

#[tokio::test]
async fn a_name_of_which_nothing_is_left_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    for name in ["/", "..", "a/..", "\u{1}", "photos/"] {
        let body = json!({"filename": name, "content_type": "text/plain", "size": 1});
        let expected = json!({"filename": ["Enter a valid file name."]});
        assert_eq!(ada.post("/api/files", body).await.outcome(), (400, expected), "{name:?}");
    }
}

#[tokio::test]
async fn a_form_keeps_names_by_the_same_rules() {
    let ada = stack().signed_up_user("ada").await;
    for (given, expected) in [
        ("../../etc/passwd", "passwd"),
        ("Zürich 東京.txt", "Zürich 東京.txt"),
        ("say \"hi\".txt", "say \"hi\".txt"),
    ] {
        let file = ada.upload_file(given, "text/plain", *b"hello\n").await;
        assert_eq!(file["filename"], expected);
    }
}

#[tokio::test]
async fn a_download_carries_any_name_without_letting_it_out_of_its_quotes() {
    let ada = stack().signed_up_user("ada").await;
    for (name, expected) in [
        ("plain name.txt", "attachment; filename=\"plain name.txt\""),
        // RFC 8187, section 3.2.3, has this example; the plain form is for clients that cannot read it.
        (
            "£ and € rates",
            "attachment; filename=\"_ and _ rates\"; filename*=UTF-8''%C2%A3%20and%20%E2%82%AC%20rates",
        ),
        (
            "a\"; filename=evil.exe; x=\".txt",
            "attachment; filename=\"a_; filename=evil.exe; x=_.txt\"; \
             filename*=UTF-8''a%22%3B%20filename%3Devil.exe%3B%20x%3D%22.txt",
        ),
        ("50% off.txt", "attachment; filename=\"50_ off.txt\"; filename*=UTF-8''50%25%20off.txt"),
    ] {
        let file = ada.upload("/api/files", name, "text/plain", b"hello\n".to_vec()).await;
        assert_eq!((file["filename"].as_str(), file["status"].as_str()), (Some(name), Some("ready")));
        let url = ada.url_of(&format!("/api/download/{}", id(&file))).await;
        let answer = ada.stack.fetch(&url).await;
        assert_eq!((answer.status, answer.header("content-disposition")), (200, expected));
        let keys = ada.stack.keys_of(id(&file));
        assert!(
            keys[0].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/".contains(&byte)),
            "{keys:?}"
        );
    }
}

#[tokio::test]
async fn what_a_browser_could_run_is_only_served_as_an_attachment_of_no_type() {
    let ada = stack().signed_up_user("ada").await;
    let script = "<script>alert(document.cookie)</script>";
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{script}</svg>");
    for (name, declared, bytes) in [
        ("page.html", "text/html", format!("<!DOCTYPE html>\n{script}\n")),
        ("drawing.svg", "image/svg+xml", svg),
        ("program.js", "text/javascript", "alert(1)".to_owned()),
        ("page.xhtml", "application/xhtml+xml", script.to_owned()),
    ] {
        let by_form = ada.upload_file(name, declared, bytes.clone()).await;
        let by_put = ada.upload("/api/files", name, declared, bytes.clone().into_bytes()).await;
        for file in [by_form, by_put] {
            assert_eq!((&file["status"], &file["content_type"]), (&json!("ready"), &json!(declared)));
            let download = ada.url_of(&format!("/api/download/{}", id(&file))).await;
            for url in [file["file"].as_str().unwrap(), &download] {
                let answer = ada.stack.fetch(url).await;
                assert_eq!((answer.status, answer.text()), (200, bytes.clone()));
                assert_eq!(answer.header("content-type"), "application/octet-stream", "{declared}");
                assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{name}\""));
            }
        }
    }
}

#[tokio::test]
async fn what_a_signed_url_says_of_type_and_name_cannot_be_changed() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("page.html", "text/html", *b"<p>hello</p>").await;
    let url = file["file"].as_str().unwrap();
    for (given, other) in [("application%2Foctet-stream", "text%2Fhtml"), ("attachment", "inline")] {
        assert!(url.contains(given), "{url}");
        assert_eq!(ada.stack.fetch(&url.replacen(given, other, 1)).await.status, 403);
    }
}

#[tokio::test]
async fn safe_types_are_shown_in_place() {
    let ada = stack().signed_up_user("ada").await;
    for (name, declared) in
        [("notes.txt", "text/plain"), ("song.mp3", "audio/mpeg"), ("film.mp4", "video/mp4")]
    {
        let file = ada.upload_file(name, declared, *b"hello\n").await;
        let answer = ada.stack.fetch(file["file"].as_str().unwrap()).await;
        assert_eq!(answer.header("content-type"), declared);
        assert_eq!(answer.header("content-disposition"), format!("inline; filename=\"{name}\""));
    }
    let file = ada.upload_file("table.csv", "text/csv", *b"a,b\n").await;
    let answer = ada.stack.fetch(file["file"].as_str().unwrap()).await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"table.csv\"");
}
