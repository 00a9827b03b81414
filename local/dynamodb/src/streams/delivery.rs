//! Delivering one batch: attempts, partial success, halves, and giving up.

use std::time::Duration;

use local_lambda::Outcome;
use serde_json::Value;

use super::event;
use super::failure::{Condition, Failure};
use super::reader::Stream;
use super::target::Target;

/// Lambda waits seconds to minutes between attempts; whoever watches the local stack should not have to.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How the batches of one event source are delivered.
#[derive(Clone)]
pub(super) struct Delivery<T> {
    pub(super) target: T,
    pub(super) function: String,
    pub(super) region: String,
    pub(super) stream: Stream,
    /// Attempts after the first; `None` tries until it works.
    pub(super) retries: Option<u32>,
    /// Records older than this are given up.
    pub(super) max_age: Option<Duration>,
    pub(super) bisect: bool,
    pub(super) report_item_failures: bool,
    pub(super) on_failure: Option<String>,
}

/// The request id and outcome of an attempt.
type Attempt = (String, Outcome);

impl<T: Target> Delivery<T> {
    /// Returns once the function is done with `records` or they are given up.
    pub(super) async fn deliver(&self, records: &[Value]) {
        let mut waiting = vec![records];
        while let Some(batch) = waiting.pop() {
            if let Some((first, second)) = self.attempt(batch).await {
                waiting.extend([second, first]);
            }
        }
    }

    /// Attempts a batch until it is done with or given up; answers with its halves if they are to come instead.
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
                    tracing::error!(%unknown, "a stream has no function to go to");
                    return None;
                }
            };
            attempts += 1;
            match self.first_failure(&outcome, rest) {
                None => return None,
                // Progress starts the count again: these records have failed once so far.
                Some(done) if done > 0 => {
                    rest = &rest[done..];
                    attempts = 1;
                    wait = FIRST_WAIT;
                }
                Some(_) => {}
            }
            if self.target.is_stopping() {
                // The delivery is stopped next, and the next start delivers these again.
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
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// How many records at the beginning of `records`, oldest first, are too old to be delivered.
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
        tracing::error!(
            function,
            records = records.len(),
            attempts,
            ?condition,
            "stream records are given up"
        );
        let Some(queue) = &self.on_failure else { return };
        let last = last.map(|(request_id, outcome)| (request_id.as_str(), outcome));
        let failure = Failure { function, region, stream: &self.stream, records, condition, attempts, last };
        self.target.dead_letter(queue, failure.message(self.target.now())).await;
    }
}
