//! Canned responses of AWS.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::attributes::attributes;
use crate::records::{session, user};
use crate::tokens::signing_keys;

/// A canned response to one operation.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) operation: &'static str,
    /// Matches only calls whose URL or body contains this text.
    about: &'static str,
    /// Whether the response is given only once.
    pub(crate) once: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// A response with status 200 and this body.
    #[must_use]
    pub fn new(operation: &'static str, body: impl Into<Bytes>) -> Self {
        let (status, headers) = (StatusCode::OK, Vec::new());
        Self { operation, about: "", once: false, status, headers, body: body.into() }
    }

    /// Restricts the response to calls whose URL or body contains `text`, for operations on several records.
    #[must_use]
    pub fn about(self, text: &'static str) -> Self {
        Self { about: text, ..self }
    }

    /// Restricts the response to the first matching call; the next one gets the response that follows.
    #[must_use]
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sets the status, instead of 200.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).expect("a status"), ..self }
    }

    pub(crate) fn is_for(&self, operation: &str, said: &str) -> bool {
        self.operation == operation && said.contains(self.about)
    }

    pub(crate) fn denied(self) -> Self {
        Self { about: self.about, once: self.once, ..denied(self.operation) }
    }
}

/// Success of an operation, with an empty response.
#[must_use]
pub fn done(operation: &'static str) -> Reply {
    let body = if is_of_s3(operation) { "" } else { "{}" };
    Reply::new(operation, body)
}

fn is_of_s3(operation: &str) -> bool {
    ["Object", "MultipartUpload", "MultipartUploads", "Parts"].iter().any(|end| operation.ends_with(end))
}

/// A refusal that the SDK does not retry, with words that no caller may read.
#[must_use]
pub fn denied(operation: &'static str) -> Reply {
    let message = "arn:aws:sts::123456789012:assumed-role/secret-role may not do this";
    let error = format!("<Error><Code>InvalidRequest</Code><Message>{message}</Message></Error>");
    let body = match operation {
        "SendEmail" => format!("<ErrorResponse>{error}</ErrorResponse>"),
        _ if is_of_s3(operation) => error,
        _ => json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": message})
            .to_string(),
    };
    Reply::new(operation, body).status(400)
}

/// `GetItem` of this record, or of one that does not exist.
#[must_use]
pub fn found(record: Option<Value>) -> Reply {
    let body = record.map_or_else(|| json!({}), |record| json!({"Item": attributes(&record)}));
    Reply::new("GetItem", body.to_string())
}

/// `BatchGetItem` of these records.
#[must_use]
pub fn found_all(records: &[Value]) -> Reply {
    let records: Vec<_> = records.iter().map(attributes).collect();
    let body = json!({"Responses": {"satchel": records}, "UnprocessedKeys": {}});
    Reply::new("BatchGetItem", body.to_string())
}

/// `BatchGetItem` for a file by its id, among the caller's own and the shared files.
#[must_use]
pub fn seen(records: &[Value]) -> Reply {
    found_all(records).about("SHARED#")
}

/// `BatchGetItem` of the session and the account of a caller who is signed in.
#[must_use]
pub fn signed_in() -> Reply {
    found_all(&[session(), user()]).about("SESSION#")
}

/// Like [`signed_in`], but the caller is staff.
#[must_use]
pub fn signed_in_as_staff() -> Reply {
    let mut staff = user();
    staff["is_staff"] = true.into();
    found_all(&[session(), staff]).about("SESSION#")
}

/// `Query` of these records; no more follow.
#[must_use]
pub fn page(records: &[Value]) -> Reply {
    let records: Vec<_> = records.iter().map(attributes).collect();
    Reply::new("Query", json!({"Items": records, "Count": records.len()}).to_string())
}

/// `Query` of these records, after which more follow.
///
/// # Panics
/// If `records` is empty.
#[must_use]
pub fn page_that_goes_on(records: &[Value]) -> Reply {
    let last = attributes(records.last().expect("a page has a last record"));
    let records: Vec<_> = records.iter().map(attributes).collect();
    let key = json!({"pk": last["pk"], "sk": last["sk"]});
    let body = json!({"Items": records, "Count": records.len(), "LastEvaluatedKey": key});
    Reply::new("Query", body.to_string())
}

/// `Query` of the tiers' partition if only the built-in tiers exist.
#[must_use]
pub fn empty_tiers() -> Reply {
    page(&[]).about("TIERS")
}

/// `Scan` of these records; more follow if a last key is given.
#[must_use]
pub fn scanned(records: &[Value], last: Option<&Value>) -> Reply {
    let records: Vec<_> = records.iter().map(attributes).collect();
    let body = json!({"Items": records, "LastEvaluatedKey": last.map(attributes)});
    Reply::new("Scan", body.to_string())
}

/// `GetSecretValue` of the keys that sign tokens.
#[must_use]
pub fn secret_keys() -> Reply {
    Reply::new("GetSecretValue", json!({"SecretString": signing_keys()}).to_string())
}

/// `GetSecretValue` of the secret of share links, in its second generation.
#[must_use]
pub fn link_secret() -> Reply {
    let earlier = json!([{"generation": 1, "secret": "first"}]);
    let secret = json!({"generation": 2, "secret": "second", "earlier": earlier}).to_string();
    Reply::new("GetSecretValue", json!({"SecretString": secret}).to_string()).about("link-secret")
}

/// `GetItem` of a link's entry in its owner's list; the hash of the link's token is `the-hash`.
#[must_use]
pub fn share_entry() -> Reply {
    found(Some(json!({"hash": "the-hash"}))).about("SHARES#")
}

/// The prefix of the keys of counters.
pub(crate) const COUNT: &str = "COUNT#";

/// Success of counting a password attempt; must precede other replies to `TransactWriteItems`.
#[must_use]
pub fn counted() -> Reply {
    done("TransactWriteItems").about(COUNT)
}

/// Success of counting an attempt to use a link, or of removing any attempt.
#[must_use]
pub fn count_changed() -> Reply {
    done("UpdateItem").about(COUNT)
}

/// `TransactWriteItems` that was cancelled for these reasons; `None` for writes that did not fail.
#[must_use]
pub fn cancelled(reasons: &[&str]) -> Reply {
    refused(&reasons.iter().map(|code| json!({"Code": code})).collect::<Vec<_>>())
}

/// Like [`cancelled`], with the records on which conditions failed; `None` for writes that did not fail.
#[must_use]
pub fn cancelled_on(records: &[Option<Value>]) -> Reply {
    let reason = |record: &Option<Value>| match record {
        Some(record) => json!({"Code": "ConditionalCheckFailed", "Item": attributes(record)}),
        None => json!({"Code": "None"}),
    };
    refused(&records.iter().map(reason).collect::<Vec<_>>())
}

fn refused(reasons: &[Value]) -> Reply {
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body = json!({"__type": kind, "message": "cancelled", "CancellationReasons": reasons});
    Reply::new("TransactWriteItems", body.to_string()).status(400)
}
