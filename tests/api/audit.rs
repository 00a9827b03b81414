//! The audit reports objects without a record and quotas that do not match the records, and repairs them on demand.

use std::ops::Deref;
use std::time::Duration;

use local::calls::Fault;
use local::invoker::Outcome;
use local::stack::Presign;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::helpers::{Answer, MEBIBYTE, PASSWORD, TestStack, User, fixture, id, part, stack_with};
use crate::staff::staff_user;

static TURN: Mutex<()> = Mutex::const_new(());

/// Ids that do not exist.
const UNKNOWN_ACCOUNT: &str = "019ce36f-2530-7000-8000-00000000000a";
const UNKNOWN_FILE: &str = "019ce36f-2530-7000-8000-00000000000b";

/// A stack for one test at a time, because an audit finds what concurrent tests left.
struct AuditedStack {
    stack: TestStack,
    _turn: MutexGuard<'static, ()>,
}

async fn audited_stack() -> AuditedStack {
    let turn = TURN.lock().await;
    let stack = AuditedStack { stack: stack_with(&[("MailFrom", "audited@example.com")]), _turn: turn };
    stack.settled().await;
    // Removes what a failed test left.
    stack.audit(json!({"repair": true, "older_than_seconds": 0})).await;
    stack
}

impl Deref for AuditedStack {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

impl Drop for AuditedStack {
    fn drop(&mut self) {
        self.stack.calls().clear("audit-storage");
        self.stack.s3().resume_events();
    }
}

impl AuditedStack {
    async fn audit(&self, order: Value) -> Value {
        match self.invoke("audit-storage", order).await.expect("the function exists").outcome {
            Outcome::Answered(report) => serde_json::from_slice(&report).expect("a report"),
            other => panic!("{other:?}"),
        }
    }

    /// The findings of an audit of objects of any age, without repair.
    async fn findings(&self) -> Value {
        let report = self.audit(json!({"older_than_seconds": 0})).await;
        assert_eq!((&report["repaired"], &report["next"]), (&json!(false), &Value::Null), "{report}");
        let names = [
            "orphans",
            "orphan_bytes",
            "orphaned_uploads_in_parts",
            "unexplained_accounts",
            "unexplained_bytes",
        ];
        names.iter().map(|name| (*name, report[name].clone())).collect()
    }

    /// PUTs an object that was not announced. Events must be paused.
    async fn put_orphan(&self, bucket: &str, key: &str, bytes: &[u8]) {
        // A function that may write to the bucket.
        let writer = if bucket == "OriginalsBucket" { "create-file" } else { "process-upload" };
        let url = self.sign_as(writer, &presigned("PUT", self.bucket(bucket), key, &[]));
        let answer = Answer::of(self.http.put(url).body(bytes.to_vec())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Starts a multipart upload that was not announced.
    async fn begin_orphaned_upload(&self, key: &str) {
        let request = presigned("POST", self.bucket("OriginalsBucket"), key, &[("uploads", "")]);
        let answer = Answer::of(self.http.post(self.sign_as("sign-parts", &request))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    async fn delete_record(&self, pk: &str, sk: &str) {
        self.dynamodb("DeleteItem", json!({"Key": {"pk": {"S": pk}, "sk": {"S": sk}}})).await;
    }

    async fn set_used_bytes(&self, user: &User, bytes: i64) {
        let number = json!({"N": bytes.to_string()});
        self.set_attribute(&format!("USER#{}", user.id), "USER", "used_bytes", number).await;
    }

    /// The log lines of the audit that contain `text`.
    fn lines_about(&self, text: &str) -> Vec<String> {
        let lines = self.logs().into_iter().filter(|line| line.contains("\"audit."));
        lines.filter(|line| line.contains(text)).collect()
    }
}

fn presigned<'a>(
    method: &'a str,
    bucket: &'a str,
    key: &'a str,
    query: &'a [(&'a str, &'a str)],
) -> Presign<'a> {
    let (signed_at, expires_in) = (local::clock::now(), Duration::from_mins(1));
    Presign { method, bucket, key, query, headers: &[], signed_at, expires_in }
}

fn no_findings() -> Value {
    json!({
        "orphans": 0, "orphan_bytes": 0, "orphaned_uploads_in_parts": 0, "unexplained_accounts": 0,
        "unexplained_bytes": 0,
    })
}

/// Creates uploads of an account in every state: ready, replaced, pending, rejected and deleted. Returns the file,
/// the image and the upload in parts.
async fn upload_everything(user: &User) -> [Value; 3] {
    let file = user.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
    let path = format!("/api/files/{}", id(&file));
    assert_eq!(Answer::of(user.request(Method::PUT, &path).multipart(form)).await.status, 200);
    let image = user.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    user.announce("/api/files", "c.txt", "text/plain", 1000).await;
    let parts = user.announce("/api/files", "film.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
    assert_eq!(user.sign_parts(&parts, &[1]).await.status, 200);
    let refused = user.upload("/api/files", "a.pdf", "application/pdf", fixture("page.png")).await;
    assert_eq!(refused["status"], "rejected");
    for path in ["/api/files", "/api/images"] {
        let photo = fixture("photo.jpg");
        let deleted = user.post_file(path, "file", "d.jpg", "image/jpeg", photo).await.json();
        assert_eq!(user.delete(&format!("{path}/{}", id(&deleted))).await.status, 204);
    }
    user.stack.settled().await;
    [file, image, parts]
}

async fn premium(stack: &AuditedStack, name: &str) -> User {
    let user = stack.signed_up_user(name).await;
    user.move_to_tier("premium").await;
    user
}

#[tokio::test]
async fn the_audit_of_a_consistent_stack_finds_nothing() {
    let stack = audited_stack().await;
    let before = stack.audit(json!({})).await;
    let ada = premium(&stack, "ada").await;
    upload_everything(&ada).await;
    let erased = stack.signed_up_user("bob").await;
    erased.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(erased.delete_with("/api/users/me", json!({"password": PASSWORD})).await.status, 204);
    stack.settled().await;
    assert_eq!(stack.findings().await, no_findings());
    let after = stack.audit(json!({})).await;
    let more = |name: &str| after[name].as_u64().unwrap() - before[name].as_u64().unwrap();
    // Two contents of the file, the original of the image, and its two thumbnails.
    assert_eq!((more("objects"), more("uploads_in_parts"), more("accounts")), (5, 1, 1));
    // A repair does not change anything either.
    let used = ada.used_bytes().await;
    let repair = stack.audit(json!({"repair": true, "older_than_seconds": 0})).await;
    assert_eq!((&repair["repaired"], &repair["orphans"]), (&json!(true), &json!(0)));
    assert_eq!(ada.used_bytes().await, used);
}

#[tokio::test]
async fn orphans_and_wrong_quotas_are_reported_and_repaired_only_on_demand() {
    let stack = audited_stack().await;
    let ada = premium(&stack, "ada").await;
    let grace = premium(&stack, "grace").await;
    let [file, image, parts] = upload_everything(&ada).await;
    let [lost_file, lost_image, lost_parts] = upload_everything(&grace).await;
    let (used, graces) = (ada.used_bytes().await, grace.used_bytes().await);
    assert_eq!(stack.findings().await, no_findings());

    // Three of Grace's records are deleted. Their five objects, the upload in parts and the quota are left.
    let owner = format!("OWNER#{}", grace.id);
    for (kind, record) in [("FILE", &lost_file), ("IMAGE", &lost_image), ("FILE", &lost_parts)] {
        stack.delete_record(&owner, &format!("{kind}#{}", id(record))).await;
    }
    // Objects that were not announced.
    stack.s3().pause_events();
    let orphan = format!("{}/{UNKNOWN_FILE}/{UNKNOWN_FILE}", ada.id);
    let old_content = format!("{}/{}/{UNKNOWN_FILE}", ada.id, id(&file));
    let strangers = format!("{UNKNOWN_ACCOUNT}/{UNKNOWN_FILE}/{UNKNOWN_FILE}");
    for key in [&orphan, &old_content, &strangers] {
        stack.put_orphan("OriginalsBucket", key, b"hello\n").await;
    }
    stack.put_orphan("OriginalsBucket", "holiday 100%+1.txt", b"hello\n").await;
    let thumbnail = format!("{UNKNOWN_FILE}/{UNKNOWN_FILE}/200.jpg");
    let other_version = format!("{}/{UNKNOWN_FILE}/200.jpg", id(&image));
    for key in [&thumbnail, &other_version] {
        stack.put_orphan("RenditionsBucket", key, b"hello\n").await;
    }
    stack.put_orphan("RenditionsBucket", "readme.txt", b"hello\n").await;
    stack.begin_orphaned_upload(&orphan).await;
    stack.set_used_bytes(&ada, i64::try_from(used).unwrap() + 77).await;

    let lost = graces - 1000;
    let in_store: u64 = [&lost_file, &lost_image]
        .iter()
        .flat_map(|record| stack.keys_of(id(record)))
        .map(|key| {
            let object = |bucket| stack.s3().object(stack.bucket(bucket), &key);
            let (_, bytes) = object("OriginalsBucket").or(object("RenditionsBucket")).expect("an object");
            bytes.len() as u64
        })
        .sum();
    let found = json!({
        "orphans": 5 + 7, "orphan_bytes": in_store + 7 * 6, "orphaned_uploads_in_parts": 2,
        "unexplained_accounts": 2, "unexplained_bytes": lost + 77,
    });
    assert_eq!(stack.findings().await, found);
    // Nothing was changed, so the audit finds everything again.
    assert_eq!(stack.findings().await, found);
    for text in [&orphan, &old_content, &strangers, &thumbnail, &other_version, &ada.id, &grace.id] {
        let lines = stack.lines_about(text);
        assert!(lines.iter().any(|line| line.contains("\"WARN\"")), "{text}: {lines:?}");
    }
    for hidden in ["holiday", "readme", &ada.name, &grace.name] {
        assert_eq!(stack.lines_about(hidden), Vec::<String>::new());
    }

    let repair = stack.audit(json!({"repair": true, "older_than_seconds": 0})).await;
    assert_eq!((&repair["repaired"], &repair["orphans"]), (&json!(true), &json!(12)), "{repair}");
    assert_eq!(stack.findings().await, no_findings());
    assert_eq!((ada.used_bytes().await, grace.used_bytes().await), (used, 1000));
    for lost in [&lost_file, &lost_image] {
        assert_eq!(stack.keys_of(id(lost)), Vec::<String>::new());
    }
    assert!(stack.has_upload_of(id(&parts)) && !stack.has_upload_of(id(&lost_parts)));
    let url = ada.url_of(&format!("/api/download/{}", id(&file))).await;
    assert_eq!(stack.fetch(&url).await.bytes, b"goodbye\n");
    let shown = ada.get(&format!("/api/images/{}", id(&image))).await.json();
    for url in [&shown["thumbnails"]["200"], &shown["thumbnails"]["400"], &shown["original"]] {
        assert_eq!(stack.fetch(url.as_str().expect("a URL")).await.status, 200);
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn recent_objects_are_left_alone() {
    let stack = audited_stack().await;
    stack.s3().pause_events();
    let orphan = format!("{UNKNOWN_ACCOUNT}/{UNKNOWN_FILE}/{UNKNOWN_FILE}");
    stack.put_orphan("OriginalsBucket", &orphan, b"hello\n").await;
    stack.put_orphan("RenditionsBucket", &format!("{UNKNOWN_FILE}/{UNKNOWN_FILE}/200.jpg"), b"hello\n").await;
    stack.begin_orphaned_upload(&orphan).await;
    for order in [json!({"repair": true}), json!({"repair": true, "older_than_seconds": 60})] {
        let report = stack.audit(order).await;
        let found = ["orphans", "orphaned_uploads_in_parts"].map(|name| &report[name]);
        assert_eq!(found, [&json!(0), &json!(0)], "{report}");
    }
    assert_eq!(stack.keys_of(UNKNOWN_FILE).len(), 2);
    let repair = stack.audit(json!({"repair": true, "older_than_seconds": 0})).await;
    assert_eq!((&repair["orphans"], &repair["orphaned_uploads_in_parts"]), (&json!(2), &json!(1)));
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_quota_that_is_too_low_is_reported_and_repaired() {
    let stack = audited_stack().await;
    let ada = stack.signed_up_user("ada").await;
    ada.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    stack.set_used_bytes(&ada, -4).await;
    let report = stack.audit(json!({"from": {"step": "accounts"}})).await;
    let found = ["objects", "unexplained_accounts", "unexplained_bytes"].map(|name| &report[name]);
    assert_eq!(found, [&json!(0), &json!(1), &json!(10)], "{report}");
    stack.audit(json!({"from": {"step": "accounts"}, "repair": true})).await;
    assert_eq!(ada.used_bytes().await, 6);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_resumed_audit_that_reaches_the_end_starts_over() {
    let stack = audited_stack().await;
    let ada = stack.signed_up_user("ada").await;
    ada.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    let place = json!({"S": json!({"step": "accounts", "after": null}).to_string()});
    let record = json!({"pk": {"S": "AUDIT"}, "sk": {"S": "PLACE"}, "place": place});
    stack.put_records(&[record]).await;
    // The event of the schedule.
    let order = || json!({"resume": true});
    let first = stack.audit(order()).await;
    assert_eq!((&first["objects"], &first["next"]), (&json!(0), &Value::Null), "{first}");
    assert!(first["accounts"].as_u64() >= Some(1));
    assert_eq!(stack.record("AUDIT", "PLACE").await["place"], json!({"NULL": true}));
    let second = stack.audit(order()).await;
    assert!(second["objects"].as_u64() >= Some(1), "{second}");
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_killed_repair_is_completed_by_the_next_run() {
    let stack = audited_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let orphan = format!("{UNKNOWN_ACCOUNT}/{UNKNOWN_FILE}/{UNKNOWN_FILE}");
    let order = json!({"repair": true, "older_than_seconds": 0});
    stack.s3().pause_events();
    for operation in ["DeleteObject", "AbortMultipartUpload", "UpdateItem"] {
        stack.put_orphan("OriginalsBucket", &orphan, b"hello\n").await;
        stack.begin_orphaned_upload(&orphan).await;
        stack.set_used_bytes(&ada, 9).await;
        stack.calls().interrupt("audit-storage", operation, Fault::KillAfter);
        let died = stack.invoke("audit-storage", order.clone()).await.expect("the function exists").outcome;
        assert!(!matches!(died, Outcome::Answered(_)), "{operation}: {died:?}");
        stack.calls().clear("audit-storage");
        let carried_on = stack.audit(order.clone()).await;
        assert_eq!(carried_on["repaired"], true, "{operation}");
        assert_eq!(stack.findings().await, no_findings(), "{operation}");
    }
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn the_first_hundred_findings_are_logged_and_all_are_counted() {
    let stack = audited_stack().await;
    stack.s3().pause_events();
    for number in 100..203 {
        let version = UNKNOWN_FILE.replace("00b", &number.to_string());
        stack
            .put_orphan("OriginalsBucket", &format!("{UNKNOWN_ACCOUNT}/{UNKNOWN_FILE}/{version}"), b"hello\n")
            .await;
    }
    let seen = stack.logs().len();
    assert_eq!(stack.findings().await["orphans"], 103);
    let (lines, _) = stack.logs_after(seen);
    assert_eq!(lines.iter().filter(|line| line.contains(UNKNOWN_ACCOUNT)).count(), 100);
    stack.audit(json!({"repair": true, "older_than_seconds": 0})).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_event_with_unknown_fields_or_values_is_refused() {
    let stack = audited_stack().await;
    for order in
        [json!({"repiar": true}), json!({"from": {"step": "elsewhere"}}), json!({"older_than_seconds": -1})]
    {
        let refused = stack.invoke("audit-storage", order).await.expect("the function exists").outcome;
        assert!(!matches!(refused, Outcome::Answered(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_copy_without_its_file_is_reported_and_removed_on_demand() {
    let stack = audited_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let form =
        Form::new().part("file", part("a.txt", "text/plain", *b"hello\n")).text("visibility", "members");
    let file = ada.post_multipart("/api/files", form).await.json();
    let copy = stack.record(&format!("SHARED#{}", id(&file)), "FILE").await;
    let audit = async |repair: bool| {
        let report = stack.audit(json!({"older_than_seconds": 0, "repair": repair})).await;
        ["unexplained_copies", "repaired"].map(|name| report[name].clone())
    };
    assert_eq!(audit(false).await, [json!(0), json!(false)]);
    // The copies of a closed account are kept, because staff can reopen it.
    let account = format!("USER#{}", ada.id);
    stack.set_attribute(&account, "USER", "is_active", json!({"BOOL": false})).await;
    assert_eq!(audit(false).await, [json!(0), json!(false)]);
    stack.set_attribute(&account, "USER", "is_active", json!({"BOOL": true})).await;
    // Older releases could leave such a copy.
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    stack.put_records(&[copy]).await;
    assert_eq!(audit(false).await, [json!(1), json!(false)]);
    assert_eq!(audit(true).await, [json!(1), json!(true)]);
    assert_eq!(audit(false).await, [json!(0), json!(false)]);
    assert_eq!(stack.record(&format!("SHARED#{}", id(&file)), "FILE").await, Value::Null);
}

#[tokio::test]
async fn accounts_of_older_releases_are_listed_after_the_next_audit() {
    let stack = audited_stack().await;
    let grace = staff_user(&stack).await;
    let ada = stack.signed_up_user("ada").await;
    // Such accounts have no place in the index.
    for (pk, sk) in [(format!("USER#{}", ada.id), "USER"), (format!("NAME#{}", ada.name), "LOGIN")] {
        let mut record = stack.record(&pk, sk).await;
        let attributes = record.as_object_mut().expect("a record");
        assert!(attributes.remove("roster").is_some() && attributes.remove("roster_place").is_some());
        stack.put_records(&[record]).await;
    }
    let by_name = format!("/api/users?username_prefix={}", ada.name);
    let listed = async |path: &str| {
        let list = grace.get(path).await.json();
        list["results"].as_array().expect("results").iter().any(|account| account["id"] == ada.id)
    };
    assert!(!listed("/api/users?limit=1").await && !listed(&by_name).await);
    let report = stack.audit(json!({"from": {"step": "accounts"}})).await;
    assert_eq!(report["listed_accounts"], 1, "{report}");
    assert!(listed("/api/users?limit=1").await && listed(&by_name).await);
    let report = stack.audit(json!({"from": {"step": "accounts"}})).await;
    assert_eq!(report["listed_accounts"], 0, "{report}");
    ada.assert_signed_in().await;
}
