//! Operations that read: their consumed capacity, and their consistency.
//!
//! dynoxide counts read capacity as DynamoDB does, which the tests check with AWS's examples. All its reads are
//! consistent. This module answers eventually consistent reads from the frozen copy if there is one.

use std::collections::HashMap;

use bytes::Bytes;
use dynoxide::actions::batch_get_item::{BatchGetItemRequest, BatchGetItemResponse};
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::transact_get_items::TransactGetItemsRequest;
use dynoxide::types::ConsumedCapacity;
use dynoxide::{Database, Result};
use serde::Serialize;

use super::json::{read, to_body};

/// The databases that answer reads.
pub(super) struct Sources<'a> {
    pub(super) live: &'a Database,
    /// An older copy, for eventually consistent reads.
    pub(super) frozen: Option<&'a Database>,
}

/// The answer to a read.
pub(super) struct Read {
    pub(super) body: Bytes,
    /// Read capacity units that it consumed.
    pub(super) units: f64,
}

/// Carries out `operation`, or returns `None` if it is not a read. `PartiQL` statements do not count as reads here,
/// because no function uses them.
pub(super) fn carry_out(from: &Sources<'_>, operation: &str, body: &[u8]) -> Option<Result<Read>> {
    Some(match operation {
        "GetItem" => get_item(from, body),
        "BatchGetItem" => batch_get_item(from, body),
        "TransactGetItems" => transact_get_items(from, body),
        "Query" => query(from, body),
        "Scan" => scan(from, body),
        _ => return None,
    })
}

fn get_item(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: GetItemRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = from.for_read(request.consistent_read).get_item(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::new(units, &answer)
}

/// Reads a batch, in which each table has its own consistency.
fn batch_get_item(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: BatchGetItemRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mode = request.return_consumed_capacity;
    let (consistent, others): (HashMap<_, _>, HashMap<_, _>) =
        request.request_items.into_iter().partition(|(_, table)| table.consistent_read == Some(true));
    let get = |from: &Database, request_items| {
        from.batch_get_item(BatchGetItemRequest { request_items, return_consumed_capacity: mode.clone() })
    };
    let mut answer = match (consistent.is_empty(), others.is_empty()) {
        (_, true) => get(from.live, consistent)?,
        (true, false) => get(from.for_read(None), others)?,
        (false, false) => merged(get(from.live, consistent)?, get(from.for_read(None), others)?),
    };
    let units = sum(answer.consumed_capacity.as_deref().unwrap_or_default());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::new(units, &answer)
}

/// Reads in a transaction. Such reads are serializable and thus never stale.
fn transact_get_items(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: TransactGetItemsRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = from.live.transact_get_items(request)?;
    let units = sum(answer.consumed_capacity.as_deref().unwrap_or_default());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::new(units, &answer)
}

/// Queries a table or index. dynoxide refuses consistent reads of global secondary indexes, as DynamoDB does.
fn query(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: QueryRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = from.for_read(request.consistent_read).query(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::new(units, &answer)
}

fn scan(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: ScanRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = from.for_read(request.consistent_read).scan(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::new(units, &answer)
}

impl Sources<'_> {
    /// The database for a read with this value of `ConsistentRead`.
    fn for_read(&self, consistent: Option<bool>) -> &Database {
        match self.frozen {
            Some(frozen) if consistent != Some(true) => frozen,
            _ => self.live,
        }
    }
}

impl Read {
    fn new(units: f64, answer: &impl Serialize) -> Result<Self> {
        Ok(Self { body: to_body(answer)?, units })
    }
}

/// Makes a request return its consumed capacity. Returns whether the caller requested that, too.
pub(super) fn return_capacity(mode: &mut Option<String>) -> bool {
    let is_wanted = mode.as_deref().is_some_and(|mode| mode != "NONE");
    if !is_wanted {
        *mode = Some("TOTAL".to_owned());
    }
    is_wanted
}

/// The capacity units of all tables.
pub(super) fn sum(consumed: &[ConsumedCapacity]) -> f64 {
    consumed.iter().map(|consumed| consumed.capacity_units).sum()
}

fn merged(mut one: BatchGetItemResponse, other: BatchGetItemResponse) -> BatchGetItemResponse {
    one.responses.extend(other.responses);
    one.unprocessed_keys.extend(other.unprocessed_keys);
    one.consumed_capacity.get_or_insert_default().extend(other.consumed_capacity.unwrap_or_default());
    one
}
