//! Runs the sweep, and checks what it leaves.

use jiff::{SignedDuration, Timestamp};
use local::invoker::Outcome;
use serde_json::{Value, json};

use super::{TestStack, User};

impl User {
    /// Moves every timestamp in the account's files and images a month into the past, so that everything that can
    /// expire has expired.
    pub async fn age_records_by_a_month(&self) {
        self.stack.settled().await;
        let records = self.stack.partition(&format!("OWNER#{}", self.id)).await;
        let records: Vec<_> = records.as_array().expect("records").iter().map(aged_by_a_month).collect();
        self.stack.put_records(&records).await;
    }
}

/// A copy of a record or attribute in which every timestamp is a month earlier.
fn aged_by_a_month(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), aged_by_a_month(value))).collect()
        }
        Value::Array(values) => values.iter().map(aged_by_a_month).collect(),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(instant) => format!("{:.3}", instant - SignedDuration::from_hours(30 * 24)).into(),
            Err(_) => value.clone(),
        },
        _ => value.clone(),
    }
}

impl TestStack {
    /// Runs the sweep and returns its report.
    pub async fn sweep(&self) -> Value {
        match self.invoke("sweep-leftovers", json!({})).await.expect("there is a sweep").outcome {
            Outcome::Answered(report) => serde_json::from_slice(&report).expect("a report"),
            other => panic!("{other:?}"),
        }
    }

    /// Fails unless the account is erased. Lets the sweep remove the order of the erasure, and then fails if a record
    /// or a key in the buckets contains any of `texts`.
    pub async fn assert_no_trace_of(&self, user: &str, texts: &[&str]) {
        let order = format!("ERASE#{user}");
        let record = self.record(&order, "ERASE").await;
        assert_eq!(record["is_emptied"], json!({"BOOL": true}), "{user} is not erased: {record}");
        self.set_attribute(&order, "ERASE", "due_at", json!({"S": "2026-01-01T00:00:00.000Z"})).await;
        self.sweep().await;
        let records = self.all_records().await.into_iter().map(|record| record.to_string());
        let buckets = ["OriginalsBucket", "RenditionsBucket"].map(|bucket| self.bucket(bucket));
        let keys = buckets
            .into_iter()
            .flat_map(|bucket| [self.s3().keys(bucket), self.s3().uploads(bucket)].concat());
        for kept in records.chain(keys) {
            let named = texts.iter().find(|text| kept.to_lowercase().contains(&text.to_lowercase()));
            assert_eq!(named, None, "{kept}");
        }
    }

    /// Fails unless S3 has exactly the bytes of the account's ready files and images, the used quota is their sum, and
    /// the kept bytes are those of the deleted objects that S3 keeps. Does not check thumbnails.
    pub async fn assert_storage_matches_records(&self, user: &User, what: &str) {
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
        self.assert_kept_bytes_match(user, what).await;
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
