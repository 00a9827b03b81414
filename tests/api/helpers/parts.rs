//! Files that are sent in parts.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, TestStack, User, id};

pub const MEBIBYTE: usize = 1024 * 1024;

/// Part `number` in the response of `POST .../parts` or `GET .../parts`.
pub fn find_part(parts: &Value, number: u64) -> &Value {
    let parts = parts["parts"].as_array().expect("a list");
    parts.iter().find(|part| part["number"] == number).expect("this part")
}

impl TestStack {
    /// A user of the tier Premium, which allows files of one gigabyte.
    pub async fn premium_user(&self, prefix: &str) -> User {
        let user = self.signed_up_user(prefix).await;
        user.move_to_tier("premium").await;
        user
    }

    /// PUTs one part to its URL and returns its `ETag`.
    pub async fn put_part(&self, url: &Value, bytes: impl Into<reqwest::Body>) -> String {
        let answer = Answer::of(self.http.put(url.as_str().expect("a URL")).body(bytes)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.header("etag").to_owned()
    }

    /// Whether S3 has an unfinished multipart upload for a file.
    pub fn has_upload_of(&self, file: &str) -> bool {
        let keys = self.s3().uploads(self.bucket("OriginalsBucket"));
        keys.iter().any(|key| key.split('/').any(|part| part == file))
    }
}

impl User {
    /// Requests signed URLs for these parts.
    pub async fn sign_parts(&self, file: &Value, numbers: &[u64]) -> Answer {
        self.post(&format!("/api/files/{}/parts", id(file)), json!({"numbers": numbers})).await
    }

    /// Requests the list of the parts that S3 has.
    pub async fn list_parts(&self, file: &Value) -> Answer {
        self.get(&format!("/api/files/{}/parts", id(file))).await
    }

    pub async fn complete(&self, file: &Value, parts: &Value) -> Answer {
        self.post(&format!("/api/files/{}/complete", id(file)), json!({"parts": parts})).await
    }

    /// Completes a file that was sent by a single PUT.
    pub async fn complete_put(&self, file: &Value) -> Answer {
        Answer::of(self.request(Method::POST, &format!("/api/files/{}/complete", id(file)))).await
    }

    /// Sends these parts of `bytes`, and returns the numbers and the values of `ETag` that `complete` needs.
    pub async fn send_parts(&self, file: &Value, bytes: &[u8], numbers: &[u64]) -> Vec<Value> {
        let part_size =
            usize::try_from(file["upload"]["part_size"].as_u64().expect("a size")).expect("a size");
        let answer = self.sign_parts(file, numbers).await;
        assert_eq!(answer.status, 200, "{}", self.stack.explain(&answer));
        let mut sent = Vec::new();
        for number in numbers {
            let start = part_size * usize::try_from(number - 1).expect("a number");
            let part = bytes[start..bytes.len().min(start + part_size)].to_vec();
            let etag = self.stack.put_part(&find_part(&answer.json(), *number)["url"], part).await;
            sent.push(json!({"number": number, "etag": etag}));
        }
        sent
    }
}
