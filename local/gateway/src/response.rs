//! Converts a function's answer in the payload format 2.0 to an HTTP response.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.
//! `multiValueHeaders` belongs to the format 1.0 and is ignored, as in AWS.

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use super::limits;

/// The answer is not valid for API Gateway.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Headers of the connection, which only API Gateway may set.
const CONNECTION: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Converts `answer` to a response. JSON without a `statusCode` is the body of a 200.
pub(super) fn read(answer: &[u8]) -> Result<Response, Malformed> {
    if answer.len() > limits::PAYLOAD {
        return Err(Malformed);
    }
    match serde_json::from_slice(answer).map_err(|_| Malformed)? {
        Value::Object(parts) if parts.contains_key("statusCode") => structured(&parts),
        value => {
            let body = value.as_str().map_or_else(|| answer.to_vec(), |text| text.as_bytes().to_vec());
            let mut response = Response::new(Body::from(body));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(response)
        }
    }
}

fn structured(parts: &Map<String, Value>) -> Result<Response, Malformed> {
    let status = status(parts)?;
    let bodiless = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let mut response = Response::new(if bodiless { Body::empty() } else { Body::from(body(parts)?) });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    add_headers(headers, parts)?;
    // The content type of a body without a type is not documented. This is a guess.
    if !bodiless && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    Ok(response)
}

fn status(parts: &Map<String, Value>) -> Result<StatusCode, Malformed> {
    let code = match parts.get("statusCode") {
        Some(Value::Number(number)) => number.as_u64().and_then(|code| u16::try_from(code).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    code.filter(|code| (200..600).contains(code))
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or(Malformed)
}

fn body(parts: &Map<String, Value>) -> Result<Vec<u8>, Malformed> {
    let text = match parts.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(Malformed),
    };
    match parts.get("isBase64Encoded") {
        Some(Value::Bool(true)) => STANDARD.decode(text).map_err(|_| Malformed),
        None | Some(Value::Null | Value::Bool(false)) => Ok(text.as_bytes().to_vec()),
        Some(_) => Err(Malformed),
    }
}

fn add_headers(headers: &mut HeaderMap, parts: &Map<String, Value>) -> Result<(), Malformed> {
    let given = match parts.get("headers") {
        None | Some(Value::Null) => None,
        Some(Value::Object(given)) => Some(given),
        Some(_) => return Err(Malformed),
    };
    for (name, value) in given.into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => return Err(Malformed),
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Malformed)?;
        if !CONNECTION.contains(&name.as_str()) {
            headers.append(name, HeaderValue::from_str(&value).map_err(|_| Malformed)?);
        }
    }
    let cookies = match parts.get("cookies") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(cookies)) => cookies,
        Some(_) => return Err(Malformed),
    };
    for cookie in cookies {
        let cookie = cookie.as_str().ok_or(Malformed)?;
        headers.append(SET_COOKIE, HeaderValue::from_str(cookie).map_err(|_| Malformed)?);
    }
    Ok(())
}
