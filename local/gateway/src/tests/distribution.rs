//! CloudFront's cache of errors, and updates of its configuration.

use http::Request;
use local_deployment::{Front, ResponseHeader};
use serde_json::{Value, json};

use super::super::distribution::Distribution;
use super::api::Api;
use super::settings;

fn front(secret: &str, error_caching: &[(u16, u32)]) -> Front {
    Front {
        headers: [("x-satchel-origin-secret".to_owned(), secret.to_owned())].into(),
        error_caching: error_caching.iter().copied().collect(),
        response_headers: Vec::new(),
    }
}

async fn behind(front: Front) -> Api {
    let distribution = Distribution::default();
    distribution.change_to(Some(front));
    distribution.settle();
    Api::behind(distribution, settings()).await
}

/// Sends a request of Ada, to which the function answers `status`, and then one of Bob, to which it answers 200.
/// Returns both responses.
async fn ada_and_bob(api: &Api, method: &str, path: &str, status: u16) -> [(u16, String); 2] {
    let answer = json!({"statusCode": status, "body": "for ada", "headers": {"cache-control": "no-store"}});
    let request = |name: &str| Request::builder().method(method).uri(path).header("authorization", name);
    let ada = api.send(request("ada").header("x-answer", answer.to_string()), "").await;
    let bob = api.send(request("bob"), "").await;
    [ada, bob].map(|(status, _, body)| (status, body))
}

#[tokio::test]
async fn errors_are_cached_for_all_callers_unless_the_template_sets_a_ttl_of_zero() {
    let api = behind(front("s", &[(404, 0), (503, 0)])).await;
    for status in [400, 403, 405, 414, 500, 501, 502, 504] {
        let [ada, bob] = ada_and_bob(&api, "GET", &format!("/echo/{status}?of=ada"), status).await;
        assert_eq!(ada, (status, "for ada".to_owned()));
        assert_eq!(bob, ada, "cached for every caller and query, in spite of no-store");
    }
    for status in [404, 503, 401, 409, 429, 302] {
        let [ada, bob] = ada_and_bob(&api, "GET", &format!("/echo/{status}"), status).await;
        assert_eq!((ada.0, bob.0), (status, 200));
    }
}

#[tokio::test]
async fn errors_are_cached_by_path_and_method() {
    let api = behind(front("s", &[])).await;
    let [ada, bob] = ada_and_bob(&api, "POST", "/echo/1", 404).await;
    assert_eq!((ada.0, bob.0), (404, 200), "responses to POST are not cached");
    let [_, bob] = ada_and_bob(&api, "GET", "/echo/1", 404).await;
    assert_eq!(bob.0, 404);
    let elsewhere = api.send(Request::get("/echo/2"), "").await;
    assert_eq!(elsewhere.0, 200);
    let (status, headers, _) = api.send(Request::get("/echo/1/"), "").await;
    assert!(status == 404 && headers.contains("x-cache: Error from cloudfront"), "{status} {headers}");
}

#[tokio::test]
async fn during_an_update_requests_get_the_old_and_the_new_configuration() {
    let distribution = Distribution::default();
    let api = Api::behind(distribution.clone(), settings()).await;
    let sent = async || {
        let (_, _, body) =
            api.send(Request::get("/echo/1").header("x-satchel-origin-secret", "forged"), "").await;
        let answer: Value = serde_json::from_str(&body).unwrap();
        answer["order"]["headers"]["x-satchel-origin-secret"].as_str().map(str::to_owned)
    };
    assert_eq!(sent().await, None);
    distribution.change_to(Some(front("old", &[])));
    distribution.settle();
    assert_eq!(sent().await.as_deref(), Some("old"));
    distribution.change_to(Some(front("new", &[])));
    let mut secrets = [sent().await, sent().await].map(Option::unwrap);
    secrets.sort();
    assert_eq!(secrets, ["new", "old"]);
    distribution.settle();
    assert_eq!([sent().await, sent().await].map(Option::unwrap), ["new", "new"]);
}

#[tokio::test]
async fn the_policy_adds_headers_to_all_responses_and_replaces_only_those_that_it_overrides() {
    let header = |name: &str, value: &str, overrides| ResponseHeader {
        name: name.to_owned(),
        value: value.to_owned(),
        overrides,
    };
    let policy = vec![header("cache-control", "no-store", false), header("x-frame-options", "DENY", true)];
    let api = behind(Front { response_headers: policy, ..front("s", &[]) }).await;
    let answer =
        json!({"statusCode": 200, "headers": {"cache-control": "no-cache", "x-frame-options": "SAMEORIGIN"}});
    let (_, headers, _) = api.send(Request::get("/echo/1").header("x-answer", answer.to_string()), "").await;
    assert!(headers.contains("cache-control: no-cache\n"), "{headers}");
    assert!(headers.contains("x-frame-options: DENY") && !headers.contains("SAMEORIGIN"), "{headers}");
    for (status, path) in [(404, "/nowhere"), (404, "/nowhere"), (200, "/echo/1")] {
        let (found, headers, _) = api.send(Request::get(path), "").await;
        assert_eq!(found, status, "{path}");
        assert!(
            headers.contains("cache-control: no-store") && headers.contains("x-frame-options: DENY"),
            "{headers}"
        );
    }
}
