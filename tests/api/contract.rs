//! `openapi.yaml`: its examples are correct, and a response that it does not document is refused.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::helpers::{Answer, CONTRACT, Contract, Response};

const NOTES: &str = "
paths:
  /notes:
    get:
      operationId: list-notes
      responses:
        '200':
          headers:
            Cache-Control: {schema: {const: no-store}}
            Retry-After: {schema: {type: integer}}
          content:
            application/json:
              schema:
                type: object
                required: [notes]
                properties: {notes: {type: array, items: {$ref: '#/components/schemas/Note'}}}
        '204': {description: None., headers: {ETag: {required: true, schema: {type: string}}}}
        '404': {$ref: '#/components/responses/NotFound'}
    head:
      operationId: list-notes-head
      responses: {'200': {description: None.}}
  /notes/{id}:
    get: {operationId: get-note, responses: {'302': {description: Elsewhere.}}}
  /notes/latest:
    get: {operationId: get-latest-note, responses: {'302': {description: Elsewhere.}}}
components:
  schemas:
    Note:
      type: object
      required: [id]
      properties: {id: {type: string}, size: {type: [integer, 'null']}}
  responses:
    NotFound:
      content:
        application/json:
          schema:
            anyOf:
              - {type: object, required: [detail], properties: {detail: {type: string}}}
              - {type: object, required: [error], properties: {error: {type: string}}}
";

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let header = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap())
    };
    let headers: HeaderMap = headers.iter().map(header).collect();
    Answer { status, headers, bytes: body.as_bytes().to_vec() }
}

/// A response with JSON.
fn with_json(status: u16, body: &str) -> Answer {
    answer(status, &[("content-type", "application/json"), ("cache-control", "no-store")], body)
}

/// The operation that documents a response, or why none does.
fn check(method: &str, path: &str, answer: &Answer) -> Result<Option<String>, String> {
    Contract::new(NOTES).check(&Response { method, path, answer })
}

#[test]
fn every_example_of_the_contract_matches_its_schema() {
    let wrong = CONTRACT.wrong_examples();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_documented_response_belongs_to_its_operation() {
    let notes = with_json(200, r#"{"notes": [{"id": "a"}, {"id": "b", "size": null}]}"#);
    let not_found = with_json(404, r#"{"detail": "Not found."}"#);
    let found = answer(302, &[], "");
    for (path, answer, operation) in [
        ("/notes", &notes, "list-notes"),
        ("/notes/", &notes, "list-notes"),
        ("/notes", &not_found, "list-notes"),
        ("/notes", &answer(204, &[("etag", "x")], ""), "list-notes"),
        ("/notes/a%2Fb", &found, "get-note"),
        ("/notes/latest", &found, "get-latest-note"),
    ] {
        assert_eq!(check("GET", path, answer), Ok(Some(operation.to_owned())), "{path}");
    }
}

#[test]
fn an_undocumented_response_is_refused() {
    let in_order = r#"{"notes": []}"#;
    let json = "application/json";
    let no_store = ("cache-control", "no-store");
    for (answer, expected) in [
        (with_json(201, in_order), "list-notes (GET /notes) has no status 201"),
        (with_json(200, r#"{"notes": [{}]}"#), "at '/notes/0': missing properties 'id'"),
        (with_json(200, r#"{"notes": [{"id": "a", "size": "b"}]}"#), "at '/notes/0/size'"),
        (with_json(200, r#"{"notes": [{"id": "a", "more": 1}]}"#), "more': the field is not documented"),
        (with_json(200, r#"{"notes": [], "more": 1}"#), "more': the field is not documented"),
        (with_json(404, r#"{"detail": "x", "more": 1}"#), "more': the field is not documented"),
        (with_json(404, r#"{"message": "x"}"#), "missing properties 'detail'"),
        (with_json(200, "{"), "list-notes (GET /notes) with 200 has JSON"),
        (answer(204, &[("etag", "x")], in_order), "has no body"),
        (answer(204, &[], ""), "has the header ETag"),
        (
            answer(200, &[("content-type", "text/html"), no_store], in_order),
            "has a body of type application/json",
        ),
        (answer(200, &[("content-type", json)], in_order), "has the header Cache-Control"),
        (
            answer(200, &[("content-type", json), ("cache-control", "public")], in_order),
            "another header Cache-Control",
        ),
        (
            answer(200, &[("content-type", json), no_store, ("retry-after", "x")], in_order),
            "another header Retry-After",
        ),
    ] {
        let refused = check("GET", "/notes", &answer).unwrap_err();
        assert!(refused.contains(expected), "{}: {refused}", answer.text());
    }
    assert_eq!(
        check("POST", "/notes", &with_json(200, in_order)),
        Err("there is no such operation".to_owned())
    );
}

#[test]
fn head_has_no_body() {
    assert_eq!(check("HEAD", "/notes", &answer(200, &[], "")), Ok(Some("list-notes-head".to_owned())));
    let refused = check("HEAD", "/notes", &answer(200, &[], "x"));
    assert_eq!(refused, Err("HEAD is answered without a body".to_owned()));
    assert_eq!(check("HEAD", "/others", &answer(404, &[], "")), Ok(None));
}

#[test]
fn responses_of_the_gateway_belong_to_every_operation() {
    let own = |status: u16, message: &str| with_json(status, &json!({"message": message}).to_string());
    assert_eq!(check("GET", "/others", &own(404, "Not Found")), Ok(None));
    assert_eq!(check("GET", "/notes", &own(503, "Service Unavailable")), Ok(None));
    assert_eq!(check("GET", "/notes", &own(404, "Not Found")), Ok(Some("list-notes".to_owned())));
    assert!(check("GET", "/notes", &own(503, "Busy")).is_err());
    let head = |length| answer(503, &[("content-type", "application/json"), ("content-length", length)], "");
    assert_eq!(check("HEAD", "/notes", &head("33")), Ok(None), "the length of the body of GET");
    assert!(check("HEAD", "/notes", &head("34")).is_err());
    assert_eq!(check("OPTIONS", "/notes", &answer(204, &[], "")), Ok(None));
}
