//! Events on their way from the store to functions.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::errors::Failure;
use super::store::Store;

/// An event that was handed to a function.
#[derive(Debug, Clone)]
pub struct SentEvent {
    /// The function's name.
    pub function: String,
    /// The event as the function gets it.
    pub event: Bytes,
}

/// How many sent events are remembered.
const REMEMBERED: usize = 10_000;

/// Invokes a function asynchronously with an event.
pub type Invoke = Box<dyn Fn(&str, Bytes) + std::marker::Send + Sync>;

/// Hands over what the store keeps to be sent.
pub(super) struct Dispatcher {
    send: Invoke,
    paused: AtomicBool,
    /// Held while events are handed over, so that none is sent twice.
    sent: Mutex<VecDeque<SentEvent>>,
}

impl Dispatcher {
    pub fn new(send: Invoke) -> Self {
        Self { send, paused: AtomicBool::new(false), sent: Mutex::new(VecDeque::new()) }
    }

    /// Hands over everything that waits, oldest first, unless paused. What fails waits for the next change.
    pub fn flush(&self, store: &Store) {
        if self.paused.load(Ordering::SeqCst) {
            return;
        }
        if let Err(error) = self.hand_over(store) {
            tracing::error!(%error, "events of the object store were not sent");
        }
    }

    fn hand_over(&self, store: &Store) -> Result<(), Failure> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, function, event) in store.waiting_events()? {
            let event = Bytes::from(event);
            (self.send)(&function, event.clone());
            store.forget_event(id)?;
            if sent.len() == REMEMBERED {
                sent.pop_front();
            }
            sent.push_back(SentEvent { function, event });
        }
        Ok(())
    }

    pub fn pause(&self) {
        self.paused.store(true, Ordering::SeqCst);
    }

    pub fn resume(&self, store: &Store) {
        self.paused.store(false, Ordering::SeqCst);
        self.flush(store);
    }

    /// What was sent since the start, oldest first.
    pub fn sent(&self) -> Vec<SentEvent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
