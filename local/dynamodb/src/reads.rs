//! Operations that read: what they cost, and how old their answers may be.
//!
//! dynoxide counts read capacity as DynamoDB reports it; the tests hold it to AWS's own examples. It knows no eventual
//! consistency: here reads that did not ask for the last word are answered from a frozen copy, while there is one.

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

use super::json::{read, written};

/// What reads are answered from.
pub(super) struct Sources<'a> {
    pub(super) live: &'a Database,
    /// An older copy, for reads that may be behind.
    pub(super) frozen: Option<&'a Database>,
}

/// The answer to a read.
pub(super) struct Read {
    pub(super) body: Bytes,
    /// Read capacity units that it consumed.
    pub(super) units: f64,
}

/// Carries out `operation` if it is one that reads. `PartiQL` is not among them: no function speaks it.
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
    let is_wanted = measure(&mut request.return_consumed_capacity);
    let mut answer = from.of(request.consistent_read).get_item(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::of(units, &answer)
}

/// Each table of the request may be read in its own way.
fn batch_get_item(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: BatchGetItemRequest = read(body)?;
    let is_wanted = measure(&mut request.return_consumed_capacity);
    let mode = request.return_consumed_capacity;
    let (consistent, others): (HashMap<_, _>, HashMap<_, _>) =
        request.request_items.into_iter().partition(|(_, table)| table.consistent_read == Some(true));
    let get = |from: &Database, request_items| {
        from.batch_get_item(BatchGetItemRequest { request_items, return_consumed_capacity: mode.clone() })
    };
    let mut answer = match (consistent.is_empty(), others.is_empty()) {
        (_, true) => get(from.live, consistent)?,
        (true, false) => get(from.of(None), others)?,
        (false, false) => joined(get(from.live, consistent)?, get(from.of(None), others)?),
    };
    let units = sum(answer.consumed_capacity.as_deref().unwrap_or_default());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::of(units, &answer)
}

/// Serializable, so never behind.
fn transact_get_items(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: TransactGetItemsRequest = read(body)?;
    let is_wanted = measure(&mut request.return_consumed_capacity);
    let mut answer = from.live.transact_get_items(request)?;
    let units = sum(answer.consumed_capacity.as_deref().unwrap_or_default());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::of(units, &answer)
}

/// Of a global secondary index DynamoDB refuses a consistent read, and so does dynoxide.
fn query(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: QueryRequest = read(body)?;
    let is_wanted = measure(&mut request.return_consumed_capacity);
    let mut answer = from.of(request.consistent_read).query(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::of(units, &answer)
}

fn scan(from: &Sources<'_>, body: &[u8]) -> Result<Read> {
    let mut request: ScanRequest = read(body)?;
    let is_wanted = measure(&mut request.return_consumed_capacity);
    let mut answer = from.of(request.consistent_read).scan(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Read::of(units, &answer)
}

impl Sources<'_> {
    /// Where a read with this `ConsistentRead` looks.
    fn of(&self, consistent: Option<bool>) -> &Database {
        match self.frozen {
            Some(frozen) if consistent != Some(true) => frozen,
            _ => self.live,
        }
    }
}

impl Read {
    fn of(units: f64, answer: &impl Serialize) -> Result<Self> {
        Ok(Self { body: written(answer)?, units })
    }
}

/// Asks for the capacity that a read consumes; says whether its caller does too.
fn measure(mode: &mut Option<String>) -> bool {
    let is_wanted = mode.as_deref().is_some_and(|mode| mode != "NONE");
    if !is_wanted {
        *mode = Some("TOTAL".to_owned());
    }
    is_wanted
}

fn sum(consumed: &[ConsumedCapacity]) -> f64 {
    consumed.iter().map(|consumed| consumed.capacity_units).sum()
}

fn joined(mut one: BatchGetItemResponse, other: BatchGetItemResponse) -> BatchGetItemResponse {
    one.responses.extend(other.responses);
    one.unprocessed_keys.extend(other.unprocessed_keys);
    one.consumed_capacity.get_or_insert_default().extend(other.consumed_capacity.unwrap_or_default());
    one
}
