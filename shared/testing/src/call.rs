//! Calls to AWS, as the tests check them.

use bytes::Bytes;
use serde_json::Value;

use crate::attributes::plain;
use crate::records::USER;

/// A call that a function made.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service's name for the operation: `TransactWriteItems`, `PutObject`.
    pub operation: String,
    /// The path and the query; for an object, `/<bucket>/<key>?x-id=PutObject`.
    pub path: String,
    pub body: Bytes,
}

impl Call {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The record that a transaction puts at `place`.
    #[must_use]
    pub fn put(&self, place: usize) -> Value {
        plain(&self.json()["TransactItems"][place]["Put"]["Item"])
    }

    /// Like [`put`](Self::put); also checks that the record is the next revision of an upload, written on the
    /// condition that the revision that was read is still the last.
    ///
    /// # Panics
    /// If the check fails.
    #[must_use]
    pub fn changed(&self, place: usize) -> Value {
        let put = self.json()["TransactItems"][place]["Put"].take();
        assert_eq!(put["ConditionExpression"], "#revision = :revision");
        let read = plain(&put["ExpressionAttributeValues"])[":revision"].as_u64().expect("a revision");
        let changed = plain(&put["Item"]);
        assert_eq!(changed["revision"], read + 1);
        changed
    }

    /// The bytes by which a transaction changes the account's used quota; 0 if it has no such write.
    ///
    /// # Panics
    /// If the transaction has several such writes.
    #[must_use]
    pub fn quota(&self) -> i64 {
        let writes = self.json()["TransactItems"].take();
        let is_meant = |update: &&Value| update["UpdateExpression"] == "ADD #used_bytes :more";
        let updates = writes.as_array().expect("writes").iter().map(|write| &write["Update"]);
        let updates: Vec<_> = updates.filter(is_meant).collect();
        assert!(updates.len() <= 1, "{updates:?}");
        let Some(update) = updates.first() else { return 0 };
        assert_eq!(update["Key"]["pk"]["S"], format!("USER#{USER}"));
        plain(&update["ExpressionAttributeValues"])[":more"].as_i64().expect("a whole number")
    }
}
