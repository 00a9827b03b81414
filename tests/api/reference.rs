//! `GET /openapi.json` and `GET /docs`.

use reqwest::Method;
use serde_json::Value;

use crate::helpers::{Answer, TestStack, stack};

const ROUTES: [(&str, &str); 2] =
    [("/openapi.json", "application/json"), ("/docs", "text/html; charset=utf-8")];

/// The operations of the contract.
fn operations(contract: &Value) -> Vec<&Value> {
    let paths = contract["paths"].as_object().expect("paths").values();
    let methods = paths.flat_map(|path| path.as_object().expect("a path").values());
    methods.filter(|operation| operation.get("operationId").is_some()).collect()
}

async fn with_tag(stack: &TestStack, method: Method, path: &str, tag: &str) -> Answer {
    Answer::of(stack.http.request(method, stack.url(path)).header("if-none-match", tag)).await
}

#[tokio::test]
async fn the_reference_may_be_cached_for_five_minutes() {
    let stack = stack();
    for (path, content_type) in ROUTES {
        let answer = stack.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, content_type));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let known = format!("W/{}", answer.header("etag"));
        for method in [Method::GET, Method::HEAD] {
            let again = with_tag(&stack, method, path, &known).await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), answer.header("etag"), "{path}");
        }
        assert_eq!(with_tag(&stack, Method::GET, path, "\"other\"").await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn every_operation_and_component_of_the_contract_is_on_the_page() {
    let stack = stack();
    let contract = stack.get("/openapi.json").await.json();
    let page = stack.get("/docs").await.text();
    let operations = operations(&contract);
    assert!(operations.len() > 60, "{operations:?}");
    let ids =
        operations.iter().map(|operation| operation["operationId"].as_str().expect("a text").to_owned());
    let components = ["schemas", "responses"].into_iter().flat_map(|kind| {
        let names = contract["components"][kind].as_object().expect("components").keys();
        let kind = kind.trim_end_matches('s');
        names.map(move |name| format!("{kind}-{name}"))
    });
    for anchor in ids.chain(components) {
        assert_eq!(page.matches(&format!(" id=\"{anchor}\"")).count(), 1, "{anchor}");
    }
}

#[tokio::test]
async fn every_link_inside_of_the_page_leads_somewhere() {
    let page = stack().get("/docs").await.text();
    let links: Vec<_> = page.split(" href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.len() > 100, "{links:?}");
    for anchor in links {
        // Browsers lead `#top` to the beginning of the page (HTML, section 7.4.6.4).
        assert!(anchor == "top" || page.contains(&format!(" id=\"{anchor}\"")), "{anchor}");
    }
}

#[tokio::test]
async fn the_page_has_an_example_for_every_operation() {
    let stack = stack();
    let contract = stack.get("/openapi.json").await.json();
    let page = stack.get("/docs").await.text();
    for operation in operations(&contract) {
        let id = operation["operationId"].as_str().expect("a text");
        let section = page.split(&format!("data-operation=\"{id}\"")).nth(1).expect(id);
        let section = section.split("</section>").next().expect(id);
        assert!(section.contains("<code>curl ") && section.contains("$SATCHEL/"), "{id}: {section}");
    }
}
