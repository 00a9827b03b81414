//! The destination of batches: a function, or an on-failure queue.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use local_common::clock;
use local_lambda::{Invocation, Invoker, UnknownFunction};

/// The parts of the invoker that the delivery uses. Tests implement it without functions.
pub(super) trait Target: Clone + Send + Sync + 'static {
    fn invoke(
        &self,
        function: &str,
        event: Bytes,
    ) -> impl Future<Output = Result<Invocation, UnknownFunction>> + Send;

    fn dead_letter(&self, queue: &str, body: Value) -> impl Future<Output = ()> + Send;

    /// Whether the stack is stopping. A failure does not count then, because the function's process was stopped.
    fn is_stopping(&self) -> bool;

    /// The current time, from which the ages of records are computed.
    fn now(&self) -> Timestamp;

    /// Notes the age of the last record of a batch, which CloudWatch shows as `IteratorAge`.
    fn note_age(&self, function: &str, age: Duration);
}

impl Target for Invoker {
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Invocation, UnknownFunction> {
        self.invoke_for_source(function, event).await
    }

    async fn dead_letter(&self, queue: &str, body: Value) {
        Self::dead_letter(self, queue, body).await;
    }

    fn is_stopping(&self) -> bool {
        Self::is_stopping(self)
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }

    fn note_age(&self, function: &str, age: Duration) {
        let milliseconds = age.as_secs_f64() * 1000.0;
        self.measures().put("AWS/Lambda", "IteratorAge", &[("FunctionName", function)], milliseconds);
    }
}
