//! Canned answers of AWS.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::attributes::attributes;
use crate::records::{session, user};
use crate::tokens::signing_keys;

/// What one operation answers, whenever it is called.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) operation: &'static str,
    /// Only calls whose address or body has this in it.
    about: &'static str,
    /// Given to the first such call only.
    pub(crate) once: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// 200 with this body.
    #[must_use]
    pub fn new(operation: &'static str, body: impl Into<Bytes>) -> Self {
        let (status, headers) = (StatusCode::OK, Vec::new());
        Self { operation, about: "", once: false, status, headers, body: body.into() }
    }

    /// Only for calls that have `text` in their address or body: one operation, several records.
    #[must_use]
    pub fn about(self, text: &'static str) -> Self {
        Self { about: text, ..self }
    }

    /// Only for the first such call: the next gets the reply that follows.
    #[must_use]
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With this status instead of 200.
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

/// An operation that is done and has nothing to say.
#[must_use]
pub fn done(operation: &'static str) -> Reply {
    let body = if is_of_s3(operation) { "" } else { "{}" };
    Reply::new(operation, body)
}

fn is_of_s3(operation: &str) -> bool {
    ["Object", "MultipartUpload", "MultipartUploads", "Parts"].iter().any(|end| operation.ends_with(end))
}

/// A refusal that is not worth a retry, with words that no caller may read.
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

/// `GetItem` of this record, or of none.
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

/// `BatchGetItem` of a file by its id: among the caller's own, and among those that are shared.
#[must_use]
pub fn seen(records: &[Value]) -> Reply {
    found_all(records).about("SHARED#")
}

/// `BatchGetItem` of session and account: the caller is who their token says.
#[must_use]
pub fn signed_in() -> Reply {
    found_all(&[session(), user()]).about("SESSION#")
}

/// As [`signed_in`], and the caller is staff.
#[must_use]
pub fn signed_in_as_staff() -> Reply {
    let mut staff = user();
    staff["is_staff"] = true.into();
    found_all(&[session(), staff]).about("SESSION#")
}

/// `Query` of these records; nothing follows them.
#[must_use]
pub fn page(records: &[Value]) -> Reply {
    let records: Vec<_> = records.iter().map(attributes).collect();
    Reply::new("Query", json!({"Items": records, "Count": records.len()}).to_string())
}

/// `Query` of these records, after which more follow.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn page_that_goes_on(records: &[Value]) -> Reply {
    let last = attributes(records.last().expect("a page has a last record"));
    let records: Vec<_> = records.iter().map(attributes).collect();
    let key = json!({"pk": last["pk"], "sk": last["sk"]});
    let body = json!({"Items": records, "Count": records.len(), "LastEvaluatedKey": key});
    Reply::new("Query", body.to_string())
}

/// `Query` of the tiers' partition: only the built-in ones are there.
#[must_use]
pub fn empty_tiers() -> Reply {
    page(&[]).about("TIERS")
}

/// `Scan` of these records; with a key, more follow behind it.
#[must_use]
pub fn scanned(records: &[Value], last: Option<&Value>) -> Reply {
    let records: Vec<_> = records.iter().map(attributes).collect();
    let body = json!({"Items": records, "LastEvaluatedKey": last.map(attributes)});
    Reply::new("Scan", body.to_string())
}

/// `GetSecretValue` of the keys that tokens are signed with.
#[must_use]
pub fn secret_keys() -> Reply {
    Reply::new("GetSecretValue", json!({"SecretString": signing_keys()}).to_string())
}

/// What keys of counters begin with.
pub(crate) const COUNT: &str = "COUNT#";

/// An attempt at a password is counted; goes before other replies to `TransactWriteItems`.
#[must_use]
pub fn counted() -> Reply {
    done("TransactWriteItems").about(COUNT)
}

/// An attempt at a link is counted, or any attempt is taken back.
#[must_use]
pub fn count_changed() -> Reply {
    done("UpdateItem").about(COUNT)
}

/// `TransactWriteItems` whose writes failed for these reasons, `None` for those that did not.
#[must_use]
pub fn cancelled(reasons: &[&str]) -> Reply {
    refused(&reasons.iter().map(|code| json!({"Code": code})).collect::<Vec<_>>())
}

/// As [`cancelled`], with the records that conditions failed on; `None` for the writes that did not fail.
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
