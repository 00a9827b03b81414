//! Where the pool and one process meet: an event goes one way, its answer the other.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

/// The most that a function may answer with (6 MB, as Lambda counts it).
pub(super) const MAX_RESPONSE: usize = 6_291_556;

/// An event for a process, with what the Runtime API tells about it.
pub(super) struct Work {
    pub request_id: String,
    pub event: Bytes,
    pub deadline_ms: i64,
    pub arn: String,
    pub trace_id: String,
}

/// What a process made of its event.
pub(super) enum Answer {
    Response(Bytes),
    Error(Bytes),
    TooLarge,
}

/// Where the pool and one process meet.
pub(super) struct Link {
    events: mpsc::Sender<Work>,
    next: AsyncMutex<mpsc::Receiver<Work>>,
    expected: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
    initialised: Mutex<Option<oneshot::Sender<Result<(), Bytes>>>>,
    initialising: Mutex<Option<oneshot::Receiver<Result<(), Bytes>>>>,
}

impl Default for Link {
    fn default() -> Self {
        let (events, next) = mpsc::channel(1);
        let (initialised, initialising) = oneshot::channel();
        Self {
            events,
            next: AsyncMutex::new(next),
            expected: Mutex::default(),
            initialised: Mutex::new(Some(initialised)),
            initialising: Mutex::new(Some(initialising)),
        }
    }
}

impl Link {
    /// For the first invocation: resolves at the first poll, or to the error that the process reported before it.
    pub fn initialising(&self) -> Option<oneshot::Receiver<Result<(), Bytes>>> {
        lock(&self.initialising).take()
    }

    /// The next event for the process; `None` when there will be none.
    pub async fn next(&self) -> Option<Work> {
        self.next.lock().await.recv().await
    }

    /// Hands an event over; the answer comes through the receiver, never if the process ends first.
    pub async fn hand_over(&self, work: Work) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        *lock(&self.expected) = Some((work.request_id.clone(), sender));
        // The receiving end lives as long as this link, so sending cannot fail.
        _ = self.events.send(work).await;
        receiver
    }

    /// Reports the first poll, or the error that the process had before it.
    pub fn initialised(&self, outcome: Result<(), Bytes>) {
        if let Some(sender) = lock(&self.initialised).take() {
            _ = sender.send(outcome);
        }
    }

    /// Delivers an answer; `false` if this request is not the one being worked on.
    pub fn answer(&self, request_id: &str, answer: Answer) -> bool {
        let mut expected = lock(&self.expected);
        match expected.take() {
            Some((id, sender)) if id == request_id => {
                _ = sender.send(answer);
                true
            }
            other => {
                *expected = other;
                false
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
