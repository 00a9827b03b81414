use serde_json::{Value, json};

use super::super::response::{self, Malformed};
use super::read;

async fn converted(answer: Value) -> (u16, String, String) {
    read(response::read(answer.to_string().as_bytes()).expect("the answer is valid")).await
}

#[tokio::test]
async fn each_part_of_an_answer_is_converted() {
    let answer = json!({
        "statusCode": 201,
        "headers": { "Content-Type": "application/json", "X-Count": 3, "location": "/api/files/1" },
        "cookies": ["a=1", "b=2"],
        "body": "{}",
    });
    let expected = "content-type: application/json\nlocation: /api/files/1\nset-cookie: a=1\nset-cookie: b=2\nx-count: 3";
    assert_eq!(converted(answer).await, (201, expected.to_owned(), "{}".to_owned()));
}

#[tokio::test]
async fn json_without_a_status_code_is_the_body_of_a_200() {
    let json = "content-type: application/json".to_owned();
    let answer = json!({ "message": "hello" });
    assert_eq!(converted(answer.clone()).await, (200, json.clone(), answer.to_string()));
    assert_eq!(converted(json!("hello")).await, (200, json.clone(), "hello".to_owned()));
    assert_eq!(converted(json!([1, 2])).await, (200, json, "[1,2]".to_owned()));
}

#[tokio::test]
async fn a_base64_body_is_decoded() {
    let answer = json!({ "statusCode": 200, "body": "aGk=", "isBase64Encoded": true });
    let text = "content-type: text/plain; charset=utf-8".to_owned();
    assert_eq!(converted(answer).await, (200, text, "hi".to_owned()));
}

#[tokio::test]
async fn a_204_has_neither_body_nor_type() {
    let answer =
        json!({ "statusCode": 204, "headers": {}, "multiValueHeaders": {}, "body": null, "cookies": [] });
    assert_eq!(converted(answer).await, (204, String::new(), String::new()));
}

#[tokio::test]
async fn headers_of_the_connection_and_of_format_1_are_ignored() {
    let answer = json!({
        "statusCode": 200,
        "headers": { "content-type": "a/b", "transfer-encoding": "chunked", "Content-Length": "99" },
        "multiValueHeaders": { "vary": ["a", "b"] },
    });
    assert_eq!(converted(answer).await.1, "content-type: a/b");
}

#[test]
fn malformed_answers_are_errors() {
    let too_large = format!("\"{}\"", "x".repeat(6 * 1024 * 1024));
    let bad = [
        "not json",
        r#"{"statusCode":99}"#,
        r#"{"statusCode":"ok"}"#,
        r#"{"statusCode":200,"body":{}}"#,
        r#"{"statusCode":200,"body":"%%","isBase64Encoded":true}"#,
        r#"{"statusCode":200,"headers":{"a b":"c"}}"#,
        r#"{"statusCode":200,"headers":{"a":"b\nc"}}"#,
        r#"{"statusCode":200,"cookies":"a"}"#,
        &too_large,
    ];
    for answer in bad {
        assert_eq!(response::read(answer.as_bytes()).err(), Some(Malformed), "{answer:.40}");
    }
}
