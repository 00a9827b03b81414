//! Tests of API Gateway and CloudFront.

mod api;
mod cors;
mod distribution;
mod event;
mod response;
mod routing;
mod service;
mod target;

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;

use local_deployment::Route;
use serde_json::json;

use super::front::{BodyLimit, FrontDoor};
use super::service::Settings;

fn route(key: &str) -> Route {
    let (method, path) = key.split_once(' ').expect("a key is a method and a path");
    Route { method: method.to_owned(), path: path.to_owned(), function: key.to_owned() }
}

/// A front door with all effects.
fn front_door() -> FrontDoor {
    let refusal = |length| json!({"detail": format!("The body has {length} bytes; that is too much.")});
    FrontDoor {
        strips_trailing_slash: true,
        viewer_ip: Some(HeaderName::from_static("x-satchel-viewer-ip")),
        viewer_host: Some(HeaderName::from_static("x-satchel-host")),
        reserved: vec![HeaderName::from_static("x-satchel-origin-secret")],
        body_limit: Some(BodyLimit { bytes: 4_700_000, refusal }),
    }
}

fn settings() -> Settings {
    Settings { front_door: front_door(), ..Settings::default() }
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in pairs.iter().map(pair) {
        headers.append(name, value);
    }
    headers
}

/// Status, headers (sorted, one per line) and body of a response.
async fn read(response: Response) -> (u16, String, String) {
    let (parts, body) = response.into_parts();
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        format!("{name}: {}", value.to_str().expect("a header is text"))
    };
    let mut lines: Vec<String> = parts.headers.iter().map(line).collect();
    lines.sort();
    let body = body.collect().await.expect("a body can be read").to_bytes();
    (parts.status.as_u16(), lines.join("\n"), String::from_utf8(body.to_vec()).expect("the body is text"))
}
