//! A stack on which everything expires after a second, and the sweep that looks after it.

use std::ops::Deref;
use std::time::Duration;

use local::invoker::Outcome;
use local::stack::Presign;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::{Answer, TestStack, User, stack_with, upload_key};

/// Senders of mail, which make these stacks others than those of other tests, and of each other.
const SENDERS: [&str; 2] = ["swept1@example.com", "swept2@example.com"];

/// Seconds until a record and the URLs of it are over; a signed PUT of a pending record may live for twice that.
const SHORT: [(&str, &str); 6] = [
    ("PendingSeconds", "1"),
    ("MultipartSeconds", "2"),
    ("UploadUrlSeconds", "1"),
    ("PartUrlSeconds", "1"),
    ("DownloadUrlSeconds", "1"),
    ("ShareUrlSeconds", "1"),
];

static TURNS: [Mutex<()>; SENDERS.len()] = [Mutex::const_new(()), Mutex::const_new(())];

/// A stack, for one test at a time: what one waits for, the sweep of another would take away.
pub struct Swept {
    stack: TestStack,
    _turn: MutexGuard<'static, ()>,
}

pub async fn swept_stack() -> Swept {
    let [first, second] = &TURNS;
    let (turn, sender) = tokio::select! {
        turn = first.lock() => (turn, SENDERS[0]),
        turn = second.lock() => (turn, SENDERS[1]),
    };
    let parameters = [SHORT.as_slice(), &[("MailFrom", sender)]].concat();
    Swept { stack: stack_with(&parameters), _turn: turn }
}

impl Deref for Swept {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

impl Drop for Swept {
    fn drop(&mut self) {
        self.stack.s3().resume_events();
        for function in self.stack.deployment().functions.values() {
            self.stack.calls().clear(&function.name);
        }
    }
}

impl Swept {
    /// PUTs the bytes of an announced upload to a URL that is signed for it now: the one it came with may be over on a
    /// busy machine.
    pub async fn put(&self, announced: &Value, bytes: Vec<u8>) {
        let upload = &announced["upload"];
        let url = upload["url"].as_str().expect("a URL");
        let signer = if url.contains("create-image") { "create-image" } else { "create-file" };
        let length = bytes.len().to_string();
        let mut headers = vec![("content-length", length.as_str())];
        for (name, value) in upload["headers"].as_object().expect("headers") {
            headers.push((name, value.as_str().expect("a text")));
        }
        let url = self.sign_as(
            signer,
            &Presign {
                method: "PUT",
                bucket: self.bucket("OriginalsBucket"),
                key: &upload_key(announced),
                query: &[("x-id", "PutObject")],
                headers: &headers,
                signed_at: local::clock::now(),
                expires_in: Duration::from_mins(15),
            },
        );
        let request = self.http.put(url).body(bytes.clone());
        let request =
            headers[1..].iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Waits until everything there is so far has expired.
    pub async fn expired(&self) {
        self.settled().await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    /// Runs the sweep; answers with what it did.
    pub async fn sweep(&self) -> Value {
        match self.invoke("sweep-leftovers", json!({})).await.expect("there is a sweep").outcome {
            Outcome::Answered(report) => serde_json::from_slice(&report).expect("a report"),
            other => panic!("{other:?}"),
        }
    }

    /// Fails unless the store has the bytes of the account's files and images and no others, and the quota is what they
    /// hold. Thumbnails are not looked at.
    pub async fn assert_tidy(&self, user: &User, what: &str) {
        let mut held = 0;
        let mut keys = Vec::new();
        for path in ["/api/files?limit=100", "/api/images?limit=100"] {
            for record in user.get(path).await.json()["results"].as_array().expect("a list") {
                assert!(
                    ["ready", "rejected"].contains(&record["status"].as_str().expect("a status")),
                    "{what}: {record}"
                );
                if record["status"] == "ready" {
                    held += record["size"].as_u64().expect("a size");
                    keys.push(self.current_key(user, record, path.contains("images")).await);
                }
            }
        }
        assert_eq!(user.used_bytes().await, held, "{what}");
        let stored = self.s3().keys(self.bucket("OriginalsBucket"));
        let mut stored: Vec<_> = stored.into_iter().filter(|key| key.starts_with(&user.id)).collect();
        stored.sort();
        keys.sort();
        assert_eq!(stored, keys, "{what}");
        let uploads = self.s3().uploads(self.bucket("OriginalsBucket"));
        assert!(!uploads.iter().any(|key| key.starts_with(&user.id)), "{what}: {uploads:?}");
    }

    async fn current_key(&self, user: &User, record: &Value, is_image: bool) -> String {
        let id = record["id"].as_str().expect("an id");
        let sort = format!("{}#{id}", if is_image { "IMAGE" } else { "FILE" });
        let kept = self.record(&format!("OWNER#{}", user.id), &sort).await;
        format!("{}/{id}/{}", user.id, kept["version"]["S"].as_str().expect("a version"))
    }
}
