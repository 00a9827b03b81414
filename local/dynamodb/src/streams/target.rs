//! Where batches go: the function, or the queue for those that failed for good.

use std::future::Future;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use local_common::clock;
use local_lambda::{Invocation, Invoker, UnknownFunction};

/// What a follower needs of the invoker; tests answer for functions themselves.
pub(super) trait Target: Clone + Send + Sync + 'static {
    fn invoke(
        &self,
        function: &str,
        event: Bytes,
    ) -> impl Future<Output = Result<Invocation, UnknownFunction>> + Send;

    fn dead_letter(&self, queue: &str, body: Value) -> impl Future<Output = ()> + Send;

    /// Whether what fails now says nothing about the function: its process was stopped with the stack.
    fn is_stopping(&self) -> bool;

    /// What the ages of records are measured by.
    fn now(&self) -> Timestamp;
}

impl Target for Invoker {
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Invocation, UnknownFunction> {
        Self::invoke(self, function, event).await
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
}
