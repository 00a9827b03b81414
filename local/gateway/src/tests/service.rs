//! Whole requests, with a function that returns its event.

use std::time::Duration;

use http::{Request, StatusCode};
use serde_json::Value;

use super::super::service::Settings;
use super::api::Api;
use super::settings;

fn answer(status: StatusCode, message: &str) -> (u16, String) {
    (status.as_u16(), format!(r#"{{"message":"{message}"}}"#))
}

#[tokio::test]
async fn a_function_gets_the_event_and_the_caller_its_answer() {
    let api = Api::start(settings()).await;
    let request = Request::post("/echo/7/?a=1").header("origin", "https://a.example");
    let (status, headers, body) = api.send(request.header("content-type", "text/plain"), "hello").await;
    let event = serde_json::from_str::<Value>(&body).unwrap()["order"].take();
    assert_eq!(status, 200);
    assert_eq!((&event["body"], &event["pathParameters"]["id"]), (&"hello".into(), &"7".into()));
    assert_eq!(event["headers"]["x-satchel-viewer-ip"], "127.0.0.1");
    assert_eq!(event["headers"]["x-satchel-host"], "127.0.0.1:3000");
    let id = event["requestContext"]["requestId"].as_str().unwrap();
    let expected = format!("access-control-allow-origin: *\napigw-requestid: {id}\n");
    assert!(headers.starts_with(&expected), "{headers}");
}

#[tokio::test]
async fn invalid_requests_are_answered_by_api_gateway() {
    let api = Api::start(settings()).await;
    let not_found = answer(StatusCode::NOT_FOUND, "Not Found");
    assert_eq!(api.status_and_body(Request::get("/nowhere"), "").await, not_found);
    assert_eq!(api.status_and_body(Request::delete("/echo/1"), "").await, not_found);
    assert_eq!(api.status_and_body(Request::head("/echo/1"), "").await.0, 404);
    let bad = answer(StatusCode::BAD_REQUEST, "Bad Request");
    assert_eq!(api.status_and_body(Request::get("/echo/%zz"), "").await, bad);
    assert_eq!(api.status_and_body(Request::get("/echo/1?%"), "").await, bad);
    let large = answer(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large");
    let cookie = "x".repeat(10_240);
    assert_eq!(api.status_and_body(Request::get("/echo/1").header("cookie", cookie), "").await, large);
}

#[tokio::test]
async fn a_large_body_is_refused_by_its_content_length_or_after_it_was_read() {
    let api = Api::start(settings()).await;
    let announced = Request::post("/echo/1").header("content-length", 4_700_001_u64);
    let (status, body) = api.status_and_body(announced, "").await;
    assert_eq!((status, body.starts_with(r#"{"detail":"The body has 4700001 bytes; "#)), (413, true));
    let too_large = answer(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    let for_lambda = vec![0; 4_720_000];
    assert_eq!(api.status_and_body(Request::post("/echo/1"), for_lambda).await, too_large);
    let for_the_gateway = vec![b'x'; 10 * 1024 * 1024 + 1];
    let text = Request::post("/echo/1").header("content-type", "text/plain");
    assert_eq!(api.status_and_body(text, for_the_gateway).await, too_large);
}

#[tokio::test]
async fn api_gateway_answers_if_a_function_fails_or_takes_too_long() {
    let api = Api::start(settings()).await;
    let failed = answer(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    assert_eq!(api.status_and_body(Request::get("/broken"), "").await, failed);
    let hurried = Api::start(Settings { integration_timeout: Duration::ZERO, ..settings() }).await;
    let late = answer(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
    assert_eq!(hurried.status_and_body(Request::get("/echo/1"), "").await, late);
}

#[tokio::test]
async fn the_time_limit_of_a_request_begins_when_its_function_is_built() {
    let patience = Duration::from_secs(20);
    let (api, building) = Api::building(Settings { integration_timeout: patience, ..settings() }).await;
    let build = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        building.built("obey");
        building.end(Err("no-binary did not build".to_owned()));
    };
    let ((status, _), ()) = tokio::join!(api.status_and_body(Request::get("/echo/1"), ""), build);
    assert_eq!(status, 200);
    let failed = answer(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    assert_eq!(api.status_and_body(Request::get("/broken"), "").await, failed);
    // A limit that had begun before the end of the build would win here.
    let (hurried, building) =
        Api::building(Settings { integration_timeout: Duration::ZERO, ..settings() }).await;
    let early = tokio::time::timeout(
        Duration::from_millis(300),
        hurried.status_and_body(Request::get("/echo/1"), ""),
    );
    assert!(early.await.is_err());
    drop(building);
}

#[tokio::test]
async fn a_head_request_needs_its_own_route_and_has_no_body_in_the_response() {
    let api = Api::start(settings()).await;
    let origin = "https://a.example";
    let (status, headers, body) = api.send(Request::get("/both").header("origin", origin), "").await;
    let event: Value = serde_json::from_str::<Value>(&body).unwrap()["order"].take();
    assert_eq!((status, &event["routeKey"]), (200, &"GET /both".into()));
    let names = |headers: &str| -> Vec<String> {
        let names = headers.lines().filter_map(|line| line.split_once(':'));
        names.map(|(name, _)| name.to_owned()).filter(|name| name != "content-length").collect()
    };
    let (head_status, head_headers, nothing) =
        api.send(Request::head("/both").header("origin", origin), "").await;
    assert_eq!((head_status, names(&head_headers), nothing.as_str()), (status, names(&headers), ""));
    // The response contains the event. HEAD is one letter longer than GET, in the method and in two route keys.
    assert!(
        head_headers.contains(&format!("content-length: {}\n", body.len() + 3)),
        "{head_headers}\n{body}"
    );
    assert!(head_headers.contains("access-control-allow-origin: *"), "{head_headers}");
    let unknown = api.send(Request::head("/nowhere"), "").await;
    assert_eq!((unknown.0, unknown.2.as_str()), (404, ""));
}

#[tokio::test]
async fn a_preflight_needs_no_route() {
    let api = Api::start(settings()).await;
    let request = Request::options("/echo/1").header("origin", "https://a.example");
    let (status, headers, _) = api.send(request.header("access-control-request-method", "PUT"), "").await;
    assert_eq!(status, 204);
    assert!(headers.starts_with("access-control-allow-origin: *\napigw-requestid: "), "{headers}");
}
