//! Event notifications: what a change leads to. They are kept with the change, and handed to functions after the commit.

use jiff::Timestamp;
use local_deployment::{Bucket, Notification};
use serde_json::{Value, json};

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
