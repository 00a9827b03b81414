//! Event notifications. They are stored in the transaction of their change, and sent to functions after the commit.

use jiff::Timestamp;
use local_deployment::{Bucket, Notification};
use serde_json::{Value, json};

/// The origin of a change, as events describe it.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub access_key: String,
    pub region: String,
    pub address: String,
    pub request_id: String,
}

/// A change of an object, for which there may be notifications.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub bucket: String,
    pub key: String,
    /// The type of event, such as `ObjectCreated:Put`.
    pub event: &'static str,
    pub at: Timestamp,
    pub origin: Origin,
}

/// The object that a change wrote or removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub size: u64,
    pub etag: &'a str,
    /// The id of the version; `None` for a bucket without versions.
    pub version: Option<&'a str>,
    pub sequence: i64,
}

/// The event notifications of all buckets.
#[derive(Debug)]
pub(super) struct Notifications {
    buckets: Vec<Bucket>,
}

impl Notifications {
    pub fn new(buckets: Vec<Bucket>) -> Self {
        Self { buckets }
    }

    /// The events for `change`, each with the name of its function.
    pub fn events_for(&self, change: &Change, subject: Subject<'_>) -> Vec<(String, Value)> {
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
    let type_matches = match pattern.strip_suffix('*') {
        Some(prefix) => change.event.starts_with(prefix),
        None => change.event == pattern,
    };
    let starts = notification.prefix.as_ref().is_none_or(|prefix| change.key.starts_with(prefix.as_str()));
    let ends = notification.suffix.as_ref().is_none_or(|suffix| change.key.ends_with(suffix.as_str()));
    type_matches && starts && ends
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
    if let Some(version) = subject.version {
        object["versionId"] = version.into();
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

/// Encodes a key as S3 does in events: as in forms, but with plain slashes.
fn form_encoded(key: &str) -> String {
    let encode = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
    key.split('/').map(encode).collect::<Vec<_>>().join("/")
}
