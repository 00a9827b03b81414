//! Tests that compare the parsing of bodies with Django REST framework.
//!
//! Each line of `same.json` is a content type, a body (one character for each byte), and the status and body with
//! which Django REST framework 3.18.3 under Django 5.2.19 answered for this serializer (without `flag` for forms that
//! lack it, which Django reads as an unchecked box, and with a required `text` for empty bodies):
//!
//! ```python
//! text = CharField(required=False, max_length=30)
//! password = CharField(required=False, trim_whitespace=False)
//! number = IntegerField(required=False, min_value=1, max_value=2000)
//! flag = BooleanField(required=False)
//! list = ListField(child=IntegerField(min_value=1, max_value=2000), max_length=3, required=False, allow_empty=False)
//! ```
//!
//! A line of `different.json` also contains Satchel's own response: text is UTF-8 whatever `charset` is,
//! other bytes are refused, a number keeps its digits, a field's errors are one list, media types have no
//! wildcards, and a truncated form is refused. Only the beginning of a parse error is compared.

use serde_json::{Map, Value, json};

use satchel_api::{Fields, Input};
use satchel_model::Refusal;

use super::Accepts;
use super::body::read;

type Case = (String, String, u16, Value);

fn validated(input: &Input, text_required: bool) -> Result<Value, Refusal> {
    let mut fields = Fields::of(input);
    let bounded = |text: &str| match text.chars().count() {
        ..=30 => Ok(text.to_owned()),
        _ => Err(vec!["Ensure this field has no more than 30 characters.".to_owned()]),
    };
    let text =
        if text_required { fields.required("text", bounded) } else { fields.optional("text", bounded) };
    let given = |name: &str| input.is_given(name);
    let password =
        if given("password") { fields.untrimmed("password", |text| Ok(text.to_owned())) } else { None };
    let number = if given("number") { fields.number("number", 1..=2000) } else { None };
    let flag = fields.optional_flag("flag");
    let list = if given("list") { fields.numbers("list", 3, 1..=2000) } else { None };
    let read = [
        ("text", json!(text)),
        ("password", json!(password)),
        ("number", json!(number)),
        ("flag", json!(flag)),
        ("list", json!(list)),
    ];
    let read = read.into_iter().filter(|(_, value)| !value.is_null());
    fields.finish(Some(read.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()))
}

/// Satchel's response; a parse error is cut to its beginning.
async fn answer(content_type: &str, body: &str) -> (u16, Value) {
    let bytes: Vec<u8> =
        body.chars().map(|c| u8::try_from(c).expect("a character stands for a byte")).collect();
    let input = read(Some(content_type), &bytes, Accepts::JsonOrForm).await;
    let result = input.and_then(|input| Ok(validated(&input, bytes.is_empty())?));
    let response =
        result.map_or_else(|e| e.into_response("r"), |read| super::json(http::StatusCode::OK, &read));
    let status = response.status().as_u16();
    let lambda_http::Body::Text(text) = response.into_body() else { panic!("a text") };
    let mut said: Value = serde_json::from_str(&text).unwrap();
    for beginning in ["JSON parse error - ", "Multipart form parse error - "] {
        if said["detail"].as_str().is_some_and(|detail| detail.starts_with(beginning)) {
            said = json!({ "detail": beginning });
        }
    }
    (status, said)
}

#[tokio::test]
async fn bodies_are_read_as_django_rest_framework_reads_them() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("same.json")).unwrap();
    assert!(cases.len() > 200, "{}", cases.len());
    let mut differences = Vec::new();
    for (content_type, body, status, said) in cases {
        let ours = answer(&content_type, &body).await;
        if ours != (status, said.clone()) {
            differences.push(format!("{content_type} {body}\n  theirs: {status} {said}\n  ours: {ours:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn bodies_are_read_differently_only_where_the_contract_says_so() {
    let cases: Vec<(String, String, u16, Value, u16, Value)> =
        serde_json::from_str(include_str!("different.json")).unwrap();
    for (content_type, body, their_status, theirs, status, said) in cases {
        let ours = answer(&content_type, &body).await;
        assert_eq!(ours, (status, said), "{content_type} {body}");
        assert_ne!(ours, (their_status, theirs), "{content_type} {body}: this is no difference");
    }
}
