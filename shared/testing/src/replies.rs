//! Canned answers of AWS.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::records::{session, user};
use crate::tokens::signing_keys;

/// What one operation answers, whenever it is called.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) operation: &'static str,
    /// Only calls whose address or body has this in it.
    about: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// 200 with this body.
    #[must_use]
    pub fn new(operation: &'static str, body: impl Into<Bytes>) -> Self {
        Self { operation, about: "", status: StatusCode::OK, headers: Vec::new(), body: body.into() }
    }

    /// Only for calls that have `text` in their address or body: one operation, several records.
    #[must_use]
    pub fn about(self, text: &'static str) -> Self {
        Self { about: text, ..self }
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
        Self { about: self.about, ..denied(self.operation) }
    }
}

/// An operation that is done and has nothing to say.
#[must_use]
pub fn done(operation: &'static str) -> Reply {
    let body = if operation.ends_with("Object") { "" } else { "{}" };
    Reply::new(operation, body)
}

/// A refusal that is not worth a retry, with words that no caller may read.
#[must_use]
pub fn denied(operation: &'static str) -> Reply {
    let message = "arn:aws:sts::123456789012:assumed-role/secret-role may not do this";
    let error = format!("<Error><Code>InvalidRequest</Code><Message>{message}</Message></Error>");
    let body = match operation {
        "SendEmail" => format!("<ErrorResponse>{error}</ErrorResponse>"),
        _ if operation.ends_with("Object") => error,
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
    let reasons: Vec<_> = reasons.iter().map(|code| json!({"Code": code})).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body = json!({"__type": kind, "message": "cancelled", "CancellationReasons": reasons});
    Reply::new("TransactWriteItems", body.to_string()).status(400)
}

/// A record in DynamoDB's JSON.
#[must_use]
fn attributes(record: &Value) -> Value {
    let fields = record.as_object().expect("a record is an object");
    Value::Object(fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect::<Map<_, _>>())
}

fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(flag) => json!({"BOOL": flag}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(_) => json!({"M": attributes(value)}),
    }
}
