//! Parses request bodies, JSON and forms, into fields and files.

use std::collections::BTreeMap;
use std::convert::Infallible;

use futures_util::stream;
use http::StatusCode;
use http::header::CONTENT_DISPOSITION;
use multer::{Constraints, Multipart, SizeLimit};
use percent_encoding::percent_decode;
use serde_json::json;

use satchel_api::{FilePart, Input, JsonError, NOT_UTF8, Sent, json_body};
use satchel_model::Refusal;

use super::ApiError;
use super::disposition::Disposition;

/// The largest file in a form. Lambda's payload limit leaves no room for more.
pub const MAX_FORM_FILE_BYTES: usize = 4 * 1024 * 1024;
const MAX_FORM_PARTS: usize = 50;

/// The content types that a route accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// JSON only.
    Json,
    /// JSON, urlencoded and multipart forms.
    JsonOrForm,
    /// Multipart only.
    Multipart,
}

pub(super) async fn read(
    content_type: Option<&str>,
    body: &[u8],
    accepts: Accepts,
) -> Result<Input, ApiError> {
    if body.is_empty() {
        return Ok(Input::default());
    }
    let sent = content_type.unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match (essence.as_str(), accepts) {
        ("application/json", Accepts::Json | Accepts::JsonOrForm) => Ok(Input::from_json(read_json(body)?)),
        ("application/x-www-form-urlencoded", Accepts::JsonOrForm) => Ok(from_urlencoded(body)),
        ("multipart/form-data", Accepts::JsonOrForm | Accepts::Multipart) => from_multipart(sent, body).await,
        _ => Err(ApiError::UnsupportedMediaType(sent.to_owned())),
    }
}

fn read_json(body: &[u8]) -> Result<BTreeMap<String, Sent>, ApiError> {
    json_body::read(body).map_err(|error| match error {
        JsonError::Syntax(place) => ApiError::Json(place),
        JsonError::Refused(refusal) => refusal.into(),
    })
}

/// Parses a form like <https://url.spec.whatwg.org/#concept-urlencoded-parser>, but does not replace bytes
/// that are not UTF-8.
fn from_urlencoded(body: &[u8]) -> Input {
    let mut values = BTreeMap::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut sides = pair.splitn(2, |byte| *byte == b'=').map(decoded);
        let (name, value) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
        values.insert(String::from_utf8_lossy(&name).into_owned(), Sent::from_form(&value));
    }
    Input::from_form(values, Vec::new())
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<_> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

async fn from_multipart(content_type: &str, body: &[u8]) -> Result<Input, ApiError> {
    let boundary = multer::parse_boundary(content_type).map_err(|error| unreadable(&error))?;
    let limit = SizeLimit::new().per_field(MAX_FORM_FILE_BYTES as u64);
    let chunk = stream::iter([Ok::<_, Infallible>(body.to_vec())]);
    let mut form = Multipart::with_constraints(chunk, boundary, Constraints::new().size_limit(limit));
    let (mut values, mut files) = (BTreeMap::new(), Vec::new());
    let mut parts = 0;
    while let Some(part) = form.next_field().await.map_err(|error| unreadable(&error))? {
        parts += 1;
        if parts > MAX_FORM_PARTS {
            return Err(Refusal::field("non_field_errors", "The form has too many parts.").into());
        }
        let disposition = part.headers().get(CONTENT_DISPOSITION);
        let Disposition { name, filename } =
            disposition.map(|header| Disposition::parse(header.as_bytes())).unwrap_or_default();
        match filename {
            Some(filename) => {
                let filename = filename.map_err(|_| Refusal::field(&name, NOT_UTF8))?;
                let content_type = part.content_type().map(ToString::to_string);
                let bytes = part.bytes().await.map_err(|error| unreadable(&error))?.to_vec();
                files.push(FilePart { name, filename, content_type, bytes });
            }
            None => {
                let bytes = part.bytes().await.map_err(|error| unreadable(&error))?;
                values.insert(name, Sent::from_form(&bytes));
            }
        }
    }
    Ok(Input::from_form(values, files))
}

fn unreadable(error: &multer::Error) -> ApiError {
    if matches!(error, multer::Error::FieldSizeExceeded { .. }) {
        return ApiError::FormTooLarge;
    }
    let detail = format!("Multipart form parse error - {error}");
    ApiError::Body(StatusCode::BAD_REQUEST, json!({ "detail": detail }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(content_type: &str, body: &[u8]) -> String {
        let response =
            read(Some(content_type), body, Accepts::JsonOrForm).await.unwrap_err().into_response("r");
        match response.into_body() {
            lambda_http::Body::Text(text) => text,
            _ => String::new(),
        }
    }

    #[tokio::test]
    async fn a_json_body_that_is_not_an_object_is_named_as_in_python() {
        for (body, name) in
            [("[]", "list"), ("\"x\"", "str"), ("1", "int"), ("1.5", "float"), ("true", "bool")]
        {
            let expected =
                format!(r#"{{"non_field_errors":["Invalid data. Expected a dictionary, but got {name}."]}}"#);
            assert_eq!(refused("application/json", body.as_bytes()).await, expected);
        }
    }

    #[tokio::test]
    async fn the_error_of_malformed_json_contains_its_position() {
        let body = refused("application/json", b"{\"a\": }").await;
        assert_eq!(body, r#"{"detail":"JSON parse error - expected value at line 1 column 7"}"#);
    }

    #[tokio::test]
    async fn the_error_of_an_unsupported_media_type_names_it() {
        let body = refused("text/plain", b"hello").await;
        assert_eq!(body, r#"{"detail":"Unsupported media type \"text/plain\" in request."}"#);
    }

    #[tokio::test]
    async fn a_form_gives_fields_and_files() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHoliday\r\n--b\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n\
            hello\r\n--b--\r\n";
        let input = read(Some("multipart/form-data; boundary=b"), body, Accepts::Multipart).await.unwrap();
        assert_eq!(input.value("title").and_then(Sent::as_str), Some("Holiday"));
        let file = input.file(&["file"]).unwrap();
        assert_eq!((file.filename.as_str(), file.bytes.as_slice()), ("a.txt", &b"hello"[..]));
        assert_eq!(file.content_type.as_deref(), Some("text/plain"));
    }

    async fn hashed(content_type: &str, body: &str) -> String {
        read(Some(content_type), body.as_bytes(), Accepts::JsonOrForm).await.unwrap().sha256()
    }

    #[tokio::test]
    async fn the_hash_of_a_json_body_depends_only_on_its_values() {
        let first = hashed("application/json", r#"{"a": "x", "b": {"c": 1, "d": [2, 3]}}"#).await;
        let same = hashed("application/json", r#"{"b":{"d":[2,3],"c":1},"a":"x"}"#).await;
        assert_eq!(first, same);
        for other in
            [r#"{"a":"x","b":{"d":[3,2],"c":1}}"#, r#"{"a":"x","b":{"d":[2,3],"c":"1"}}"#, r#"{"a":"x"}"#]
        {
            assert_ne!(first, hashed("application/json", other).await, "{other}");
        }
    }

    #[tokio::test]
    async fn the_hash_of_a_form_depends_only_on_its_parts() {
        let form = |boundary: &str, title: &str, name: &str, kind: &str, bytes: &str| {
            let (content_type, boundary) =
                (format!("multipart/form-data; boundary={boundary}"), format!("--{boundary}"));
            let body = format!(
                "{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n{title}\r\n{boundary}\r\n\
                 Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n\
                 {bytes}\r\n{boundary}--\r\n"
            );
            async move { hashed(&content_type, &body).await }
        };
        let first = form("one", "Holiday", "a.txt", "text/plain", "hello").await;
        assert_eq!(first, form("two", "Holiday", "a.txt", "text/plain", "hello").await);
        for other in [
            form("one", "holiday", "a.txt", "text/plain", "hello").await,
            form("one", "Holiday", "b.txt", "text/plain", "hello").await,
            form("one", "Holiday", "a.txt", "text/html", "hello").await,
            form("one", "Holiday", "a.txt", "text/plain", "hallo").await,
        ] {
            assert_ne!(first, other);
        }
    }

    #[tokio::test]
    async fn every_digit_of_a_number_is_hashed() {
        let number = |digits: &str| format!(r#"{{"a":{digits}}}"#);
        let first = hashed("application/json", &number("12345678901234567890123")).await;
        assert_eq!(first, hashed("application/json", &number(" 12345678901234567890123 ")).await);
        assert_ne!(first, hashed("application/json", &number("12345678901234567890124")).await);
    }

    #[tokio::test]
    async fn an_empty_body_is_an_empty_dictionary_on_every_route() {
        for accepts in [Accepts::Json, Accepts::JsonOrForm, Accepts::Multipart] {
            for content_type in [None, Some("text/plain"), Some("multipart/form-data"), Some("image/png")] {
                let input = read(content_type, b"", accepts).await.unwrap();
                assert!(input.is_empty(), "{content_type:?}");
            }
        }
    }

    #[tokio::test]
    async fn the_position_of_bytes_that_are_not_utf_8_is_reported_even_if_a_gateway_replaced_them() {
        let expected = r#"{"detail":"JSON parse error - bytes that are not UTF-8 at line 2 column 6"}"#;
        assert_eq!(refused("application/json", b"{\n\"a\":\"\xe9\"}").await, expected);
        assert_eq!(refused("application/json", "{\n\"a\":\"\u{fffd}\"}".as_bytes()).await, expected);
        let escaped = read(Some("application/json"), br#"{"a":"\ufffd"}"#, Accepts::Json).await.unwrap();
        assert_eq!(escaped.value("a").and_then(Sent::as_str), Some("\u{fffd}"));
    }
}
