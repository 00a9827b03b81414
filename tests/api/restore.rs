//! A restore of the table to an earlier time: what happened after that time happens again, and everybody is signed out.
//!
//! The table of the local stack cannot be restored. The tests put back the records of the earlier time instead.

use jiff::Timestamp;
use local::calls::Fault;
use local::invoker::Outcome;
use local::stack::Presign;
use serde_json::{Value, json};

use crate::helpers::{ExclusiveStack, PASSWORD, TestStack, User, exclusive_stack, fixture, id};
use crate::password_reset::{reset, user_with_reset_link};
use crate::shares::{create_link, link_path};
use crate::staff::staff_user;

const TEXT: &[u8] = b"hello\n";

/// The table at one time, with the bytes of every original.
struct Past {
    at: Timestamp,
    records: Vec<Value>,
    originals: Vec<String>,
}

impl Past {
    async fn of(stack: &TestStack) -> Self {
        stack.settled().await;
        let originals = stack.s3().keys(stack.bucket("OriginalsBucket"));
        Self { at: local::clock::now(), records: stack.all_records().await, originals }
    }

    /// Puts back the records as they were, and the bytes that were deleted since. Orders to erase and later counts of
    /// kept bytes did not exist.
    async fn restore(&self, stack: &TestStack, users: &[&User]) {
        stack.settled().await;
        stack.put_records(&self.records).await;
        for user in users {
            let key = json!({"pk": {"S": format!("ERASE#{}", user.id)}, "sk": {"S": "ERASE"}});
            stack.dynamodb("DeleteItem", json!({"Key": key})).await;
        }
        let counted = |record: &&Value| record["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("KEPT#"));
        for later in stack.all_records().await.iter().filter(counted) {
            let is_known =
                self.records.iter().any(|known| known["pk"] == later["pk"] && known["sk"] == later["sk"]);
            if !is_known {
                let key = json!({"pk": later["pk"], "sk": later["sk"]});
                stack.dynamodb("DeleteItem", json!({"Key": key})).await;
            }
        }
        let kept = stack.s3().keys(stack.bucket("OriginalsBucket"));
        for key in self.originals.iter().filter(|key| !kept.contains(key)) {
            stack.put_back(key).await;
        }
        stack.settled().await;
    }

    /// Applies the journal once, and returns the report, if the function answered.
    async fn apply(&self, stack: &TestStack) -> Option<Value> {
        let order = json!({"since": self.at});
        match stack.invoke("apply-journal", order).await.expect("the function exists").outcome {
            Outcome::Answered(report) => Some(serde_json::from_slice(&report).expect("a report")),
            _ => None,
        }
    }
}

impl TestStack {
    /// Brings deleted bytes back, by removing their delete markers.
    async fn put_back(&self, key: &str) {
        let bucket = self.bucket("OriginalsBucket");
        for marker in self.s3().versions(bucket, key).iter().filter(|version| version.size.is_none()) {
            let remove = Presign {
                method: "DELETE",
                bucket,
                key,
                query: &[("versionId", &marker.id)],
                headers: &[],
                signed_at: local::clock::now(),
                expires_in: std::time::Duration::from_mins(1),
            };
            let url = self.sign_as("operator", &remove);
            let answer = self.http.delete(url).send().await.expect("an answer");
            assert_eq!(answer.status(), 204);
        }
    }

    /// The findings of an audit about accounts and files of any age.
    async fn audit_findings(&self) -> Vec<(String, u64)> {
        let order = json!({"older_than_seconds": 0});
        let outcome = self.invoke("audit-storage", order).await.expect("the function exists").outcome;
        let Outcome::Answered(report) = outcome else { panic!("{outcome:?}") };
        let report: Value = serde_json::from_slice(&report).expect("a report");
        let names = ["orphans", "orphaned_uploads_in_parts", "unexplained_accounts", "unexplained_bytes"];
        names.into_iter().map(|name| (name.to_owned(), report[name].as_u64().expect("a number"))).collect()
    }
}

/// Sets whether an account is open, as staff.
async fn set_open(staff: &User, user: &User, is_open: bool) {
    let answer = staff.patch(&format!("/api/users/{}", user.id), json!({"is_active": is_open})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn signs_in(user: &User) -> bool {
    let body = json!({"username": user.name, "password": PASSWORD});
    user.stack.post("/api/token", body).await.status == 200
}

async fn delete_account(user: &User) {
    assert_eq!(user.delete_with("/api/users/me", json!({"password": PASSWORD})).await.status, 204);
}

async fn resource(user: &User) -> Value {
    let answer = user.post("/api/resource", json!({"field1": "one", "field2": "two"})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn erasures_deletions_revocations_and_closures_outlive_a_restore() {
    let stack = exclusive_stack().await;
    let (bob, _, reset_link) = user_with_reset_link(&stack).await;
    let [ada, carol, dora] = [
        stack.signed_up_user("ada").await,
        stack.signed_up_user("carol").await,
        stack.signed_up_user("dora").await,
    ];
    let [grace, heidi] = [staff_user(&stack).await, staff_user(&stack).await];
    let adas = ada.upload_file("a.txt", "text/plain", TEXT).await;
    let deleted = bob.upload_file("b.txt", "text/plain", TEXT).await;
    let shared = json!({"visibility": "members"});
    assert_eq!(bob.patch(&format!("/api/files/{}", id(&deleted)), shared).await.status, 200);
    let kept = bob.upload_file("c.txt", "text/plain", TEXT).await;
    let image = bob.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let [revoked, open] =
        [create_link(&bob, &kept, json!({})).await, create_link(&bob, &kept, json!({})).await];
    let [old, new] = [resource(&bob).await, resource(&bob).await];
    let used = bob.used_bytes().await;
    // Its login record may have a key of older releases.
    let istanbul = stack.signed_up_user("İda").await;

    let past = Past::of(&stack).await;
    delete_account(&ada).await;
    for path in [
        format!("/api/files/{}", id(&deleted)),
        format!("/api/images/{}", id(&image)),
        format!("/api/files/{}/links/{}", id(&kept), id(&revoked)),
        format!("/api/resource/{}", id(&old)),
    ] {
        assert_eq!(bob.delete(&path).await.status, 204, "{path}");
    }
    set_open(&grace, &carol, false).await;
    for is_open in [false, true] {
        set_open(&grace, &dora, is_open).await;
    }
    let revoke = json!({"username": heidi.name, "staff": false});
    assert_eq!(stack.post("/_local/invoke/grant-staff", revoke).await.status, 200);
    let left = bob.used_bytes().await;

    past.restore(&stack, &[&ada]).await;
    assert!(signs_in(&ada).await && signs_in(&carol).await, "the restore undoes everything");
    assert_eq!(bob.get(&format!("/api/files/{}", id(&deleted))).await.status, 200);
    assert_eq!(stack.get(&link_path(&stack, &revoked)).await.status, 302);
    assert_eq!((bob.used_bytes().await, heidi.get("/api/users").await.status), (used, 200));

    let report = past.apply(&stack).await.expect("a report");
    let counts =
        ["erased", "deleted", "revoked", "resources"].map(|name| report[name].as_u64().unwrap_or_default());
    assert_eq!((counts, &report["done"]), ([1, 2, 1, 1], &json!(true)), "{report}");
    stack.settled().await;
    // Nobody is signed in any more, and no mailed link resets a password.
    for user in [&bob, &dora, &grace, &heidi, &istanbul] {
        user.assert_signed_out().await;
    }
    assert_eq!(reset(&stack, &reset_link, "another horse battery").await.status, 404);
    // Who was closed stays closed, also if staff opened the account again since.
    assert!(!signs_in(&carol).await && !signs_in(&dora).await && signs_in(&istanbul).await);
    stack.assert_no_trace_of(&ada.id, &[&ada.id, &ada.name, id(&adas)]).await;
    let bob = stack.sign_in(&bob.name, PASSWORD, bob.id.clone()).await;
    for gone in [
        format!("/api/files/{}", id(&deleted)),
        format!("/api/images/{}", id(&image)),
        format!("/api/files/{}/links/{}", id(&kept), id(&revoked)),
        format!("/api/resource/{}", id(&old)),
    ] {
        assert_eq!(bob.get(&gone).await.status, 404, "{gone}");
    }
    assert_eq!(stack.get(&link_path(&stack, &revoked)).await.status, 404);
    assert_eq!(stack.get(&link_path(&stack, &open)).await.status, 302);
    for left in [format!("/api/files/{}", id(&kept)), format!("/api/resource/{}", id(&new))] {
        assert_eq!(bob.get(&left).await.status, 200, "{left}");
    }
    for bytes in [&deleted, &image] {
        assert_eq!(stack.keys_of(id(bytes)), Vec::<String>::new());
    }
    assert_eq!(bob.used_bytes().await, left);
    let heidi = stack.sign_in(&heidi.name, PASSWORD, heidi.id.clone()).await;
    assert_eq!(heidi.get("/api/users").await.status, 404);
    for (what, count) in stack.audit_findings().await {
        assert_eq!(count, 0, "{what}");
    }

    // Once more, nothing is left to do.
    let again = past.apply(&stack).await.expect("a report");
    let counts = ["erased", "deleted", "revoked", "resources", "standing", "signed_out"];
    assert!(counts.iter().filter(|name| **name != "standing").all(|name| again[*name] == 0), "{again}");
    bob.assert_signed_in().await;
}

/// Restores the table after an account, a file, a link and a resource were deleted, and kills apply-journal after its
/// `nth` call. Fails unless a second run does the rest. Returns the number of calls of both runs.
async fn restore_with_fault(stack: &ExclusiveStack, nth: u32) -> u32 {
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let adas = ada.upload_file("a.txt", "text/plain", TEXT).await;
    let [file, kept] = [
        bob.upload_file("b.txt", "text/plain", TEXT).await,
        bob.upload_file("c.txt", "text/plain", TEXT).await,
    ];
    let (link, old) = (create_link(&bob, &kept, json!({})).await, resource(&bob).await);
    let past = Past::of(stack).await;
    delete_account(&ada).await;
    for path in [
        format!("/api/files/{}", id(&file)),
        format!("/api/files/{}/links/{}", id(&kept), id(&link)),
        format!("/api/resource/{}", id(&old)),
    ] {
        assert_eq!(bob.delete(&path).await.status, 204, "{path}");
    }
    past.restore(stack, &[&ada]).await;
    let calls = calls_of_apply_journal(stack);
    if nth > 0 {
        stack.calls().inject("apply-journal", nth, Fault::KillAfter, 1);
        assert_eq!(past.apply(stack).await, None, "killed after call {nth}");
    }
    assert_eq!(past.apply(stack).await.expect("a report")["done"], true);
    let calls = calls_of_apply_journal(stack) - calls;
    stack.settled().await;
    // The sweep removes what a killed run left of a deleted file.
    bob.assert_signed_out().await;
    let bob = stack.sign_in(&bob.name, PASSWORD, bob.id.clone()).await;
    bob.age_records_by_a_month().await;
    stack.sweep().await;
    stack.assert_no_trace_of(&ada.id, &[&ada.id, id(&adas)]).await;
    assert_eq!(stack.get(&link_path(stack, &link)).await.status, 404, "killed after call {nth}");
    assert_eq!(bob.get(&format!("/api/resource/{}", id(&old))).await.status, 404);
    assert_eq!(stack.keys_of(id(&file)), Vec::<String>::new(), "killed after call {nth}");
    assert_eq!(bob.used_bytes().await, TEXT.len() as u64);
    u32::try_from(calls).expect("a few calls")
}

fn calls_of_apply_journal(stack: &ExclusiveStack) -> usize {
    let of_table = ["Scan", "GetItem", "TransactWriteItems"];
    let operations = of_table.into_iter().chain(["ListObjectsV2", "GetObject", "DeleteObject"]);
    operations.map(|operation| stack.calls().count("apply-journal", operation)).sum()
}

#[tokio::test]
#[ignore = "half a minute; .ci/run runs it"]
async fn an_application_killed_after_any_of_its_calls_is_completed_by_the_next() {
    let stack = exclusive_stack().await;
    let calls = restore_with_fault(&stack, 0).await;
    assert!(calls >= 15, "{calls}");
    // Later calls only end the sessions of further accounts.
    for nth in 1..=calls.min(24) {
        restore_with_fault(&stack, nth).await;
    }
}

#[tokio::test]
async fn the_journal_holds_ids_only_and_no_expiry() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("secret-name.txt", "text/plain", TEXT).await;
    let link = create_link(&ada, &file, json!({})).await;
    stack.settled().await;
    let before = stack.s3().keys(stack.bucket("JournalBucket"));
    // DynamoDB removes what has expired, here the link.
    let hash = stack
        .record(&format!("SHARES#{}", ada.id), &format!("SHARE#{}#{}", id(&file), id(&link)))
        .await["hash"]["S"]
        .take();
    let hash = hash.as_str().expect("a hash");
    for (pk, sk) in [
        (format!("SHARE#{hash}"), "SHARE".to_owned()),
        (format!("SHARES#{}", ada.id), format!("SHARE#{}#{}", id(&file), id(&link))),
    ] {
        stack.set_attribute(&pk, &sk, "ttl", json!({"N": "1"})).await;
    }
    (**stack).dynamodb().sweep().await.expect("expired records can be removed");
    stack.settled().await;
    assert_eq!(stack.s3().keys(stack.bucket("JournalBucket")), before, "an expiry is not in the journal");

    let written = || {
        let keys = stack.s3().keys(stack.bucket("JournalBucket"));
        keys.into_iter().filter(|key| !before.contains(key)).collect::<Vec<_>>()
    };
    let puts = stack.calls().count("write-journal", "PutObject");
    stack.calls().inject("write-journal", 1, Fault::KillAfter, 1);
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    stack.settled().await;
    let puts = stack.calls().count("write-journal", "PutObject") - puts;
    assert_eq!((puts, written().len()), (2, 1), "the same batch is the same object");
    delete_account(&ada).await;
    stack.settled().await;
    let written = written();
    let mut texts = String::new();
    for key in &written {
        assert!(key.starts_with("journal/2"), "{key}");
        let (_, bytes) = stack.s3().object(stack.bucket("JournalBucket"), key).expect("an object");
        texts.push_str(&String::from_utf8_lossy(&bytes));
    }
    for expected in [r#""what":"deleted""#, r#""what":"erased""#, &ada.id, id(&file)] {
        assert!(texts.contains(expected), "{expected}: {texts}");
    }
    for secret in [ada.name.as_str(), "secret-name", "text/plain"] {
        assert!(!texts.contains(secret), "{secret}: {texts}");
    }
}
