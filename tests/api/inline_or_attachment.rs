//! How files are served: inline if browsers show them without running them, and otherwise as an untyped attachment.
//! Pages that are declared as pictures or PDFs are refused.

use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{User, fixture, id, part, stack};

const SCRIPT: &[u8] = b"<!DOCTYPE html>\n<script>alert(document.cookie)</script>\n";
const PDF: &[u8] = b"%PDF-1.7\n%%EOF\n";
const TEXT: &[u8] = b"hello\n";

/// The Content-Type and the Content-Disposition of the response, the latter without the file name.
async fn served_as(user: &User, url: &str) -> (String, String) {
    let answer = user.stack.fetch(url).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let disposition = answer.header("content-disposition").split(';').next().unwrap_or_default();
    (answer.header("content-type").to_owned(), disposition.to_owned())
}

fn inline(content_type: &str) -> (String, String) {
    (content_type.to_owned(), "inline".to_owned())
}

fn untyped_attachment() -> (String, String) {
    ("application/octet-stream".to_owned(), "attachment".to_owned())
}

#[tokio::test]
async fn pictures_pdf_plain_text_audio_and_video_are_served_inline() {
    let ada = stack().signed_up_user("ada").await;
    for (declared, bytes) in [
        ("image/png", fixture("one_pixel.png")),
        ("image/jpeg", fixture("photo.jpg")),
        ("image/webp", fixture("animated.webp")),
        ("image/gif", fixture("animated.gif")),
        ("application/pdf", PDF.to_vec()),
        ("text/plain", TEXT.to_vec()),
        ("audio/ogg", TEXT.to_vec()),
        ("audio/mpeg", TEXT.to_vec()),
        ("audio/x-wav", TEXT.to_vec()),
        ("audio/x-m4a", TEXT.to_vec()),
        ("audio/flac", TEXT.to_vec()),
        ("video/webm", TEXT.to_vec()),
        ("video/mp4", TEXT.to_vec()),
        ("video/quicktime", TEXT.to_vec()),
        ("video/x-matroska", TEXT.to_vec()),
    ] {
        let file = ada.upload_file("a", declared, bytes).await;
        assert_eq!(served_as(&ada, file["file"].as_str().unwrap()).await, inline(declared));
        // The download route always returns an attachment.
        let download = ada.url_of(&format!("/api/download/{}", id(&file))).await;
        let expected = (declared.to_owned(), "attachment".to_owned());
        assert_eq!(served_as(&ada, &download).await, expected);
    }
    // Parameters are removed, and types are not case-sensitive.
    let file = ada.upload_file("a.txt", "TEXT/Plain; charset=utf-7", TEXT).await;
    assert_eq!(file["content_type"], "text/plain");
    assert_eq!(served_as(&ada, file["file"].as_str().unwrap()).await, inline("text/plain"));
}

#[tokio::test]
async fn all_other_types_are_served_as_untyped_attachments() {
    let ada = stack().signed_up_user("ada").await;
    for declared in [
        "text/html",
        "Text/HTML; charset=utf-8",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "application/xml",
        "text/javascript",
        "text/css",
        "text/csv",
        "application/json",
        "application/zip",
        "application/x-shockwave-flash",
        "application/octet-stream",
        "image/bmp",
        "image/x-icon",
        "image/tiff",
        "message/rfc822",
        "multipart/related",
        "video/x+xml",
        "audio/x+xml",
        "video/html",
        "video/unknown",
        "audio/x-mpegurl",
        "model/gltf+json",
    ] {
        let file = ada.upload_file("a", declared, TEXT).await;
        assert_eq!(served_as(&ada, file["file"].as_str().unwrap()).await, untyped_attachment(), "{declared}");
    }
}

#[tokio::test]
async fn an_html_page_is_an_attachment_through_every_url() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    ada.move_to_tier("enterprise").await;
    let title = stack.fresh_name("page");
    let form = Form::new()
        .part("file", part("page.html", "text/html", SCRIPT))
        .text("title", title.clone())
        .text("uploaded_by", "Ada");
    let uploaded = ada.post_multipart("/upload-files", form).await.json();
    let path = format!("/api/files/{}", id(&uploaded));
    let link = ada.post(&format!("{path}/links"), json!({"expires_in": 300})).await.json();
    let link = link["url"].as_str().unwrap().strip_prefix(stack.api_url()).unwrap().to_owned();
    let download = format!("/api/download/{}", id(&uploaded));
    let redirect = ada.get(&download).await.header("location").to_owned();
    let opened = stack.get(&link).await.header("location").to_owned();
    let listed = ada.get("/api/files").await.json()["results"][0]["file"].take();
    let all = ada.get("/api/all_files?limit=100").await.json()["files"].take();
    let in_all = all.as_array().unwrap().iter().find(|file| file["id"] == uploaded["id"]).unwrap();
    let named = ada.get("/download-files").await.json()["files"][&title].take();
    let urls = [
        uploaded["file"].clone(),
        ada.get(&path).await.json()["file"].take(),
        listed,
        in_all["file"].clone(),
        named,
        json!(ada.url_of(&download).await),
        json!(redirect),
        json!(opened),
    ];
    for url in urls {
        let answer = stack.fetch(url.as_str().unwrap_or_else(|| panic!("{url} is no URL"))).await;
        assert_eq!((answer.status, answer.bytes.as_slice()), (200, SCRIPT));
        assert_eq!(answer.header("content-type"), "application/octet-stream", "{url}");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"page.html\"", "{url}");
    }
}

/// HTML, XHTML and SVG pages as browsers recognise them, and one that is also a PDF.
fn pages() -> Vec<Vec<u8>> {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    [
        "<!DOCTYPE html><p>hello</p>",
        "\u{feff}\r\n\t <!doctype HTML>",
        "<HTML><body onload=alert(1)>",
        "<!-- a comment --><script>alert(1)</script>",
        "<script src=//evil.example></script>",
        "<iframe src=javascript:alert(1)>",
        "<html><!--\n%PDF-1.7\n-->",
        "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        svg,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

#[tokio::test]
async fn every_form_refuses_a_page_declared_as_a_picture_or_pdf() {
    let ada = stack().signed_up_user("ada").await;
    let is = |what| format!("This is {what}; JPEG, PNG, WebP and GIF are accepted.");
    for page in pages() {
        for declared in ["image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf"] {
            let messages = json!([format!("The content of this file is not {declared}.")]);
            let answer = ada.post_file("/api/files", "file", "a.png", declared, page.clone()).await;
            answer.assert(400, &json!({"file": messages}));
            let form = Form::new().part("file", part("a.png", declared, page.clone()));
            let form = form.text("title", "a").text("uploaded_by", "b");
            let answer = ada.post_multipart("/upload-files", form).await;
            assert_eq!((answer.status, &answer.json()["errors"]), (400, &json!({"file": messages})));
        }
        let answer = ada.post_file("/api/images", "image", "a.png", "image/png", page).await;
        assert_eq!(answer.status, 400);
        let message = answer.json()["image"][0].as_str().unwrap_or_default().to_owned();
        assert!(message == is("an HTML page") || message == is("an SVG image"), "{message}");
    }
    for path in ["/api/files", "/api/images"] {
        assert_eq!(ada.get(path).await.json(), json!({"next": null, "results": []}));
    }
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_page_declared_as_a_picture_or_pdf_is_rejected_after_its_put() {
    let ada = stack().signed_up_user("ada").await;
    let mut announced: Vec<(&str, Value)> = Vec::new();
    for page in pages() {
        for (path, declared) in
            [("/api/files", "image/png"), ("/api/files", "application/pdf"), ("/api/images", "image/gif")]
        {
            let made = ada.announce(path, "a", declared, page.len()).await;
            assert_eq!(ada.put(&made, page.clone()).await.status, 200);
            announced.push((path, made));
        }
    }
    ada.stack.settled().await;
    for (path, made) in announced {
        let record = ada.get(&format!("{path}/{}", id(&made))).await.json();
        assert_eq!((&record["status"], &record["file"]), (&json!("rejected"), &Value::Null), "{path}");
        let reasons = match path {
            "/api/files" => ["content_type_mismatch", ""],
            _ => ["unsupported_type: text/html", "unsupported_type: image/svg+xml"],
        };
        let reason = record["reason"].as_str().expect("a reason");
        assert!(reasons.contains(&reason), "{path}: {reason}");
        assert_eq!(ada.stack.keys_of(id(&made)), Vec::<String>::new());
    }
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
async fn a_thumbnail_has_its_own_type_whatever_its_original_was_declared_as() {
    let ada = stack().signed_up_user("ada").await;
    // A thumbnail without transparency is a JPEG.
    for (name, served) in [("one_pixel.png", "image/jpeg"), ("transparent.png", "image/png")] {
        let image = ada.upload_image("page.html", "text/html", fixture(name)).await;
        assert_eq!(image["content_type"], "image/png");
        let answer = ada.stack.fetch(image["thumbnails"]["200"].as_str().unwrap()).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, served), "{name}");
    }
}
