use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use http::{HeaderMap, Uri, Version};
use jiff::Timestamp;
use lambda_http::{RequestExt as _, RequestPayloadExt as _};
use local_deployment::Front;
use serde_json::{Value, json};

use super::super::event::{Request, payload};
use super::super::routing::Matched;
use super::super::target::Target;
use super::{front_door, headers, route};

const HOST: (&str, &str) = ("host", "127.0.0.1:3000");

fn event_text(method: &str, uri: &str, headers: &HeaderMap, body: &[u8]) -> String {
    let target = Target::read(&uri.parse::<Uri>().expect("a URI"), headers, &front_door())
        .expect("the target is valid");
    let route = route(&format!("{method} /api/files/{{id}}"));
    let parameters = BTreeMap::from([("id".to_owned(), target.segments[2].clone())]);
    let request = Request {
        id: "JKJaXmPLvHcESHA=",
        api: "satchel000",
        method,
        version: Version::HTTP_11,
        target: &target,
        matched: &Matched { route: &route, parameters },
        headers,
        peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        body,
        received: Timestamp::from_millisecond(1_583_348_638_390).expect("a time"),
    };
    String::from_utf8(payload(&request).expect("an event").to_vec()).expect("JSON is UTF-8")
}

fn event(method: &str, uri: &str, pairs: &[(&'static str, &'static str)], body: &[u8]) -> Value {
    let text = event_text(method, uri, &headers(&[&[HOST], pairs].concat()), body);
    serde_json::from_str(&text).expect("an event is JSON")
}

#[test]
fn an_event_has_the_payload_format_2() {
    let sent = [
        ("user-agent", "curl/8"),
        ("accept", "text/html"),
        ("accept", "application/json"),
        ("cookie", "a=1; b=2"),
        ("cookie", "c=3"),
        ("content-type", "application/json"),
        ("x-amzn-trace-id", "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e"),
        ("connection", "keep-alive"),
    ];
    let event = event("PATCH", "/api/files/a%20b/?q=1&q=2", &sent, br#"{"title":"t"}"#);
    assert_eq!(
        event,
        json!({
            "version": "2.0",
            "routeKey": "PATCH /api/files/{id}",
            "rawPath": "/api/files/a b",
            "rawQueryString": "q=1&q=2",
            "cookies": ["a=1", "b=2", "c=3"],
            "headers": {
                "accept": "text/html,application/json",
                "content-length": "13",
                "content-type": "application/json",
                "host": "127.0.0.1:3000",
                "user-agent": "curl/8",
                "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
                "x-forwarded-for": "192.0.2.7",
                "x-forwarded-port": "3000",
                "x-forwarded-proto": "http",
            },
            "queryStringParameters": { "q": "1,2" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "satchel000",
                "domainName": "127.0.0.1",
                "domainPrefix": "127",
                "http": {
                    "method": "PATCH",
                    "path": "/api/files/a b",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.7",
                    "userAgent": "curl/8",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "PATCH /api/files/{id}",
                "stage": "$default",
                "time": "04/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_i64,
            },
            "pathParameters": { "id": "a b" },
            "body": r#"{"title":"t"}"#,
            "isBase64Encoded": false,
        })
    );
}

#[test]
fn missing_parts_of_a_request_are_absent_from_the_event() {
    let event = event("GET", "/api/files/1", &[], b"");
    for absent in ["cookies", "queryStringParameters", "body", "stageVariables"] {
        assert!(event.get(absent).is_none(), "{absent}");
    }
    assert_eq!((&event["rawQueryString"], &event["isBase64Encoded"]), (&json!(""), &json!(false)));
}

#[test]
fn all_bodies_but_text_json_xml_and_javascript_are_base64() {
    let encoded = |content_type: Option<&'static str>| {
        let pairs: Vec<_> = content_type.map(|value| ("content-type", value)).into_iter().collect();
        event("POST", "/api/files/1", &pairs, b"a=b")["isBase64Encoded"] == json!(true)
    };
    for text in [
        "text/plain",
        "text/csv; charset=utf-8",
        "application/json",
        "Application/XML",
        "application/javascript",
    ] {
        assert!(!encoded(Some(text)), "{text}");
    }
    for binary in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "image/svg+xml",
    ] {
        assert!(encoded(Some(binary)), "{binary}");
    }
    assert!(encoded(None), "no content type");
    let form = event("POST", "/api/files/1", &[("content-type", "multipart/form-data")], b"a=b");
    assert_eq!(form["body"], "YT1i");
}

#[test]
fn lambda_http_can_parse_the_event() {
    let sent =
        headers(&[HOST, ("content-type", "application/x-www-form-urlencoded"), ("cookie", "a=1; b=2")]);
    let text = event_text("POST", "/api/files/%C3%A9%2F1?q=%C3%A9&q=2", &sent, b"name=ada");
    let request = lambda_http::request::from_str(&text).expect("lambda_http parses the event");
    assert_eq!(request.method(), "POST");
    assert_eq!(request.raw_http_path(), "/api/files/é/1");
    assert_eq!(request.path_parameters().first("id"), Some("é/1"));
    assert_eq!(request.query_string_parameters().all("q"), Some(vec!["é", "2"]));
    assert_eq!(request.headers()["cookie"], "a=1; b=2");
    let form: BTreeMap<String, String> = request.payload().expect("a form").expect("a body");
    assert_eq!(form["name"], "ada");
}

#[test]
fn the_front_door_overwrites_trusted_headers() {
    let mut headers = headers(&[
        HOST,
        ("x-satchel-viewer-ip", "6.6.6.6"),
        ("x-satchel-host", "evil.example"),
        ("x-satchel-origin-secret", "guess"),
    ]);
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let secret = [("x-satchel-origin-secret".to_owned(), "s3cret".to_owned())].into();
    let front = Front { headers: secret, ..Front::default() };
    front_door().set_headers(&mut headers, peer, Some(&front));
    assert_eq!(headers["x-satchel-viewer-ip"], "127.0.0.1");
    assert_eq!(headers["x-satchel-host"], "127.0.0.1:3000");
    assert_eq!(headers["x-satchel-origin-secret"], "s3cret");
    front_door().set_headers(&mut headers, peer, None);
    assert!(!headers.contains_key("x-satchel-origin-secret"));
}

#[test]
fn the_callers_address_is_appended_to_x_forwarded_for() {
    let event = event(
        "GET",
        "/api/files/1",
        &[("x-forwarded-for", "10.0.0.1"), ("x-forwarded-proto", "gopher")],
        b"",
    );
    assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 192.0.2.7");
    assert_eq!(event["headers"]["x-forwarded-proto"], "http");
}
