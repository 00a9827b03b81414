use http::header::HeaderValue;
use http::{HeaderMap, Method};
use local_deployment::Cors;

use super::super::cors;
use super::{headers, read};

fn configured(origins: &[&str]) -> Cors {
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    Cors {
        allow_origins: texts(origins),
        allow_methods: texts(&["GET", "POST"]),
        allow_headers: texts(&["authorization", "content-type"]),
        expose_headers: texts(&["retry-after"]),
        max_age: Some(600),
        allow_credentials: false,
    }
}

const PREFLIGHT: [(&str, &str); 2] =
    [("origin", "https://a.example"), ("access-control-request-method", "POST")];

#[tokio::test]
async fn a_preflight_is_answered_without_a_route() {
    let cors = configured(&["https://a.example"]);
    let response = cors::preflight(Some(&cors), &Method::OPTIONS, &headers(&PREFLIGHT)).expect("a preflight");
    let expected = "access-control-allow-headers: authorization,content-type\n\
                    access-control-allow-methods: GET,POST\n\
                    access-control-allow-origin: https://a.example\n\
                    access-control-max-age: 600";
    assert_eq!(read(response).await, (204, expected.to_owned(), String::new()));
}

#[tokio::test]
async fn the_answer_to_a_preflight_of_another_origin_grants_nothing() {
    let cors = configured(&["https://b.example"]);
    let response = cors::preflight(Some(&cors), &Method::OPTIONS, &headers(&PREFLIGHT)).expect("a preflight");
    assert_eq!(read(response).await, (204, String::new(), String::new()));
}

#[test]
fn other_requests_are_not_answered_as_preflights() {
    let cors = configured(&["*"]);
    assert!(cors::preflight(Some(&cors), &Method::POST, &headers(&PREFLIGHT)).is_none());
    assert!(cors::preflight(Some(&cors), &Method::OPTIONS, &headers(&PREFLIGHT[..1])).is_none());
    assert!(cors::preflight(None, &Method::OPTIONS, &headers(&PREFLIGHT)).is_none());
}

fn allowed(origins: &[&str], origin: &'static str) -> Option<HeaderValue> {
    let mut answer = HeaderMap::new();
    cors::apply(Some(&configured(origins)), Some(&HeaderValue::from_static(origin)), &mut answer);
    answer.remove("access-control-allow-origin")
}

#[test]
fn an_origin_can_be_allowed_by_name_by_scheme_or_by_a_wildcard() {
    assert_eq!(allowed(&["*"], "https://a.example").as_ref().map(HeaderValue::as_bytes), Some(&b"*"[..]));
    let own = Some(HeaderValue::from_static("https://a.example"));
    assert_eq!(allowed(&["https://*"], "https://a.example"), own);
    assert_eq!(allowed(&["https://b.example", "https://a.example"], "https://a.example"), own);
    for origins in [&["http://*"][..], &["https://a.example.org"], &["https://*.example"], &[]] {
        assert_eq!(allowed(origins, "https://a.example"), None, "{origins:?}");
    }
}

#[test]
fn the_cors_headers_of_functions_are_replaced() {
    let function = [
        ("access-control-allow-origin", "https://evil.example"),
        ("access-control-allow-credentials", "true"),
        ("content-type", "a/b"),
    ];
    let mut answer = headers(&function);
    let origin = HeaderValue::from_static("https://a.example");
    cors::apply(Some(&configured(&["https://a.example"])), Some(&origin), &mut answer);
    let expected = [
        ("content-type", "a/b"),
        ("access-control-allow-origin", "https://a.example"),
        ("access-control-expose-headers", "retry-after"),
    ];
    assert_eq!(answer, headers(&expected));

    let mut without_origin = headers(&function);
    cors::apply(Some(&configured(&["*"])), None, &mut without_origin);
    assert_eq!(without_origin, headers(&[("content-type", "a/b")]));

    let mut unconfigured = headers(&function);
    cors::apply(None, Some(&origin), &mut unconfigured);
    assert_eq!(unconfigured, headers(&function));
}
