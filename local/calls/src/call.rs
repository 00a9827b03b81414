//! What a call is, and what may happen to it.

use std::time::{Duration, Instant};

use local_common::Signer;

/// An AWS service that the local stack stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    DynamoDb,
    S3,
    Ses,
    SecretsManager,
}

/// One finished AWS call of a function.
#[derive(Debug, Clone)]
pub struct Call {
    pub signer: Signer,
    /// The invocation it was made in, if one was running.
    pub request_id: Option<String>,
    pub service: Service,
    /// The operation as the service names it: `TransactWriteItems`, `PutObject`.
    pub operation: String,
    /// Read capacity units of DynamoDB that it consumed.
    pub read_units: f64,
    pub started: Instant,
    pub ended: Instant,
}

/// What to do to a call instead of, or before, answering it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Carry the call out, then kill the process before it sees the answer.
    KillAfter,
    /// Carry the call out, then close the connection without an answer.
    LoseAnswer,
    /// Answer `TransactionCanceledException` with the reason `TransactionConflict` for every item; nothing is done.
    TransactionConflict,
    /// Answer `TransactionCanceledException` with this reason for the item at this index, or for every item; nothing is
    /// written. An operation that is not a transaction gets the corresponding exception.
    Cancelled(Cancellation, Option<usize>),
    /// Answer the service's throttling error; nothing is done.
    Throttling,
    /// Answer with the service's error of this name, such as `RequestLimitExceeded`; nothing is done.
    Exception(&'static str),
    /// Answer 500; nothing is done.
    InternalError,
    /// Never answer; nothing is done.
    Hang,
    /// Carry the call out after this long.
    Delay(Duration),
}

/// Why DynamoDB cancels a transaction: the reasons that it gives for single items.
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
    /// Every reason of the API reference except `None`, which items have that did not cause the cancellation.
    pub const ALL: [Self; 6] = [
        Self::ConditionalCheckFailed,
        Self::ItemCollectionSizeLimitExceeded,
        Self::TransactionConflict,
        Self::ProvisionedThroughputExceeded,
        Self::ThrottlingError,
        Self::ValidationError,
    ];
}

/// The longest chain of calls of which each starts after the one before has ended.
pub(super) fn in_sequence(calls: &[Call]) -> usize {
    let mut by_end: Vec<&Call> = calls.iter().collect();
    by_end.sort_by_key(|call| call.ended);
    // Taking the earliest end each time leaves most room for the rest: the classic interval schedule.
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

    /// Calls that start and end this many milliseconds after the first.
    fn calls(times: &[(u64, u64)]) -> Vec<Call> {
        let origin = Instant::now();
        let at = |milliseconds| origin + Duration::from_millis(milliseconds);
        let call = |(started, ended): &(u64, u64)| Call {
            signer: Signer { function: "f".to_owned(), slot: 0 },
            request_id: None,
            service: Service::DynamoDb,
            operation: "GetItem".to_owned(),
            read_units: 1.0,
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
        assert_eq!(
            in_sequence(&calls(&[(0, 9), (1, 2), (3, 4)])),
            2,
            "two follow each other beside a long one"
        );
    }

    #[test]
    fn no_calls_are_no_sequence() {
        assert_eq!(in_sequence(&[]), 0);
    }
}
