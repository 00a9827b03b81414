//! CORS: preflights, and the headers of other responses.

use reqwest::{Client, Method, Response};

use super::{ORIGINALS, RENDITIONS, TestStore};

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

async fn preflight(store: &TestStore, bucket: &str, method: &str, headers: &str) -> Response {
    let url = format!("{}/{bucket}/k?X-Amz-Signature=x", store.s3.url());
    let request = Client::new().request(Method::OPTIONS, url).header("origin", "https://app.example");
    let request = request.header("access-control-request-method", method);
    request.header("access-control-request-headers", headers).send().await.unwrap()
}

#[tokio::test]
async fn a_preflight_is_answered_by_the_rules_of_the_bucket() {
    let store = TestStore::new().await;
    let answer = preflight(&store, ORIGINALS, "PUT", "Content-Type, If-None-Match").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    assert_eq!(header(&answer, "access-control-allow-methods"), "GET, PUT");
    assert_eq!(header(&answer, "access-control-allow-headers"), "content-type, if-none-match");
    assert_eq!(header(&answer, "access-control-max-age"), "3000");

    assert_eq!(preflight(&store, ORIGINALS, "DELETE", "").await.status(), 403);
    assert_eq!(preflight(&store, ORIGINALS, "PUT", "authorization").await.status(), 403);
    let answer = preflight(&store, RENDITIONS, "PUT", "").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (403, ""));
    assert!(answer.text().await.unwrap().contains("<Code>AccessForbidden</Code>"));
}

#[tokio::test]
async fn refusals_have_cors_headers_too() {
    let store = TestStore::new().await;
    let get = async |bucket: &str| {
        let url = format!("{}/{bucket}/k", store.s3.url());
        Client::new().get(url).header("origin", "https://app.example").send().await.unwrap()
    };
    let refused = get(ORIGINALS).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(header(&refused, "access-control-allow-origin"), "*");
    assert_eq!(header(&refused, "access-control-expose-headers"), "ETag");
    assert_eq!(header(&get(RENDITIONS).await, "access-control-allow-origin"), "");
}
