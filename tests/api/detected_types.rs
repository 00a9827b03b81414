//! The bytes of a file decide its type, for forms in the same way as for PUTs.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use Outcome::{Attached, Inline, Refused};

use crate::helpers::{Answer, User, decode_image, fixture, id, part, redacted, stack};

const PDF: &[u8] = b"%PDF-1.7\n%%EOF\n";
const HTML: &[u8] = b"<!DOCTYPE html>\n<script>alert(document.cookie)</script>\n";
const SVG: &[u8] =
    b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>\n";
const ELF: &[u8] = b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3E\0";
const SCRIPT: &[u8] = b"#!/bin/sh\nrm -r ~\n";
const TEXT: &[u8] = b"hello\n";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
const TIFF: &[u8] = b"II*\0\x08\0\0\0\0\0\0\0";
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const AVIF: &[u8] = b"\0\0\0\x1Cftypavif\0\0\0\0avifmif1miaf";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";

/// The expected result of an upload.
#[derive(Clone, Copy)]
enum Outcome {
    /// The file is ready with this type, and served inline.
    Inline(&'static str),
    /// The file is ready with this type, and served as an untyped attachment.
    Attached(&'static str),
    Refused,
}

/// The declared type of a file, its bytes, and the expected result.
fn file_cases() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let webp = || fixture("transparent.webp");
    vec![
        ("image/jpeg", webp(), Inline("image/webp")),
        ("image/png", fixture("photo.jpg"), Inline("image/jpeg")),
        ("image/jpg", fixture("photo.jpg"), Inline("image/jpeg")),
        ("application/pdf", fixture("photo.jpg"), Inline("image/jpeg")),
        ("image/svg+xml", fixture("one_pixel.png"), Inline("image/png")),
        ("application/octet-stream", fixture("animated.gif"), Inline("image/gif")),
        ("text/html", fixture("one_pixel.png"), Inline("image/png")),
        ("image/png", PDF.to_vec(), Inline("application/pdf")),
        ("application/octet-stream", PDF.to_vec(), Inline("application/pdf")),
        ("image/jpeg", HEIC.to_vec(), Attached("image/heic")),
        ("application/octet-stream", AVIF.to_vec(), Attached("image/avif")),
        ("text/plain", HTML.to_vec(), Attached("text/html")),
        ("video/mp4", HTML.to_vec(), Attached("text/html")),
        ("text/plain", SVG.to_vec(), Attached("image/svg+xml")),
        ("image/svg+xml", SVG.to_vec(), Attached("image/svg+xml")),
        ("text/plain", ELF.to_vec(), Attached("application/x-executable")),
        // These bytes do not identify a type.
        ("text/plain", SCRIPT.to_vec(), Inline("text/plain")),
        ("video/quicktime", MP4.to_vec(), Inline("video/quicktime")),
        ("application/java-archive", ZIP.to_vec(), Attached("application/java-archive")),
        ("image/png", ZIP.to_vec(), Inline("image/png")),
        ("application/octet-stream", TIFF.to_vec(), Attached("application/octet-stream")),
        ("image/png", TEXT.to_vec(), Inline("image/png")),
        ("application/pdf", TEXT.to_vec(), Inline("application/pdf")),
        // Pages, programs and scripts that are declared as images or PDFs.
        ("image/png", HTML.to_vec(), Refused),
        ("image/heic", HTML.to_vec(), Refused),
        ("application/pdf", HTML.to_vec(), Refused),
        ("image/svg+xml", HTML.to_vec(), Refused),
        ("image/png", SVG.to_vec(), Refused),
        ("application/pdf", SVG.to_vec(), Refused),
        ("image/gif", SCRIPT.to_vec(), Refused),
        ("image/jpeg", ELF.to_vec(), Refused),
    ]
}

/// Fails unless a ready file has the expected type, and the store serves it accordingly.
async fn assert_stored(user: &User, file: &Value, outcome: Outcome, what: &str) {
    let (content_type, served, disposition) = match outcome {
        Inline(content_type) => (content_type, content_type, "inline"),
        Attached(content_type) => (content_type, "application/octet-stream", "attachment"),
        Refused => panic!("{what} is expected to be refused"),
    };
    let facts = json!([file["status"], file["content_type"], file["reason"]]);
    assert_eq!(facts, json!(["ready", content_type, null]), "{what}");
    let answer = user.stack.fetch(file["file"].as_str().expect("a URL")).await;
    let sent = answer.header("content-disposition").split(';').next().unwrap_or_default();
    assert_eq!((answer.status, answer.header("content-type"), sent), (200, served, disposition), "{what}");
    assert_eq!(file.get("pdf").is_some(), content_type == "application/pdf", "{what}");
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn the_bytes_decide_the_type_of_a_file_in_forms_and_puts_alike() {
    let ada = stack().signed_up_user("ada").await;
    let replaced = ada.upload_file("a.txt", "text/plain", TEXT).await;
    let replaced = format!("/api/files/{}", id(&replaced));
    let mut announced = Vec::new();
    for (declared, bytes, outcome) in file_cases() {
        let what = format!("{declared}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(20)]));
        let file = || part("a", declared, bytes.clone());
        let first = ada.post_multipart("/api/files", Form::new().part("file", file())).await;
        let form = Form::new().part("file", file());
        let again = Answer::of(ada.request(Method::PUT, &replaced).multipart(form)).await;
        let form = Form::new().part("file", file()).text("title", "a").text("uploaded_by", "b");
        let shared = ada.post_multipart("/upload-files", form).await;
        if matches!(outcome, Refused) {
            let expected = json!({"file": [format!("The content of this file is not {declared}.")]});
            first.assert(400, &expected);
            again.assert(400, &expected);
            assert_eq!((shared.status, &shared.json()["errors"]), (400, &expected));
        } else {
            assert_eq!((first.status, again.status, shared.status), (201, 200, 200), "{what}");
            let shared = ada.get(&format!("/api/files/{}", id(&shared.json()))).await;
            for answer in [first, again, shared] {
                assert_stored(&ada, &answer.json(), outcome, &what).await;
            }
        }
        let made = ada.announce("/api/files", "a", declared, bytes.len()).await;
        assert_eq!(made["upload"]["headers"]["content-type"], declared, "the declared type is signed");
        assert_eq!(ada.put(&made, bytes).await.status, 200);
        announced.push((made, outcome, what));
    }
    ada.stack.settled().await;
    for (made, outcome, what) in announced {
        let file = ada.get(&format!("/api/files/{}", id(&made))).await.json();
        if matches!(outcome, Refused) {
            let facts = json!([file["status"], file["reason"], file["file"]]);
            assert_eq!(facts, json!(["rejected", "content_type_mismatch", null]), "{what}");
            assert_eq!(ada.stack.keys_of(id(&made)), Vec::<String>::new());
        } else {
            assert_stored(&ada, &file, outcome, &what).await;
        }
    }
}

#[tokio::test]
async fn a_list_filters_by_the_detected_type() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload("/api/files", "a.jpg", "image/jpeg", fixture("transparent.webp")).await;
    for (content_type, ids) in [("image/webp", json!([id(&file)])), ("image/jpeg", json!([]))] {
        let listed = ada.get(&format!("/api/files?content_type={content_type}")).await.json();
        let found = listed["results"].as_array().expect("a list").iter().map(|file| file["id"].clone());
        assert_eq!(found.collect::<Value>(), ids, "{content_type}");
    }
}

/// Types to declare for an image. They must make no difference.
const DECLARED: [&str; 9] = [
    "image/jpeg",
    "image/png",
    "image/jpg",
    "image/pjpeg",
    "image/tiff",
    "image/svg+xml",
    "application/octet-stream",
    "application/pdf",
    "text/html",
];

/// The record of an image without the fields that differ each time, and its thumbnails as the store serves them.
async fn record_and_thumbnails(user: &User, image: &Value) -> (Value, Vec<(String, Vec<u8>)>) {
    let mut thumbnails = Vec::new();
    for url in image["thumbnails"].as_object().expect("thumbnails").values() {
        let answer = user.stack.fetch(url.as_str().expect("a URL")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        decode_image(&answer.bytes);
        thumbnails.push((answer.header("content-type").to_owned(), answer.bytes));
    }
    (redacted(image.clone()), thumbnails)
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn the_bytes_decide_the_type_of_an_image_in_forms_and_puts_alike() {
    let ada = stack().premium_user("ada").await;
    for (name, true_type) in [
        ("transparent.webp", "image/webp"),
        ("odd_420_baseline.jpg", "image/jpeg"),
        ("one_pixel.png", "image/png"),
        ("animated.gif", "image/gif"),
    ] {
        let mut announced = Vec::new();
        for declared in DECLARED {
            let made = ada.announce("/api/images", "a.jpg", declared, fixture(name).len()).await;
            assert_eq!(ada.put(&made, fixture(name)).await.status, 200);
            announced.push(made);
        }
        ada.stack.settled().await;
        let by_form = ada.upload_image("a.jpg", "image/jpeg", fixture(name)).await;
        let facts = json!([by_form["status"], by_form["content_type"]]);
        assert_eq!(facts, json!(["ready", true_type]), "{name}");
        let original = ada.stack.fetch(by_form["original"].as_str().expect("a URL")).await;
        assert_eq!(original.header("content-type"), true_type);
        let by_form = record_and_thumbnails(&ada, &by_form).await;
        assert_eq!(by_form.1.len(), 2, "Premium has two sizes");
        for (made, declared) in announced.into_iter().zip(DECLARED) {
            let by_put = ada.get(&format!("/api/images/{}", id(&made))).await.json();
            assert_eq!(record_and_thumbnails(&ada, &by_put).await, by_form, "{name} as {declared}");
            let original = ada.stack.fetch(by_put["original"].as_str().expect("a URL")).await;
            assert_eq!(original.header("content-type"), true_type, "{name} as {declared}");
            assert!(original.header("content-disposition").starts_with("inline"), "{name} as {declared}");
            let again = ada.upload_image("a.jpg", declared, fixture(name)).await;
            assert_eq!(record_and_thumbnails(&ada, &again).await, by_form, "{name} as {declared}");
        }
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn the_refusal_of_an_image_names_its_type_and_the_accepted_types() {
    let ada = stack().signed_up_user("ada").await;
    let bmp = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0";
    let kinds: [(&[u8], &str, &str); 15] = [
        (TIFF, "a TIFF image", "image/tiff"),
        (HEIC, "a HEIC image", "image/heic"),
        (AVIF, "an AVIF image", "image/avif"),
        (bmp, "a BMP image", "image/bmp"),
        (b"8BPS\0\x01\0\0\0\0\0\0\0\x03", "a Photoshop (PSD) image", "image/vnd.adobe.photoshop"),
        (b"\0\0\0\x0CJXL \r\n\x87\n", "a JPEG XL image", "image/jxl"),
        (b"\0\0\0\x0CjP  \r\n\x87\n", "a JPEG 2000 image", "image/jp2"),
        (b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0", "an ICO image", "image/vnd.microsoft.icon"),
        (SVG, "an SVG image", "image/svg+xml"),
        (PDF, "a PDF document", "application/pdf"),
        (HTML, "an HTML page", "text/html"),
        (ELF, "a program for Linux", "application/x-executable"),
        (SCRIPT, "a script", "text/x-script"),
        (ZIP, "a ZIP archive", "application/zip"),
        (MP4, "an MP4 or QuickTime file", "video/mp4"),
    ];
    let mut announced = Vec::new();
    for (bytes, description, found) in kinds {
        let message = format!("This is {description}; JPEG, PNG, WebP and GIF are accepted.");
        for declared in ["image/jpeg", found, "application/octet-stream"] {
            let answer = ada.post_file("/api/images", "image", "a.jpg", declared, bytes.to_vec()).await;
            answer.assert(400, &json!({"image": [message]}));
        }
        let made = ada.announce("/api/images", "a.jpg", "image/jpeg", bytes.len()).await;
        assert_eq!(ada.put(&made, bytes.to_vec()).await.status, 200);
        announced.push((made, found));
    }
    ada.stack.settled().await;
    for (made, found) in announced {
        let image = ada.get(&format!("/api/images/{}", id(&made))).await.json();
        let facts = json!([image["status"], image["reason"]]);
        assert_eq!(facts, json!(["rejected", format!("unsupported_type: {found}")]));
        assert_eq!(ada.stack.keys_of(id(&made)), Vec::<String>::new());
    }
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_file_that_is_both_picture_and_script_is_served_only_as_the_picture() {
    let ada = stack().signed_up_user("ada").await;
    let mut gif = b"GIF89a/*".to_vec();
    gif.extend(b"*/=1;alert(document.cookie)//<script>alert(1)</script>");
    let mut png = fixture("one_pixel.png");
    png.extend(HTML);
    for (bytes, true_type) in [(gif, "image/gif"), (png, "image/png")] {
        for declared in ["text/html", "text/javascript", "image/svg+xml", true_type] {
            let by_form = ada.upload_file("a.js", declared, bytes.clone()).await;
            let by_put = ada.upload("/api/files", "a.js", declared, bytes.clone()).await;
            for file in [by_form, by_put] {
                assert_stored(&ada, &file, Inline(true_type), declared).await;
                let shown = ada.get(&format!("/api/files/{}", id(&file))).await;
                assert_eq!(shown.header("x-content-type-options"), "nosniff");
            }
        }
    }
}
