//! Event notifications: kept with the change they tell of, handed to functions after the commit.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use local_deployment::{Bucket, Notification};
use serde_json::{Value, json};

use super::errors::Failure;
use super::store::Store;

/// Who changes something, as events tell it.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub access_key: String,
    pub region: String,
    pub address: String,
    pub request_id: String,
}

/// A change that may be told of.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub bucket: String,
    pub key: String,
    /// `ObjectCreated:Put`
    pub event: &'static str,
    pub at: Timestamp,
    pub origin: Origin,
}

/// The object that a change left, or removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub size: u64,
    pub etag: &'a str,
    pub sequence: i64,
}

/// Which functions hear of a bucket's changes.
#[derive(Debug)]
pub(super) struct Notifications {
    buckets: Vec<Bucket>,
}

impl Notifications {
    pub fn new(buckets: Vec<Bucket>) -> Self {
        Self { buckets }
    }

    /// The events that `change` gives rise to, each with its function.
    pub fn about(&self, change: &Change, subject: Subject<'_>) -> Vec<(String, Value)> {
        let Some(bucket) = self.buckets.iter().find(|bucket| bucket.name == change.bucket) else {
            return Vec::new();
        };
        let wanted = bucket.notifications.iter().filter(|notification| wants(notification, change));
        wanted
            .map(|notification| (notification.function.clone(), event(notification, change, subject)))
            .collect()
    }
}

fn wants(notification: &Notification, change: &Change) -> bool {
    let pattern = notification.event.strip_prefix("s3:").unwrap_or(&notification.event);
    let of_this_kind = match pattern.strip_suffix('*') {
        Some(family) => change.event.starts_with(family),
        None => change.event == pattern,
    };
    let starts = notification.prefix.as_ref().is_none_or(|prefix| change.key.starts_with(prefix.as_str()));
    let ends = notification.suffix.as_ref().is_none_or(|suffix| change.key.ends_with(suffix.as_str()));
    of_this_kind && starts && ends
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
fn event(notification: &Notification, change: &Change, subject: Subject<'_>) -> Value {
    let Origin { access_key, region, address, request_id } = &change.origin;
    let mut object = json!({
        "key": form_encoded(&change.key),
        "sequencer": format!("{:016X}", subject.sequence),
    });
    if change.event.starts_with("ObjectCreated:") {
        object["size"] = subject.size.into();
        object["eTag"] = subject.etag.into();
    }
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": change.at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        "eventName": change.event,
        "userIdentity": {"principalId": format!("AWS:{access_key}")},
        "requestParameters": {"sourceIPAddress": address},
        "responseElements": {"x-amz-request-id": request_id, "x-amz-id-2": request_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": notification.function,
            "bucket": {
                "name": change.bucket,
                "ownerIdentity": {"principalId": "LOCAL"},
                "arn": format!("arn:aws:s3:::{}", change.bucket),
            },
            "object": object,
        },
    }]})
}

/// S3 encodes keys in events as forms do, except for the slash.
fn form_encoded(key: &str) -> String {
    let encode = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
    key.split('/').map(encode).collect::<Vec<_>>().join("/")
}

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
