//! The XML that SES answers with (the Query protocol of `ses/2010-12-01`).

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use local_calls::Fault;
use local_policy::Denied;

const NAMESPACE: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

/// A mail that SES does not take, and why.
#[derive(Debug)]
pub(super) enum Rejected {
    /// It is no mail that could be sent.
    Message(String),
    /// An address is none.
    Parameter(String),
    /// There is no configuration set of this name.
    ConfigurationSet(String),
}

/// The answer to a `SendEmail` or `SendRawEmail` that was taken.
pub(super) fn sent(action: &str, message_id: &str) -> Response {
    let body = format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result><MessageId>{message_id}</MessageId>\
         </{action}Result><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        request_id(),
    );
    xml(StatusCode::OK, body)
}

/// The answer to a mail that was not taken.
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

/// The answer to an action that this stack does not have.
pub(super) fn unknown_action(action: &str) -> Response {
    let message = format!("the local stack has no SES action {action:?}");
    error(StatusCode::BAD_REQUEST, "Sender", "InvalidAction", &message)
}

/// The answer to a caller whose access key this stack never hands out.
pub(super) fn unknown_key() -> Response {
    let message = "The security token included in the request is invalid";
    error(StatusCode::FORBIDDEN, "Sender", "InvalidClientTokenId", message)
}

/// The answer to a caller whose policies do not allow the mail.
pub(super) fn denied(denied: &Denied) -> Response {
    error(StatusCode::FORBIDDEN, "Sender", "AccessDenied", &denied.to_string())
}

/// The answer to a call that meets an injected fault.
pub(super) fn injected(fault: Fault) -> Response {
    match fault {
        Fault::Throttling => {
            error(StatusCode::BAD_REQUEST, "Sender", "Throttling", "Maximum sending rate exceeded.")
        }
        Fault::Exception(code) => error(StatusCode::BAD_REQUEST, "Sender", code, "An injected fault."),
        _ => failed("Internal failure"),
    }
}

/// The answer when SES itself fails.
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

/// `text` for XML and for HTML, between tags and in quoted attributes.
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
