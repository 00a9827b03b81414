//! The XML responses of SES, in the Query protocol of the version 2010-12-01.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use local_calls::Fault;
use local_policy::Denied;

const NAMESPACE: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

/// The reason for which SES rejects a mail.
#[derive(Debug)]
pub(super) enum Rejected {
    /// The mail cannot be sent, for the given reason.
    Message(String),
    /// An address is invalid.
    Parameter(String),
    /// There is no configuration set of this name.
    ConfigurationSet(String),
}

/// The answer to a `SendEmail` or `SendRawEmail` that succeeded.
pub(super) fn sent(action: &str, message_id: &str) -> Response {
    let body = format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result><MessageId>{message_id}</MessageId>\
         </{action}Result><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        request_id(),
    );
    xml(StatusCode::OK, body)
}

/// The answer to a rejected mail.
pub(super) fn rejected(rejected: &Rejected) -> Response {
    let refused = |code, why: &str| error(StatusCode::BAD_REQUEST, "Sender", code, why);
    match rejected {
        Rejected::Message(why) => refused("MessageRejected", why),
        Rejected::Parameter(why) => refused("InvalidParameterValue", why),
        Rejected::ConfigurationSet(name) => {
            refused("ConfigurationSetDoesNotExist", &format!("Configuration set <{name}> does not exist."))
        }
    }
}

/// The answer to an unsupported action.
pub(super) fn unknown_action(action: &str) -> Response {
    let message = format!("the local stack does not support the SES action {action:?}");
    error(StatusCode::BAD_REQUEST, "Sender", "InvalidAction", &message)
}

/// The answer to a caller whose access key is not one of this stack's.
pub(super) fn unknown_key() -> Response {
    let message = "The security token included in the request is invalid";
    error(StatusCode::FORBIDDEN, "Sender", "InvalidClientTokenId", message)
}

/// The answer to a caller whose policies do not allow the call.
pub(super) fn denied(denied: &Denied) -> Response {
    error(StatusCode::FORBIDDEN, "Sender", "AccessDenied", &denied.to_string())
}

/// The answer to a call with an injected fault.
pub(super) fn injected(fault: Fault) -> Response {
    match fault {
        Fault::Throttling => {
            error(StatusCode::BAD_REQUEST, "Sender", "Throttling", "Maximum sending rate exceeded.")
        }
        Fault::Exception(code) => error(StatusCode::BAD_REQUEST, "Sender", code, "An injected fault."),
        _ => failed("Internal failure"),
    }
}

/// The answer to an internal error.
pub(super) fn failed(message: &str) -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, "Receiver", "InternalFailure", message)
}

fn error(status: StatusCode, kind: &str, code: &str, message: &str) -> Response {
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{code}</Code><Message>{}</Message>\
         </Error><RequestId>{}</RequestId></ErrorResponse>",
        escaped(message),
        request_id(),
    );
    xml(status, body)
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}

fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Escapes `text` for XML and HTML, between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
