//! The name of a file in a form, in all formats that clients send.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{Answer, User, fixture, id, stack};

const MUELLER: &str = "Müller.txt";

/// A form with one file, whose name is in `parameters`, and with two text fields.
fn form(field: &str, parameters: &[u8], bytes: &[u8]) -> Vec<u8> {
    let field_of = |name| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nAda\r\n");
    let fields = ["title", "uploaded_by"].map(field_of).concat();
    let head = format!("{fields}--b\r\nContent-Disposition: form-data; name=\"{field}\"; ");
    [head.as_bytes(), parameters, b"\r\n\r\n", bytes, b"\r\n--b--\r\n"].concat()
}

async fn send(user: &User, method: Method, path: &str, form: Vec<u8>) -> Answer {
    let request = user.request(method, path).header("content-type", "multipart/form-data; boundary=b");
    Answer::of(request.body(form)).await
}

#[tokio::test]
async fn filename_star_takes_precedence_over_filename_on_every_route() {
    let ada = stack().signed_up_user("ada").await;
    // The headers that .NET's HttpClient and urllib3 before 1.25 send.
    for parameters in [
        "filename=\"=?utf-8?B?TcO8bGxlci50eHQ=?=\"; filename*=utf-8''M%C3%BCller.txt",
        "filename*=utf-8''M%C3%BCller.txt",
    ] {
        let text = form("file", parameters.as_bytes(), b"hello\n");
        let file = send(&ada, Method::POST, "/api/files", text.clone()).await;
        assert_eq!((file.status, &file.json()["filename"]), (201, &json!(MUELLER)), "{}", file.text());
        let path = format!("/api/files/{}", id(&file.json()));
        let replaced = send(&ada, Method::PUT, &path, text.clone()).await;
        assert_eq!((replaced.status, &replaced.json()["filename"]), (200, &json!(MUELLER)));
        let shared = send(&ada, Method::POST, "/upload-files", text).await;
        assert_eq!(shared.status, 200, "{}", shared.text());
        let shared = ada.get(&format!("/api/files/{}", id(&shared.json()))).await.json();
        assert_eq!(shared["filename"], MUELLER);
        let picture = form("image", parameters.as_bytes(), &fixture("one_pixel.png"));
        let image = send(&ada, Method::POST, "/api/images", picture).await;
        assert_eq!((image.status, &image.json()["filename"]), (201, &json!(MUELLER)), "{}", image.text());
    }
}

#[tokio::test]
async fn the_escapes_of_browsers_and_programs_in_filename_are_decoded() {
    let ada = stack().signed_up_user("ada").await;
    for (parameters, name) in [
        ("filename=\"Müller.txt\"", MUELLER),
        ("filename=\"load%22this%22.txt\"", "load\"this\".txt"),
        ("filename=\"load\\\"this\\\".txt\"", "load\"this\".txt"),
        ("filename=\"50% off.txt\"", "50% off.txt"),
        ("filename=\"a;b=c.txt\"", "a;b=c.txt"),
        ("filename=\"C:\\photos\\a.txt\"", "a.txt"),
        ("filename=\"a%0D%0AX-Evil: yes.txt\"", "aX-Evil: yes.txt"),
        ("filename=\"../%22..txt\"", "\"..txt"),
    ] {
        let form = form("file", parameters.as_bytes(), b"hello\n");
        let file = send(&ada, Method::POST, "/api/files", form).await;
        assert_eq!((file.status, &file.json()["filename"]), (201, &json!(name)), "{parameters}");
    }
}

#[tokio::test]
async fn a_file_name_that_is_not_utf_8_is_refused_under_its_field() {
    let ada = stack().signed_up_user("ada").await;
    let form = |parameters: &[u8]| form("file", parameters, b"hello\n");
    let answer = send(&ada, Method::POST, "/api/files", form(b"filename=\"M\xFCller.txt\"")).await;
    answer.assert(400, &json!({"file": ["This value is not valid UTF-8."]}));
    let both = form(b"filename=\"M\xFCller.txt\"; filename*=utf-8''M%C3%BCller.txt");
    let file = send(&ada, Method::POST, "/api/files", both).await;
    assert_eq!((file.status, &file.json()["filename"]), (201, &json!(MUELLER)));
}

#[tokio::test]
async fn a_part_with_only_filename_star_is_a_file() {
    let ada = stack().signed_up_user("ada").await;
    let path = "/api/files";
    let empty = send(&ada, Method::POST, path, form("file", b"filename*=utf-8''a.txt", b"")).await;
    empty.assert(400, &json!({"file": ["The submitted file is empty."]}));
    let unreadable = send(&ada, Method::POST, path, form("file", b"filename*=a.txt", b"hello\n")).await;
    unreadable.assert(400, &json!({"file": ["Enter a valid file name."]}));
    let not_a_file =
        send(&ada, Method::POST, path, form("file", b"x=\"; filename=a.txt\"", b"hello\n")).await;
    let message = "The submitted data was not a file. Check the encoding type on the form.";
    not_a_file.assert(400, &json!({"file": [message]}));
}
