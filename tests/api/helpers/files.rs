//! What users do with files.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::{Answer, User};

/// A part of a form that contains a file.
pub fn part(name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Part {
    Part::bytes(bytes.into()).file_name(name.to_owned()).mime_str(content_type).expect("a media type")
}

impl User {
    /// Requests JSON from a route that redirects browsers.
    pub async fn get_as_json(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).header("accept", "application/json")).await
    }

    pub async fn post_multipart(&self, path: &str, form: Form) -> Answer {
        Answer::of(self.request(Method::POST, path).multipart(form)).await
    }

    /// Uploads a file by a form, and returns the ready file.
    pub async fn upload_file(&self, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Value {
        let answer = self.post_file("/api/files", "file", name, content_type, bytes.into()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// Requests an absolute URL of the API, such as the `next` of a list.
    pub async fn follow(&self, url: &Value) -> Answer {
        let url = url.as_str().expect("a URL");
        let path = url.strip_prefix(self.stack.api_url()).expect("an absolute URL of this API");
        self.get(path).await
    }

    /// The bytes that the account's files and images have reserved.
    pub async fn used_bytes(&self) -> u64 {
        self.get("/api/users/me").await.json()["used_bytes"].as_u64().expect("a number")
    }
}

/// The id of a record.
pub fn id(record: &Value) -> &str {
    record["id"].as_str().expect("an id")
}
