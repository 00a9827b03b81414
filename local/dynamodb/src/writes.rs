//! Operations that write, and the capacity that they consume.
//!
//! dynoxide counts write capacity as DynamoDB does, with all indexes, and twice in a transaction. The tests check that
//! with AWS's rules.

use bytes::Bytes;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use dynoxide::{Database, Result};

use super::json::{read, to_body};
use super::reads::{return_capacity, sum};

/// The answer to a write.
pub(super) struct Written {
    pub(super) body: Bytes,
    /// Write capacity units that it consumed.
    pub(super) units: f64,
}

/// Carries out `operation`, or returns `None` if it is not the write of one item.
pub(super) fn carry_out(db: &Database, operation: &str, body: &[u8]) -> Option<Result<Written>> {
    Some(match operation {
        "PutItem" => put_item(db, body),
        "UpdateItem" => update_item(db, body),
        "DeleteItem" => delete_item(db, body),
        _ => return None,
    })
}

/// Carries out a transaction, whose request does not have a `ClientRequestToken` that is in use.
pub(super) fn transact(db: &Database, mut request: TransactWriteItemsRequest) -> Result<Written> {
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = db.transact_write_items(request)?;
    let units = sum(answer.consumed_capacity.as_deref().unwrap_or_default());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Ok(Written { body: to_body(&answer)?, units })
}

fn put_item(db: &Database, body: &[u8]) -> Result<Written> {
    let mut request: PutItemRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = db.put_item(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Ok(Written { body: to_body(&answer)?, units })
}

fn update_item(db: &Database, body: &[u8]) -> Result<Written> {
    let mut request: UpdateItemRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = db.update_item(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Ok(Written { body: to_body(&answer)?, units })
}

fn delete_item(db: &Database, body: &[u8]) -> Result<Written> {
    let mut request: DeleteItemRequest = read(body)?;
    let is_wanted = return_capacity(&mut request.return_consumed_capacity);
    let mut answer = db.delete_item(request)?;
    let units = sum(answer.consumed_capacity.as_slice());
    answer.consumed_capacity = answer.consumed_capacity.filter(|_| is_wanted);
    Ok(Written { body: to_body(&answer)?, units })
}
