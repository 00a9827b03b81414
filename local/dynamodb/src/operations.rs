//! The operations of DynamoDB, carried out by the embedded store.

use std::time::Instant;

use bytes::Bytes;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::{read, to_body};
use super::reads::{self, Sources};
use super::tokens::Tokens;

/// The maximum length of a `ClientRequestToken`.
const MAX_TOKEN: usize = 36;

/// The answer to a call: a status and a JSON body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    /// Read capacity units that the call consumed.
    pub(super) read_units: f64,
}

impl Answer {
    /// An answer that consumed no read capacity.
    pub(super) fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, body: body.into(), read_units: 0.0 }
    }
}

/// Carries out `operation`, which is the name in `X-Amz-Target` without its prefix.
pub(super) fn carry_out(from: &Sources<'_>, tokens: &Tokens, operation: &str, body: &[u8]) -> Answer {
    let outcome = match reads::carry_out(from, operation, body) {
        Some(read) => read.map(|read| Answer { read_units: read.units, ..Answer::new(200, read.body) }),
        None if operation == "TransactWriteItems" => {
            transact_write(from.live, tokens, body).map(|body| Answer::new(200, body))
        }
        None => dispatch(from.live, operation, body).map(|body| Answer::new(200, body)),
    };
    outcome.unwrap_or_else(|error| Answer::new(error.status_code(), error.to_json()))
}

/// Whether `operation` can change items, and thus add records to a stream.
pub(super) fn writes(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "TransactWriteItems"
            | "BatchWriteItem"
            | "ExecuteStatement"
            | "ExecuteTransaction"
            | "BatchExecuteStatement"
    )
}

fn dispatch(db: &Database, operation: &str, body: &[u8]) -> dynoxide::Result<Bytes> {
    match operation {
        "PutItem" => run(body, |request| db.put_item(request)),
        "UpdateItem" => run(body, |request| db.update_item(request)),
        "DeleteItem" => run(body, |request| db.delete_item(request)),
        "BatchWriteItem" => run(body, |request| db.batch_write_item(request)),
        "ExecuteStatement" => run(body, |request| db.execute_statement(request)),
        "ExecuteTransaction" => run(body, |request| db.execute_transaction(request)),
        "BatchExecuteStatement" => run(body, |request| db.batch_execute_statement(request)),
        "CreateTable" => run(body, |request| db.create_table(request)),
        "UpdateTable" => run(body, |request| db.update_table(request)),
        "DeleteTable" => run(body, |request| db.delete_table(request)),
        "DescribeTable" => run(body, |request| db.describe_table(request)),
        "ListTables" => run(body, |request| db.list_tables(request)),
        "UpdateTimeToLive" => run(body, |request| db.update_time_to_live(request)),
        "DescribeTimeToLive" => run(body, |request| db.describe_time_to_live(request)),
        "ListStreams" => run(body, |request| db.list_streams(request)),
        "DescribeStream" => run(body, |request| db.describe_stream(request)),
        "GetShardIterator" => run(body, |request| db.get_shard_iterator(request)),
        "GetRecords" => run(body, |request| db.get_records(request)),
        other => Err(DynoxideError::ValidationException(format!(
            "the local stack does not support the operation {other:?}"
        ))),
    }
}

fn transact_write(db: &Database, tokens: &Tokens, body: &[u8]) -> dynoxide::Result<Bytes> {
    let request: Value = read(body)?;
    let transact = |token: Option<String>| {
        let mut request: TransactWriteItemsRequest = read(body)?;
        request.client_request_token = token;
        to_body(&db.transact_write_items(request)?)
    };
    match request["ClientRequestToken"].as_str() {
        // dynoxide returns the error for a token that is too long.
        Some(token) if token.len() > MAX_TOKEN => transact(Some(token.to_owned())),
        Some(token) => tokens.run_once(Instant::now(), token, &request["TransactItems"], || transact(None)),
        None => transact(None),
    }
}

fn run<Request, Response>(
    body: &[u8],
    operation: impl FnOnce(Request) -> dynoxide::Result<Response>,
) -> dynoxide::Result<Bytes>
where
    Request: DeserializeOwned,
    Response: Serialize,
{
    to_body(&operation(read(body)?)?)
}
