//! The objects in the two buckets, and the events about them.

use std::time::Duration;

use jiff::Timestamp;
use local::stack::Presign;
use reqwest::Url;
use serde_json::Value;

use super::{Answer, TestStack};

impl TestStack {
    /// The name of a bucket, by its logical id in the template.
    pub fn bucket(&self, logical_id: &str) -> &str {
        let bucket = self.deployment().buckets.iter().find(|bucket| bucket.logical_id == logical_id);
        &bucket.expect("the template has this bucket").name
    }

    /// All keys that belong to a file or an image, originals first.
    pub fn keys_of(&self, id: &str) -> Vec<String> {
        let keys = |bucket| self.s3().keys(self.bucket(bucket));
        let all = keys("OriginalsBucket").into_iter().chain(keys("RenditionsBucket"));
        all.filter(|key| key.split('/').any(|part| part == id)).collect()
    }

    /// The stored bytes of a file or an image.
    pub fn original_of(&self, id: &str) -> Option<Vec<u8>> {
        let bucket = self.bucket("OriginalsBucket");
        let key = self.keys_of(id).into_iter().find(|key| self.s3().object(bucket, key).is_some())?;
        self.s3().object(bucket, &key).map(|(_, bytes)| bytes.to_vec())
    }

    /// The response to GET of a signed URL.
    pub async fn fetch(&self, url: &str) -> Answer {
        Answer::of(self.http.get(url)).await
    }

    /// A signed URL for a PUT of `length` bytes of `application/octet-stream` to `key`, as create-file makes it.
    pub fn sign_put(&self, key: &str, length: usize, signed_at: Timestamp) -> String {
        self.sign_as(
            "create-file",
            &Presign {
                method: "PUT",
                bucket: self.bucket("OriginalsBucket"),
                key,
                query: &[("x-id", "PutObject")],
                headers: &[
                    ("content-length", &length.to_string()),
                    ("content-type", "application/octet-stream"),
                    ("if-none-match", "*"),
                ],
                signed_at,
                expires_in: Duration::from_mins(15),
            },
        )
    }

    /// PUTs to a URL that [`sign_put`](Self::sign_put) made.
    pub async fn put_octets(&self, url: &str, bytes: Vec<u8>) -> Answer {
        let request = self.http.put(url).header("if-none-match", "*");
        Answer::of(request.header("content-type", "application/octet-stream").body(bytes)).await
    }

    /// All events about the object `key`, as process-upload received them.
    pub fn events_about(&self, key: &str) -> Vec<Value> {
        let events = self.s3().events().into_iter();
        let events =
            events.map(|sent| serde_json::from_slice::<Value>(&sent.event).expect("events are JSON"));
        events.filter(|event| event["Records"][0]["s3"]["object"]["key"] == key).collect()
    }
}

/// The key that an announced upload goes to.
pub fn upload_key(announced: &Value) -> String {
    let url = Url::parse(announced["upload"]["url"].as_str().expect("a URL")).expect("a URL");
    let parts = url.path_segments().expect("a path").skip(1);
    parts.collect::<Vec<_>>().join("/")
}

/// A query parameter of a URL.
pub fn query_parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).expect("a URL");
    url.query_pairs().find_map(|(found, value)| (found == name).then(|| value.into_owned()))
}
