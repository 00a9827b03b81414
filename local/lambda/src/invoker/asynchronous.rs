//! Invocations, those that are waited for and those that Lambda queues and retries.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use local_calls::Measures;
use local_common::{DataDir, clock};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::held::Held;
use super::queues::Queues;
use crate::functions::Functions;
use crate::outcome::{Invocation, UnknownFunction, json_or_text};

/// The wait before the first retry; it doubles. Lambda waits one minute, then two: nobody at a laptop would.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Invokes the stack's functions. Clones share everything.
#[derive(Clone)]
pub struct Invoker {
    functions: Functions,
    queues: Queues,
    held: Held,
    /// Events that were accepted and not settled yet, a file each, so that a stopped stack loses none.
    accepted: PathBuf,
    pending: watch::Sender<usize>,
}

impl Invoker {
    /// Invokes `functions`, and takes up the asynchronous events that the data folder still holds.
    ///
    /// # Errors
    /// If the data folder cannot be read or written.
    pub fn start(functions: Functions, data: &DataDir) -> io::Result<Self> {
        Self::holding([], functions, data)
    }

    /// Like [`start`](Self::start), but events do not run the functions in `held`. The last event of each is in
    /// `events/<function>.json` of the data folder. [`invoke`](Self::invoke) runs them all the same.
    ///
    /// # Errors
    /// If the data folder cannot be read or written.
    pub fn holding(
        held: impl IntoIterator<Item = String>,
        functions: Functions,
        data: &DataDir,
    ) -> io::Result<Self> {
        let accepted = data.file("asynchronous");
        fs::create_dir_all(&accepted)?;
        let queues = Queues::open(data.file("queues"))?;
        let held = Held::new(held, data.file("events"));
        let invoker = Self { functions, queues, held, accepted, pending: watch::Sender::new(0) };
        let mut left: Vec<_> = fs::read_dir(&invoker.accepted)?.collect::<io::Result<_>>()?;
        left.sort_by_key(fs::DirEntry::file_name);
        for entry in left {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some((_, function)) = name.split_once('.') {
                invoker.deliver(function.to_owned(), fs::read(entry.path())?.into(), entry.path());
            }
        }
        Ok(invoker)
    }

    /// Invokes `function` and waits for its outcome.
    ///
    /// # Errors
    /// If the template has no such function.
    pub async fn invoke(&self, function: &str, event: Bytes) -> Result<Invocation, UnknownFunction> {
        self.functions.invoke(function, event).await
    }

    /// Invokes `function` for an event that its source will repeat until it succeeds.
    ///
    /// # Errors
    /// If the template has no such function.
    pub async fn invoke_for_source(
        &self,
        function: &str,
        event: Bytes,
    ) -> Result<Invocation, UnknownFunction> {
        match self.held.take(function, &event) {
            Some(invocation) => Ok(invocation),
            None => self.invoke(function, event).await,
        }
    }

    /// Waits until the binary of `function` is built, or until that has failed.
    pub async fn built(&self, function: &str) {
        self.functions.built(function).await;
    }

    /// Invokes `function` as Lambda does asynchronously: retries after a failure, then the on-failure queue.
    pub fn send(&self, function: &str, event: Bytes) {
        let file = self.accepted.join(format!("{}.{function}", uuid::Uuid::now_v7()));
        // Without its file the event is still delivered, it only would not survive a stop.
        _ = fs::write(&file, &event);
        self.deliver(function.to_owned(), event, file);
    }

    /// Puts `body` on a queue for events that failed for good; `GET /_local/queues/<queue>` shows it.
    pub async fn dead_letter(&self, queue: &str, body: Value) {
        let queues = self.queues.clone();
        let queue = queue.to_owned();
        // A full disk is the only way to fail, and then there is nowhere left to say so but the log.
        let put = self.functions.runtime().spawn_blocking(move || {
            if let Err(error) = queues.put(&queue, body) {
                tracing::error!(%queue, %error, "a failed event could not be kept");
            }
        });
        _ = put.await;
    }

    /// The messages of a queue, oldest first.
    #[must_use]
    pub fn queue(&self, queue: &str) -> Vec<Value> {
        self.queues.messages(queue)
    }

    /// The payload that Lambda's own `Invoke` would answer with.
    #[must_use]
    pub fn payload(&self, function: &str, invocation: &Invocation) -> Bytes {
        let timeout = self.functions.get(function).map_or(Duration::ZERO, |function| function.timeout);
        invocation.payload(timeout)
    }

    /// The figures that AWS would publish in CloudWatch.
    #[must_use]
    pub fn measures(&self) -> &Measures {
        self.functions.measures()
    }

    /// Whether the functions are being stopped.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.functions.is_stopping()
    }

    /// Waits until no asynchronous invocation is queued or running.
    pub async fn settled(&self) {
        // The sender is `self`, so waiting cannot fail.
        _ = self.pending.subscribe().wait_for(|pending| *pending == 0).await;
    }

    fn deliver(&self, function: String, event: Bytes, file: PathBuf) {
        self.pending.send_modify(|pending| *pending += 1);
        let invoker = self.clone();
        self.functions.runtime().spawn(async move {
            if invoker.attempt_all(&function, event).await {
                _ = fs::remove_file(file);
            }
            invoker.pending.send_modify(|pending| *pending -= 1);
        });
    }

    /// Attempts an event until it succeeds or its retries are used up; `false` if the stack stops before that.
    async fn attempt_all(&self, function: &str, event: Bytes) -> bool {
        let Some((retries, on_failure)) =
            self.functions.get(function).map(|function| (function.retries, function.on_failure.clone()))
        else {
            tracing::error!(%function, "an event names a function that the template does not have");
            return true;
        };
        let mut wait = RETRY_AFTER;
        let mut attempts = 1;
        let last = loop {
            let Ok(invocation) = self.invoke_for_source(function, event.clone()).await else { return true };
            if invocation.succeeded() {
                return true;
            }
            if self.is_stopping() {
                return false;
            }
            if attempts > retries {
                break invocation;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
            attempts += 1;
        };
        if let Some(queue) = on_failure {
            self.dead_letter(&queue, self.failure(function, &event, &last, attempts)).await;
        }
        true
    }

    /// The record of a failed event, as an on-failure destination gets it:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    fn failure(&self, function: &str, event: &[u8], last: &Invocation, attempts: u32) -> Value {
        json!({
            "version": "1.0",
            "timestamp": clock::now().to_string(),
            "requestContext": {
                "requestId": last.request_id,
                "functionArn": format!("{}:$LATEST", self.functions.arn(function)),
                "condition": "RetriesExhausted",
                "approximateInvokeCount": attempts,
            },
            "requestPayload": json_or_text(event),
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            },
            "responsePayload": json_or_text(&self.payload(function, last)),
        })
    }
}
