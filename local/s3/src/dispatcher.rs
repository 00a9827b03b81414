//! Sends events from the store to functions.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::errors::StoreError;
use super::store::Store;

/// An event that was sent to a function.
#[derive(Debug, Clone)]
pub struct SentEvent {
    /// The function's name.
    pub function: String,
    /// The event, as JSON.
    pub event: Bytes,
}

/// How many sent events are kept for tests.
const MAX_SENT: usize = 10_000;

/// Invokes a function asynchronously with an event.
pub type Invoke = Box<dyn Fn(&str, Bytes) + std::marker::Send + Sync>;

/// Sends the events in the store's outbox.
pub(super) struct Dispatcher {
    send: Invoke,
    paused: AtomicBool,
    /// Locked while events are sent, so that none is sent twice.
    sent: Mutex<VecDeque<SentEvent>>,
}

impl Dispatcher {
    pub fn new(send: Invoke) -> Self {
        Self { send, paused: AtomicBool::new(false), sent: Mutex::new(VecDeque::new()) }
    }

    /// Sends all events in the outbox, oldest first, unless paused. After an error, the rest waits for the next change.
    pub fn flush(&self, store: &Store) {
        if self.paused.load(Ordering::SeqCst) {
            return;
        }
        if let Err(error) = self.send_all(store) {
            tracing::error!(%error, "cannot send the events of the object store");
        }
    }

    fn send_all(&self, store: &Store) -> Result<(), StoreError> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, function, event) in store.waiting_events()? {
            let event = Bytes::from(event);
            (self.send)(&function, event.clone());
            store.forget_event(id)?;
            if sent.len() == MAX_SENT {
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

    /// The events sent since the start, oldest first.
    pub fn sent(&self) -> Vec<SentEvent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
