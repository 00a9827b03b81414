//! Numbers that exceed every integer type.

use serde_json::{Value, json};

use crate::helpers::{Answer, id, stack};
use crate::shares::sharer;

#[tokio::test]
async fn a_number_over_every_integer_type_is_refused() {
    let (ada, file) = sharer(&stack()).await;
    let digits = "9".repeat(400);
    for number in ["1e400", "-1e400", "1e308", "18446744073709551616", &digits] {
        for (path, body) in [
            (format!("/api/files/{}/links", id(&file)), format!("{{\"expires_in\": {number}}}")),
            (
                "/api/files".to_owned(),
                format!("{{\"filename\": \"a\", \"content_type\": \"text/plain\", \"size\": {number}}}"),
            ),
        ] {
            let request =
                ada.request(reqwest::Method::POST, &path).header("content-type", "application/json");
            let answer = Answer::of(request.body(body)).await;
            // A number in digits is a size that is too large. Python writes the others with an exponent, which is not
            // a size.
            let is_size = path == "/api/files" && number.bytes().all(|byte| byte.is_ascii_digit());
            let expected = if is_size { 413 } else { 400 };
            assert_eq!(answer.status, expected, "{path} {number}: {}", answer.text());
        }
    }
    let listed = ada.get("/api/files").await.json();
    assert_eq!((listed["results"].as_array().map(Vec::len), &listed["next"]), (Some(1), &json!(Value::Null)));
}
