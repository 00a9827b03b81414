//! Delivering one batch: attempts, partial success, and giving up.

use std::time::Duration;

use serde_json::Value;

use super::event;
use super::failure::Failure;
use super::reader::Stream;
use super::target::Target;
use crate::clock;
use crate::invoker::Outcome;

/// Lambda waits seconds to minutes between attempts; whoever watches the local stack should not have to.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How the batches of one event source are delivered.
#[derive(Clone)]
pub(super) struct Delivery<T> {
    pub(super) target: T,
    pub(super) function: String,
    pub(super) region: String,
    /// Attempts after the first; `None` tries until it works, as Lambda does within the stream's day.
    pub(super) retries: Option<u32>,
    pub(super) report_item_failures: bool,
    pub(super) on_failure: Option<String>,
}

impl<T: Target> Delivery<T> {
    /// Returns once the function is done with `records` or they are given up.
    pub(super) async fn deliver(&self, stream: &Stream, records: &[Value]) {
        let mut rest = records;
        let mut attempts = 0;
        let mut wait = FIRST_WAIT;
        loop {
            let (request_id, outcome) = match self.target.invoke(&self.function, event::event(rest)).await {
                Ok(invocation) => (invocation.request_id, invocation.outcome),
                Err(unknown) => return tracing::error!(%unknown, "a stream has no function to go to"),
            };
            attempts += 1;
            match self.first_failure(&outcome, rest) {
                None => return,
                // Progress starts the count again: these records have failed once so far.
                Some(done) if done > 0 => {
                    rest = &rest[done..];
                    attempts = 1;
                    wait = FIRST_WAIT;
                }
                Some(_) => {}
            }
            tracing::warn!(function = self.function, records = rest.len(), attempts, "a stream batch failed");
            if self.retries.is_some_and(|retries| attempts > retries) {
                let last = (request_id.as_str(), &outcome);
                return self.give_up(stream, rest, attempts, last).await;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    fn first_failure(&self, outcome: &Outcome, records: &[Value]) -> Option<usize> {
        match outcome {
            Outcome::Answered(answer) if self.report_item_failures => event::first_failure(answer, records),
            Outcome::Answered(_) => None,
            Outcome::Failed(_) | Outcome::TimedOut | Outcome::Crashed => Some(0),
        }
    }

    async fn give_up(&self, stream: &Stream, records: &[Value], attempts: u32, last: (&str, &Outcome)) {
        let Some(queue) = &self.on_failure else {
            return tracing::error!(
                function = self.function,
                records = records.len(),
                "stream records dropped"
            );
        };
        let (function, region) = (self.function.as_str(), self.region.as_str());
        let failure = Failure { function, region, stream, records, attempts, last };
        self.target.dead_letter(queue, failure.message(clock::now())).await;
    }
}
