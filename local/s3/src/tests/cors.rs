//! Cross-origin requests.

use reqwest::{Client, Method, Response};

use super::{ORIGINALS, RENDITIONS, World};

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

async fn preflight(world: &World, bucket: &str, method: &str, headers: &str) -> Response {
    let url = format!("{}/{bucket}/k?X-Amz-Signature=x", world.s3.url());
    let request = Client::new().request(Method::OPTIONS, url).header("origin", "https://app.example");
    let request = request.header("access-control-request-method", method);
    request.header("access-control-request-headers", headers).send().await.unwrap()
}

#[tokio::test]
async fn a_preflight_is_answered_by_the_rules_of_the_bucket() {
    let world = World::new().await;
    let answer = preflight(&world, ORIGINALS, "PUT", "Content-Type, If-None-Match").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    assert_eq!(header(&answer, "access-control-allow-methods"), "GET, PUT");
    assert_eq!(header(&answer, "access-control-allow-headers"), "content-type, if-none-match");
    assert_eq!(header(&answer, "access-control-max-age"), "3000");

    assert_eq!(preflight(&world, ORIGINALS, "DELETE", "").await.status(), 403);
    assert_eq!(preflight(&world, ORIGINALS, "PUT", "authorization").await.status(), 403);
    let answer = preflight(&world, RENDITIONS, "PUT", "").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (403, ""));
    assert!(answer.text().await.unwrap().contains("<Code>AccessForbidden</Code>"));
}

#[tokio::test]
async fn answers_carry_the_rules_even_when_they_refuse() {
    let world = World::new().await;
    let get = async |bucket: &str| {
        let url = format!("{}/{bucket}/k", world.s3.url());
        Client::new().get(url).header("origin", "https://app.example").send().await.unwrap()
    };
    let refused = get(ORIGINALS).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(header(&refused, "access-control-allow-origin"), "*");
    assert_eq!(header(&refused, "access-control-expose-headers"), "ETag");
    assert_eq!(header(&get(RENDITIONS).await, "access-control-allow-origin"), "");
}
