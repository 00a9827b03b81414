//! The operations of DynamoDB, carried out by the embedded store.

use std::cell::Cell;
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
use super::writes::{self, Written};

/// The maximum length of a `ClientRequestToken`.
const MAX_TOKEN: usize = 36;

/// The answer to a call: a status and a JSON body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    /// Read capacity units that the call consumed.
    pub(super) read_units: f64,
    /// Write capacity units that the call consumed.
    pub(super) write_units: f64,
}

impl Answer {
    /// An answer that consumed no capacity.
    pub(super) fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, body: body.into(), read_units: 0.0, write_units: 0.0 }
    }
}

/// Carries out `operation`, which is the name in `X-Amz-Target` without its prefix.
pub(super) fn carry_out(from: &Sources<'_>, tokens: &Tokens, operation: &str, body: &[u8]) -> Answer {
    let read = || {
        let read = reads::carry_out(from, operation, body)?;
        Some(read.map(|read| Answer { read_units: read.units, ..Answer::new(200, read.body) }))
    };
    let written = || {
        let written = match operation {
            "TransactWriteItems" => transact_write(from.live, tokens, body),
            _ => writes::carry_out(from.live, operation, body)?,
        };
        Some(written.map(|written| Answer { write_units: written.units, ..Answer::new(200, written.body) }))
    };
    let outcome = read()
        .or_else(written)
        .unwrap_or_else(|| dispatch(from.live, operation, body).map(|body| Answer::new(200, body)));
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

/// Carries out a transaction. A repeated one, which has a known token, consumes nothing here; DynamoDB would charge a
/// read for it.
fn transact_write(db: &Database, tokens: &Tokens, body: &[u8]) -> dynoxide::Result<Written> {
    let request: Value = read(body)?;
    let units = Cell::new(0.0);
    let transact = |token: Option<String>| {
        let mut request: TransactWriteItemsRequest = read(body)?;
        request.client_request_token = token;
        let written = writes::transact(db, request)?;
        units.set(written.units);
        Ok(written.body)
    };
    let body = match request["ClientRequestToken"].as_str() {
        // dynoxide returns the error for a token that is too long.
        Some(token) if token.len() > MAX_TOKEN => transact(Some(token.to_owned())),
        Some(token) => tokens.run_once(Instant::now(), token, &request["TransactItems"], || transact(None)),
        None => transact(None),
    }?;
    Ok(Written { body, units: units.get() })
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
