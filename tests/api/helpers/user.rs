//! What signed-in users do through the API.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, TestStack, note_passwords};

/// An account with the tokens of one session.
#[derive(Clone)]
pub struct User {
    pub stack: TestStack,
    pub id: String,
    pub name: String,
    pub password: String,
    pub access: String,
    pub refresh: String,
}

impl User {
    /// A request with the user's access token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.stack.http.request(method, self.stack.url(path)).bearer_auth(&self.access)
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        note_passwords(&body);
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        note_passwords(&body);
        Answer::of(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete_with(&self, path: &str, body: Value) -> Answer {
        note_passwords(&body);
        Answer::of(self.request(Method::DELETE, path).json(&body)).await
    }

    /// Requests the URL that a route redirects to, as JSON.
    pub async fn url_of(&self, path: &str) -> String {
        let answer = Answer::of(self.request(Method::GET, path).header("accept", "application/json")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["url"].as_str().expect("a URL").to_owned()
    }

    /// Posts a form with one file.
    pub async fn post_file(
        &self,
        path: &str,
        field: &str,
        name: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Answer {
        let part =
            Part::bytes(bytes).file_name(name.to_owned()).mime_str(content_type).expect("a media type");
        Answer::of(self.request(Method::POST, path).multipart(Form::new().part(field.to_owned(), part))).await
    }

    /// Uploads an image by a form, and returns the ready image.
    pub async fn upload_image(&self, name: &str, content_type: &str, bytes: Vec<u8>) -> Value {
        let answer = self.post_file("/api/images", "image", name, content_type, bytes).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// Announces an upload to `/api/files` or `/api/images`. The returned record contains the URL for the PUT.
    pub async fn announce(&self, path: &str, name: &str, content_type: &str, size: usize) -> Value {
        let body = json!({"filename": name, "content_type": content_type, "size": size});
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// Announces a text file that every signed-in user can see.
    pub async fn announce_members_file(&self, name: &str, bytes: &[u8]) -> Value {
        let body = json!({
            "filename": name, "content_type": "text/plain", "size": bytes.len(), "visibility": "members",
        });
        let answer = self.post("/api/files", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// PUTs bytes to the URL of an announced file, with the headers that it requires.
    pub async fn put(&self, announced: &Value, bytes: Vec<u8>) -> Answer {
        let upload = &announced["upload"];
        let mut request = self.stack.http.put(upload["url"].as_str().expect("a URL"));
        for (name, value) in upload["headers"].as_object().expect("headers") {
            request = request.header(name, value.as_str().expect("a text"));
        }
        Answer::of(request.body(bytes)).await
    }

    /// Announces and PUTs bytes, waits until the upload is settled, and returns the record.
    pub async fn upload(&self, path: &str, name: &str, content_type: &str, bytes: Vec<u8>) -> Value {
        let announced = self.announce(path, name, content_type, bytes.len()).await;
        assert_eq!(self.put(&announced, bytes).await.status, 200);
        self.stack.settled().await;
        self.get(&format!("{path}/{}", announced["id"].as_str().expect("an id"))).await.json()
    }

    /// The same account with other tokens.
    pub fn with_tokens(&self, access: &str, refresh: &str) -> Self {
        Self { access: access.to_owned(), refresh: refresh.to_owned(), ..self.clone() }
    }
}
