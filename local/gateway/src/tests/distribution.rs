//! Errors that CloudFront caches, and a configuration that changes.

use http::Request;
use local_deployment::Front;
use serde_json::{Value, json};

use super::super::distribution::Distribution;
use super::bench::Api;
use super::settings;

fn front(secret: &str, error_caching: &[(u16, u32)]) -> Front {
    Front {
        headers: [("x-satchel-origin-secret".to_owned(), secret.to_owned())].into(),
        error_caching: error_caching.iter().copied().collect(),
    }
}

async fn behind(front: Front) -> Api {
    let distribution = Distribution::default();
    distribution.change_to(Some(front));
    distribution.settle();
    Api::behind(distribution, settings()).await
}

/// The responses to Ada, to whom the function answers with this status, and then to Bob, to whom it answers with 200.
async fn ada_and_bob(api: &Api, method: &str, path: &str, status: u16) -> [(u16, String); 2] {
    let answer = json!({"statusCode": status, "body": "for ada", "headers": {"cache-control": "no-store"}});
    let request = |name: &str| Request::builder().method(method).uri(path).header("authorization", name);
    let ada = api.send(request("ada").header("x-answer", answer.to_string()), "").await;
    let bob = api.send(request("bob"), "").await;
    [ada, bob].map(|(status, _, body)| (status, body))
}

#[tokio::test]
async fn an_error_answers_others_for_ten_seconds_unless_the_template_says_otherwise() {
    let api = behind(front("s", &[(404, 0), (503, 0)])).await;
    for status in [400, 403, 405, 414, 500, 501, 502, 504] {
        let [ada, bob] = ada_and_bob(&api, "GET", &format!("/echo/{status}?of=ada"), status).await;
        assert_eq!(ada, (status, "for ada".to_owned()));
        assert_eq!(bob, ada, "for every caller and query, and in spite of no-store");
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
    assert_eq!((ada.0, bob.0), (404, 200), "answers to POST are not kept");
    let [_, bob] = ada_and_bob(&api, "GET", "/echo/1", 404).await;
    assert_eq!(bob.0, 404);
    let elsewhere = api.send(Request::get("/echo/2"), "").await;
    assert_eq!(elsewhere.0, 200);
    let (status, headers, _) = api.send(Request::get("/echo/1/"), "").await;
    assert!(status == 404 && headers.contains("x-cache: Error from cloudfront"), "{status} {headers}");
}

#[tokio::test]
async fn while_the_configuration_changes_requests_meet_the_old_and_the_new_one() {
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
    let mut met = [sent().await, sent().await].map(Option::unwrap);
    met.sort();
    assert_eq!(met, ["new", "old"]);
    distribution.settle();
    assert_eq!([sent().await, sent().await].map(Option::unwrap), ["new", "new"]);
}
