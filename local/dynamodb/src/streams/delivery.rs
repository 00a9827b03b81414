//! Delivers one batch: attempts, partial success, bisection, and giving up.

use std::time::Duration;

use local_lambda::Outcome;
use serde_json::Value;

use super::event;
use super::failed_batch::{Condition, FailedBatch};
use super::reader::Stream;
use super::target::Target;

/// The wait before the first retry. Lambda waits for seconds to minutes, which would be too long on a local machine.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The wait doubles with each retry, up to this.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Delivers the batches of one event source.
#[derive(Clone)]
pub(super) struct Delivery<T> {
    pub(super) target: T,
    pub(super) function: String,
    pub(super) region: String,
    pub(super) stream: Stream,
    /// Attempts after the first. `None` means no limit.
    pub(super) retries: Option<u32>,
    /// Records older than this are given up. `None` means no limit.
    pub(super) max_age: Option<Duration>,
    pub(super) bisect: bool,
    pub(super) report_item_failures: bool,
    pub(super) on_failure: Option<String>,
}

/// The request id and outcome of an attempt.
type Attempt = (String, Outcome);

impl<T: Target> Delivery<T> {
    /// Delivers `records`. Returns when each was processed successfully or given up.
    pub(super) async fn deliver(&self, records: &[Value]) {
        let mut waiting = vec![records];
        while let Some(batch) = waiting.pop() {
            if let Some((first, second)) = self.attempt(batch).await {
                waiting.extend([second, first]);
            }
        }
    }

    /// Attempts to deliver a batch until it succeeds or is given up. Returns its halves if they are to be delivered
    /// separately instead.
    async fn attempt<'a>(&self, records: &'a [Value]) -> Option<(&'a [Value], &'a [Value])> {
        let mut rest = records;
        let mut attempts = 0;
        let mut wait = FIRST_WAIT;
        let mut last: Option<Attempt> = None;
        loop {
            let (expired, young) = rest.split_at(self.expired(rest));
            if !expired.is_empty() {
                self.give_up(expired, Condition::RecordAgeExceeded, attempts, last.as_ref()).await;
                rest = young;
            }
            if rest.is_empty() {
                return None;
            }
            let (request_id, outcome) = match self.target.invoke(&self.function, event::event(rest)).await {
                Ok(invocation) => (invocation.request_id, invocation.outcome),
                Err(unknown) => {
                    tracing::error!(%unknown, "the function of a stream does not exist");
                    return None;
                }
            };
            self.note_age(rest);
            attempts += 1;
            match self.first_failure(&outcome, rest) {
                None => return None,
                // After partial success, the rest of the batch has failed only once.
                Some(done) if done > 0 => {
                    rest = &rest[done..];
                    attempts = 1;
                    wait = FIRST_WAIT;
                }
                Some(_) => {}
            }
            if self.target.is_stopping() {
                // This task is about to be aborted. The records are delivered again after the next start.
                return std::future::pending().await;
            }
            tracing::warn!(function = self.function, records = rest.len(), attempts, "a stream batch failed");
            if self.bisect && rest.len() > 1 && !matches!(outcome, Outcome::Answered(_)) {
                return Some(rest.split_at(rest.len() / 2));
            }
            let last = last.insert((request_id, outcome));
            if self.retries.is_some_and(|retries| attempts > retries) {
                self.give_up(rest, Condition::RetryAttemptsExhausted, attempts, Some(last)).await;
                return None;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(MAX_WAIT);
        }
    }

    fn note_age(&self, records: &[Value]) {
        let age = records.last().map(|last| self.target.now().duration_since(event::arrival(last)));
        if let Some(Ok(age)) = age.map(Duration::try_from) {
            self.target.note_age(&self.function, age);
        }
    }

    /// The number of records that are too old. They are at the beginning, because `records` is ordered by age.
    fn expired(&self, records: &[Value]) -> usize {
        let Some(max_age) = self.max_age else { return 0 };
        let now = self.target.now();
        let is_old = |record: &&Value| {
            Duration::try_from(now.duration_since(event::arrival(record))).is_ok_and(|age| age > max_age)
        };
        records.iter().take_while(is_old).count()
    }

    fn first_failure(&self, outcome: &Outcome, records: &[Value]) -> Option<usize> {
        match outcome {
            Outcome::Answered(answer) if self.report_item_failures => event::first_failure(answer, records),
            Outcome::Answered(_) => None,
            Outcome::Failed(_) | Outcome::TimedOut | Outcome::OutOfMemory | Outcome::Crashed => Some(0),
        }
    }

    async fn give_up(&self, records: &[Value], condition: Condition, attempts: u32, last: Option<&Attempt>) {
        let (function, region) = (self.function.as_str(), self.region.as_str());
        tracing::error!(function, records = records.len(), attempts, ?condition, "gave up stream records");
        let Some(queue) = &self.on_failure else { return };
        let last = last.map(|(request_id, outcome)| (request_id.as_str(), outcome));
        let failure =
            FailedBatch { function, region, stream: &self.stream, records, condition, attempts, last };
        self.target.dead_letter(queue, failure.message(self.target.now())).await;
    }
}
