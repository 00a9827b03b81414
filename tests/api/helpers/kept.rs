//! The deleted bytes that S3 keeps, as accounts count them and as S3 has them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{TestStack, User};

impl User {
    /// The kept bytes that the account shows to its owner.
    pub async fn kept_bytes(&self) -> u64 {
        self.get("/api/users/me").await.json()["kept_bytes"].as_u64().expect("a number")
    }

    /// The records of kept bytes, in DynamoDB JSON.
    pub async fn kept_records(&self) -> Vec<Value> {
        let records = self.stack.partition(&format!("USER#{}", self.id)).await;
        let is_kept = |record: &&Value| record["sk"]["S"].as_str().expect("a key").starts_with("KEPT#");
        records.as_array().expect("records").iter().filter(is_kept).cloned().collect()
    }

    /// Moves the account's records of kept bytes back in time.
    pub async fn age_kept_bytes(&self, age: SignedDuration) {
        for record in self.kept_records().await {
            let due: Timestamp = record["due_at"]["S"].as_str().expect("a time").parse().expect("a time");
            let (pk, sk) = (record["pk"]["S"].as_str(), record["sk"]["S"].as_str());
            let (pk, sk) = (pk.expect("a key"), sk.expect("a key"));
            self.stack.set_attribute(pk, sk, "due_at", json!({"S": format!("{:.3}", due - age)})).await;
        }
    }

    /// Sets the kept bytes, with a record that explains them.
    pub async fn set_kept_bytes(&self, bytes: u64) {
        let (pk, number) = (format!("USER#{}", self.id), json!({"N": bytes.to_string()}));
        let record = json!({
            "pk": {"S": pk}, "sk": {"S": "KEPT#2026-01-01"}, "bytes": number, "due": {"S": "0"},
            "due_at": {"S": "2999-01-01T00:00:00.000Z"},
        });
        self.stack.put_records(&[record]).await;
        self.stack.set_attribute(&pk, "USER", "kept_bytes", number).await;
    }
}

impl TestStack {
    /// The bytes of the account's objects that are not current any more.
    pub fn old_bytes(&self, user: &User) -> u64 {
        let versions = self.s3().versions(self.bucket("OriginalsBucket"), &format!("{}/", user.id));
        versions.iter().filter(|version| !version.is_latest).filter_map(|version| version.size).sum()
    }

    /// Fails unless the account counts exactly the bytes that S3 keeps, and its records add up to them.
    pub async fn assert_kept_bytes_match(&self, user: &User, what: &str) {
        let kept = user.kept_bytes().await;
        assert_eq!(kept, self.old_bytes(user), "{what}: {:?}", user.kept_records().await);
        let records = user.kept_records().await;
        let bytes = records.iter().map(|record| record["bytes"]["N"].as_str().expect("a number"));
        let sum: u64 = bytes.map(|bytes| bytes.parse::<u64>().expect("a number")).sum();
        assert_eq!(sum, kept, "{what}: {records:?}");
    }
}
