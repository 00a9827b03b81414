//! Lambda events in the payload format 2.0.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, Version};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use local_common::ACCOUNT;
use serde::Serialize;

use super::body;
use super::routing::Matched;
use super::target::Target;

/// A request, with everything that its event contains.
pub(super) struct Request<'a> {
    pub(super) id: &'a str,
    /// The id of the HTTP API.
    pub(super) api: &'a str,
    pub(super) method: &'a str,
    pub(super) version: Version,
    pub(super) target: &'a Target,
    pub(super) matched: &'a Matched<'a>,
    /// The headers after [`FrontDoor::set_headers`](super::front::FrontDoor::set_headers).
    pub(super) headers: &'a HeaderMap,
    pub(super) peer: IpAddr,
    pub(super) body: &'a [u8],
    pub(super) received: Timestamp,
}

/// Headers of the connection, which API Gateway does not pass on.
const CONNECTION: [&str; 9] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: &'a BTreeMap<String, String>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    account_id: &'static str,
    api_id: &'a str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: String,
    source_ip: String,
    user_agent: String,
}

/// The event of a request, as JSON.
pub(super) fn payload(request: &Request) -> serde_json::Result<Bytes> {
    let Request { target, matched, headers, .. } = request;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let (body, is_base64_encoded) = body::encode(content_type, request.body);
    let route_key = format!("{} {}", matched.route.method, matched.route.path);
    let peer = request.peer.to_canonical().to_string();
    let event = Event {
        version: "2.0",
        route_key: &route_key,
        raw_path: &target.path,
        raw_query_string: &target.query,
        cookies: cookies(headers),
        headers: single_headers(request, &peer),
        query_string_parameters: &target.parameters,
        request_context: Context {
            account_id: ACCOUNT,
            api_id: request.api,
            domain_name: target.domain(),
            domain_prefix: target.domain().split('.').next().unwrap_or_default(),
            http: Http {
                method: request.method,
                path: &target.path,
                protocol: format!("{:?}", request.version),
                source_ip: peer.clone(),
                user_agent: headers.get(USER_AGENT).map(text).unwrap_or_default(),
            },
            request_id: request.id,
            route_key: &route_key,
            stage: "$default",
            time: request.received.to_zoned(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            time_epoch: request.received.as_millisecond(),
        },
        path_parameters: &matched.parameters,
        body,
        is_base64_encoded,
    };
    serde_json::to_vec(&event).map(Bytes::from)
}

/// The cookies of all Cookie headers. These headers are not part of the event's `headers`.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines: Vec<String> = headers.get_all(COOKIE).iter().map(text).collect();
    let cookies = lines.iter().flat_map(|line| line.split(';'));
    cookies.map(str::trim).filter(|cookie| !cookie.is_empty()).map(str::to_owned).collect()
}

/// The headers with names in lower case and with values joined by commas, and the headers that API Gateway adds.
fn single_headers<'a>(request: &Request<'a>, peer: &str) -> BTreeMap<&'a str, String> {
    let mut headers = BTreeMap::new();
    for name in request.headers.keys() {
        if name == COOKIE || CONNECTION.contains(&name.as_str()) {
            continue;
        }
        let values: Vec<String> = request.headers.get_all(name).iter().map(text).collect();
        headers.insert(name.as_str(), values.join(","));
    }
    // API Gateway adds the length of a chunked body, and 0 if there is no body.
    headers.insert("content-length", request.body.len().to_string());
    let port = request.target.host.rsplit_once(':').map_or("80", |(_, port)| port);
    headers.insert("x-forwarded-port", port.to_owned());
    headers.insert("x-forwarded-proto", "http".to_owned());
    headers
        .entry("x-forwarded-for")
        .and_modify(|addresses| {
            addresses.push_str(", ");
            addresses.push_str(peer);
        })
        .or_insert_with(|| peer.to_owned());
    headers.entry("x-amzn-trace-id").or_insert_with(|| trace_id(request.received));
    headers
}

/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
fn trace_id(received: Timestamp) -> String {
    let unique = uuid::Uuid::now_v7().simple().to_string();
    format!("Root=1-{:08x}-{}", received.as_second(), &unique[8..])
}

fn text(value: &http::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
