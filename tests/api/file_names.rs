//! File names from callers: how they are cleaned, and how downloads return them.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::json;

use crate::helpers::{Answer, User, id, part, stack};

/// Announces a file with this name, and returns the stored name.
async fn name_after_announcing(user: &User, name: &str) -> String {
    let announced = user.announce("/api/files", name, "text/plain", 1).await;
    assert_eq!(announced["title"], announced["filename"]);
    announced["filename"].as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn folders_and_control_characters_are_removed_and_unicode_is_kept() {
    let ada = stack().signed_up_user("ada").await;
    for (given, expected) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("/absolute.txt", "absolute.txt"),
        ("line\r\nbreak\u{7f}\u{85}.txt", "linebreak.txt"),
        ("say \"cheese\".txt", "say \"cheese\".txt"),
        ("50%; drop.txt", "50%; drop.txt"),
        ("Zürich 東京 🎈.pdf", "Zürich 東京 🎈.pdf"),
        // Software that applies the mark shows photoexe.jpg.
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("a\u{61c}b\u{200e}c\u{200f}d\u{202a}e\u{2066}f\u{2069}.txt", "abcdef.txt"),
        ("../\u{202e}..\\שלום.txt", "שלום.txt"),
    ] {
        assert_eq!(name_after_announcing(&ada, given).await, expected, "{given:?}");
    }
}

#[tokio::test]
async fn a_name_over_255_bytes_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    // Letters of one byte, and letters of two bytes.
    for longest in ["a".repeat(255), format!("{}a", "é".repeat(127))] {
        assert_eq!(name_after_announcing(&ada, &longest).await, longest);
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
async fn a_name_that_is_empty_after_cleaning_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    for name in ["/", "..", "a/..", "\u{1}", "photos/"] {
        let body = json!({"filename": name, "content_type": "text/plain", "size": 1});
        let expected = json!({"filename": ["Enter a valid file name."]});
        assert_eq!(ada.post("/api/files", body).await.outcome(), (400, expected), "{name:?}");
    }
}

#[tokio::test]
async fn names_in_forms_are_cleaned_by_the_same_rules() {
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
async fn no_name_can_break_out_of_the_quotes_of_content_disposition() {
    let ada = stack().signed_up_user("ada").await;
    for (name, expected) in [
        ("plain name.txt", "attachment; filename=\"plain name.txt\""),
        // The example of RFC 8187, section 3.2.3. The plain form is for clients that do not support `filename*`.
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

/// The file name in a header by RFC 6266: `filename*` takes precedence.
fn name_in(header: &str) -> String {
    let rest = header.strip_prefix("attachment; filename=\"").unwrap_or_else(|| panic!("{header}"));
    let (plain, extended) = rest.split_once('"').unwrap_or_else(|| panic!("{header}"));
    assert!(plain.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\'), "{header}");
    if extended.is_empty() {
        return plain.to_owned();
    }
    let encoded = extended.strip_prefix("; filename*=UTF-8''").unwrap_or_else(|| panic!("{header}"));
    // Allowed are attr-char of RFC 8187, section 3.2.1, and escapes.
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~%".contains(&byte);
    assert!(encoded.bytes().all(is_allowed), "{header}");
    let mut parts = encoded.split('%');
    let mut name = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        name.push(u8::from_str_radix(&part[..2], 16).expect("two hexadecimal digits"));
        name.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(name).expect("UTF-8")
}

#[tokio::test]
async fn a_download_returns_every_name_unchanged() {
    let ada = stack().signed_up_user("ada").await;
    let longest = format!("{}.txt", "東".repeat(83)) + "xx";
    assert_eq!(longest.len(), 255);
    let quotes = "\"".repeat(255);
    for (given, kept) in [
        ("Zürich 東京 🎈.pdf", "Zürich 東京 🎈.pdf"),
        ("a\r\nX-Evil: yes\r\n\r\n.txt", "aX-Evil: yes.txt"),
        ("../../%2e%2e%2fpasswd", "%2e%2e%2fpasswd"),
        ("C:\\a\\b c.txt", "b c.txt"),
        ("x\"; filename*=UTF-8''evil.exe", "x\"; filename*=UTF-8''evil.exe"),
        ("x; filename*=UTF-8''evil.exe", "x; filename*=UTF-8''evil.exe"),
        ("a+b&c=d#e?f@g,h;i'j*(k)[l]{m}.txt", "a+b&c=d#e?f@g,h;i'j*(k)[l]{m}.txt"),
        ("\u{202e}txt.exe", "txt.exe"),
        ("e\u{301}\u{2028}\u{feff}.txt", "e\u{301}\u{2028}\u{feff}.txt"),
        (&longest, &longest),
        (&quotes, &quotes),
    ] {
        let file = ada.announce("/api/files", given, "application/octet-stream", 1).await;
        assert_eq!(file["filename"], kept, "{given:?}");
        assert_eq!(ada.put(&file, b"x".to_vec()).await.status, 200);
        ada.stack.settled().await;
        let url = ada.url_of(&format!("/api/download/{}", id(&file))).await;
        let answer = ada.stack.fetch(&url).await;
        assert_eq!(answer.status, 200, "{given:?}: {}", answer.text());
        assert_eq!(name_in(answer.header("content-disposition")), kept, "{given:?}");
        assert!(answer.headers.get("x-evil").is_none());
    }
}

#[tokio::test]
async fn a_null_character_is_refused_in_json_and_removed_from_names_in_forms() {
    let ada = stack().signed_up_user("ada").await;
    let refused = json!(["Null characters are not allowed."]);
    let body = json!({"filename": "a\0.txt", "content_type": "text/plain\0", "size": 1, "title": "a\0b"});
    let expected = json!({"filename": refused, "content_type": refused, "title": refused});
    ada.post("/api/files", body.clone()).await.assert(400, &expected);
    assert_eq!(ada.post("/api/images", body).await.status, 400);
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    for field in ["filename", "title"] {
        let answer = ada.patch(&format!("/api/files/{}", id(&file)), json!({field: "a\0b"})).await;
        answer.assert(400, &json!({field: refused}));
    }
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a\0b.txt\"\r\n\
                Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n";
    let request = ada.request(Method::POST, "/api/files").body(form);
    let answer = Answer::of(request.header("content-type", "multipart/form-data; boundary=x")).await;
    match answer.status {
        201 => assert_eq!(answer.json()["filename"], "ab.txt"),
        status => assert_eq!(status, 400, "{}", answer.text()),
    }
    for field in ["title", "uploaded_by"] {
        let form = Form::new().part("file", part("a.txt", "text/plain", *b"hello\n"));
        let other = if field == "title" { "uploaded_by" } else { "title" };
        let answer = ada.post_multipart("/upload-files", form.text(field, "a\0b").text(other, "b")).await;
        assert_eq!((answer.status, &answer.json()["errors"]), (400, &json!({field: refused})));
    }
}

#[tokio::test]
async fn a_title_affects_neither_headers_nor_keys() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    for (given, kept) in [
        ("../../etc/passwd", "../../etc/passwd"),
        ("a\r\nX-Evil: yes", "aX-Evil: yes"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\"; filename=evil.exe", "\"; filename=evil.exe"),
    ] {
        let form = Form::new().part("file", part("a.txt", "text/plain", *b"hello\n"));
        let answer = ada.post_multipart("/api/files", form.text("title", given)).await;
        assert_eq!((answer.status, &answer.json()["title"]), (201, &json!(kept)), "{}", answer.text());
        let url = answer.json()["file"].as_str().expect("a URL").to_owned();
        let fetched = stack.fetch(&url).await;
        assert_eq!(fetched.header("content-disposition"), "inline; filename=\"a.txt\"");
        let key = format!("{}/{}/", ada.id, id(&answer.json()));
        assert!(stack.keys_of(id(&answer.json()))[0].starts_with(&key), "{given:?}");
        let urls = ada.get("/download-files").await;
        assert_eq!(urls.header("content-type"), "application/json");
        assert!(urls.json()["files"][kept].is_string(), "{}", urls.text());
    }
}

#[tokio::test]
async fn active_content_is_served_only_as_an_untyped_attachment() {
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
async fn type_and_disposition_in_a_signed_url_cannot_be_changed() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("page.html", "text/html", *b"<p>hello</p>").await;
    let url = file["file"].as_str().unwrap();
    for (given, other) in [("application%2Foctet-stream", "text%2Fhtml"), ("attachment", "inline")] {
        assert!(url.contains(given), "{url}");
        assert_eq!(ada.stack.fetch(&url.replacen(given, other, 1)).await.status, 403);
    }
}

#[tokio::test]
async fn safe_types_are_served_inline() {
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
