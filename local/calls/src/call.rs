//! A call, and the faults that can be injected into it.

use std::time::{Duration, Instant};

use local_common::Signer;
use serde::Serialize;

/// An AWS service that the local stack emulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    DynamoDb,
    S3,
    Ses,
    SecretsManager,
    SystemsManager,
    Lambda,
}

/// One finished call of a function to an AWS service.
#[derive(Debug, Clone)]
pub struct Call {
    pub signer: Signer,
    /// The invocation during which it was made, if one was running.
    pub request_id: Option<String>,
    pub service: Service,
    /// The service's name of the operation: `TransactWriteItems`, `PutObject`.
    pub operation: String,
    /// DynamoDB read capacity units that the call consumed.
    pub read_units: f64,
    /// DynamoDB write capacity units that the call consumed.
    pub write_units: f64,
    pub started: Instant,
    pub ended: Instant,
}

/// A fault that is injected into a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Carry out the call, then kill the process before it gets the answer.
    KillAfter,
    /// Carry out the call, then close the connection without an answer.
    LoseAnswer,
    /// Answer `TransactionCanceledException` with the reason `TransactionConflict` for every item, and do nothing.
    TransactionConflict,
    /// Answer `TransactionCanceledException` with this reason for the item at this index, or for every item, and do
    /// nothing. If the operation is not a transaction, answer the corresponding exception.
    Cancelled(Cancellation, Option<usize>),
    /// Answer the service's throttling error, and do nothing.
    Throttling,
    /// Answer the service's error of this name, such as `RequestLimitExceeded`, and do nothing.
    Exception(&'static str),
    /// Answer 500, and do nothing.
    InternalError,
    /// Never answer, and do nothing.
    Hang,
    /// Carry out the call after this delay.
    Delay(Duration),
}

/// A reason for which DynamoDB cancels a transaction, given for a single item.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    ConditionalCheckFailed,
    ItemCollectionSizeLimitExceeded,
    TransactionConflict,
    ProvisionedThroughputExceeded,
    ThrottlingError,
    ValidationError,
}

impl Cancellation {
    /// Every reason in the API reference except `None`, which marks items that did not cause the cancellation.
    pub const ALL: [Self; 6] = [
        Self::ConditionalCheckFailed,
        Self::ItemCollectionSizeLimitExceeded,
        Self::TransactionConflict,
        Self::ProvisionedThroughputExceeded,
        Self::ThrottlingError,
        Self::ValidationError,
    ];
}

/// The length of the longest chain of calls in which each call starts after the previous one has ended.
pub(super) fn in_sequence(calls: &[Call]) -> usize {
    let mut by_end: Vec<&Call> = calls.iter().collect();
    by_end.sort_by_key(|call| call.ended);
    // Interval scheduling: always taking the call that ends first gives the longest chain.
    let mut last_end = None;
    let mut length = 0;
    for call in by_end {
        if last_end.is_none_or(|end| call.started >= end) {
            last_end = Some(call.ended);
            length += 1;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls with these start and end times, in milliseconds.
    fn calls(times: &[(u64, u64)]) -> Vec<Call> {
        let origin = Instant::now();
        let at = |milliseconds| origin + Duration::from_millis(milliseconds);
        let call = |(started, ended): &(u64, u64)| Call {
            signer: Signer { function: "f".to_owned(), slot: 0 },
            request_id: None,
            service: Service::DynamoDb,
            operation: "GetItem".to_owned(),
            read_units: 1.0,
            write_units: 0.0,
            started: at(*started),
            ended: at(*ended),
        };
        times.iter().map(call).collect()
    }

    #[test]
    fn calls_that_follow_each_other_are_in_sequence() {
        assert_eq!(in_sequence(&calls(&[(0, 1), (1, 2), (3, 4)])), 3);
    }

    #[test]
    fn calls_that_overlap_count_once() {
        assert_eq!(in_sequence(&calls(&[(0, 3), (1, 4), (2, 5)])), 1);
        assert_eq!(in_sequence(&calls(&[(0, 9), (1, 2), (3, 4)])), 2, "two short calls during a long one");
    }

    #[test]
    fn no_calls_are_no_sequence() {
        assert_eq!(in_sequence(&[]), 0);
    }
}
