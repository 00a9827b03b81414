use satchel_testing::{
    CannedAws, Event, FILE, Reply, USER, VERSION, cancelled, cancelled_on, done, empty_tiers, file, found,
    hides_failures, large_file, refuses_strangers, signed_in, user, with,
};
use serde_json::{Value, json};

use super::*;

/// PATCH of the title.
const EVENT: &str = include_str!("../../../events/update-file.json");
/// PUT of 21 bytes of text.
const FORM: &str = include_str!("../../../events/update-file_form.json");
/// A UUIDv7 of `NOW` whose random bytes are all 7: the id of the form's content.
const NEW: &str = "019ce36f-2530-7707-8707-070707070707";
/// The SHA-256 of the output of `printf 'The quick brown fox.\n'`.
const SHA256: &str = "3deaf29ffc9b61f9f29549c1166e955de82bcb383c72d3318f5f770c0e04d448";

fn replies() -> [Reply; 3] {
    [signed_in(), found(Some(file("ready"))), done("TransactWriteItems")]
}

/// A ready file of 100 bytes, revision 7.
fn before() -> Value {
    with(file("ready"), &json!({"size": 100, "sha256": "ab"}))
}

/// The replacement that the form announces.
fn coming() -> Value {
    json!({"version": NEW, "size": 21, "until": "2026-03-12T20:03:58Z"})
}

/// The record while the bytes of the form are uploaded.
fn awaiting() -> Value {
    with(before(), &json!({"replacement": coming(), "revision": 8}))
}

/// Replies for a form: the caller, the file, the tiers, the reservation, the bytes, the replacement.
fn replies_to_a_form(before: Value) -> [Reply; 6] {
    let reserve = done("TransactWriteItems").about("SESSION#");
    let replace = done("TransactWriteItems");
    [signed_in(), found(Some(before)), empty_tiers(), reserve, done("PutObject"), replace]
}

fn steps(aws: &CannedAws) -> Vec<String> {
    aws.steps(&["BatchGetItem", "GetItem", "Query"])
}

#[tokio::test]
async fn given_fields_are_changed_and_the_others_stay() {
    let aws = CannedAws::answering(replies()).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!((answer.status, &answer.body["title"]), (200, &json!("Other notes")));
    assert_eq!(answer.body["filename"], "notes.txt");
    let write = aws.call("TransactWriteItems");
    let expected = with(file("ready"), &json!({"title": "Other notes", "revision": 8}));
    assert_eq!((write.changed(2), write.quota()), (expected, 0));
}

#[tokio::test]
async fn concurrent_changes_are_not_undone() {
    let ready = with(file("ready"), &json!({"revision": 8, "sequencer": "9"}));
    let changed = cancelled_on(&[None, None, Some(ready.clone())]).once();
    let [caller, _, write] = replies();
    let aws = CannedAws::answering([caller, found(Some(file("pending"))), changed, write]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("ready")));
    let record = aws.calls_of("TransactWriteItems")[1].changed(2);
    assert_eq!(record, with(ready, &json!({"title": "Other notes", "revision": 9})));
}

#[tokio::test]
async fn a_file_that_was_deleted_meanwhile_is_not_found() {
    let [caller, found, _] = replies();
    let deleting = with(file("deleting"), &json!({"revision": 8}));
    for meanwhile in
        [cancelled(&["None", "None", "ConditionalCheckFailed"]), cancelled_on(&[None, None, Some(deleting)])]
    {
        let aws = CannedAws::answering([caller.clone(), found.clone(), meanwhile]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }
}

#[tokio::test]
async fn a_newly_shared_file_gets_its_copy_in_the_same_transaction() {
    let month = done("UpdateItem").about("MONTHS");
    let aws = CannedAws::answering([replies().to_vec(), vec![month]].concat()).await;
    let event = Event::of(EVENT).signed_in().body(&json!({"visibility": "members"}));
    assert_eq!(aws.ask(handle, event).await.status, 200);
    let write = aws.call("TransactWriteItems");
    let (record, copy) = (write.changed(2), write.put(3));
    let key = json!({"pk": format!("SHARED#{FILE}"), "sk": "FILE", "month": "2026-03"});
    assert_eq!(copy, with(record, &key));
}

#[tokio::test]
async fn a_file_that_is_no_longer_shared_loses_its_copy_in_the_same_transaction() {
    let [caller, _, write] = replies();
    let shared = with(file("ready"), &json!({"visibility": "members"}));
    let aws = CannedAws::answering([caller, found(Some(shared)), write]).await;
    let event = Event::of(EVENT).signed_in().body(&json!({"visibility": "private"}));
    assert_eq!(aws.ask(handle, event).await.status, 200);
    let write = aws.call("TransactWriteItems");
    assert_eq!(write.changed(2)["visibility"], "private");
    assert_eq!(write.json()["TransactItems"][3]["Delete"]["Key"]["pk"]["S"], format!("SHARED#{FILE}"));
}

#[tokio::test]
async fn a_form_reserves_quota_then_stores_its_bytes_and_then_replaces_the_content() {
    let aws = CannedAws::answering(replies_to_a_form(before())).await;
    let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
    let replaced = json!({
        "id": FILE, "title": "Notes", "filename": "notes.txt", "content_type": "text/plain", "size": 21,
        "sha256": SHA256, "visibility": "private", "uploaded_by": "ada", "owner": USER, "status": "ready",
        "created_at": "2026-03-12T19:03:58Z", "updated_at": "2026-03-12T19:03:58Z",
        "file": format!("signed:/originals/{USER}/{FILE}/{NEW}"),
    });
    assert_eq!(answer.outcome(), (200, replaced));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(steps(&aws), ["TransactWriteItems", "PutObject", "TransactWriteItems"]);
    let put = aws.call("PutObject");
    assert_eq!(put.path, format!("/originals/{USER}/{FILE}/{NEW}?x-id=PutObject"));
    assert_eq!(put.body, "The quick brown fox.\n");
    let writes = aws.calls_of("TransactWriteItems");
    let due = json!({"due": "3", "due_at": "2026-03-12T20:03:58.000Z"});
    assert_eq!((writes[0].changed(2), writes[0].quota()), (with(awaiting(), &due), 21));
    // The quota of the tier Basic: 1 GiB.
    let account = &writes[0].json()["TransactItems"][1]["Update"];
    assert_eq!(account["ExpressionAttributeValues"][":room"]["N"], (1_073_741_824 - 21).to_string());
    let record = writes[1].changed(0);
    assert_eq!(writes[1].quota(), -100);
    let said = ["version", "sha256", "revision", "replacement", "upload_until"].map(|name| &record[name]);
    assert_eq!(said, [&json!(NEW), &json!(SHA256), &json!(9), &Value::Null, &Value::Null]);
    // Its last URL, for the upload, is valid until this time.
    let old =
        json!({"version": VERSION, "until": "2026-03-12T20:18:58Z", "in_parts": false, "readable": true});
    assert_eq!(
        (&record["old_versions"], &record["due_at"]),
        (&json!([old]), &json!("2026-03-12T20:18:58.000Z"))
    );
}

#[tokio::test]
async fn the_copy_of_a_shared_file_gets_the_new_content_at_once() {
    let shared = with(before(), &json!({"visibility": "members"}));
    let month = done("UpdateItem").about("MONTHS");
    let replies = [replies_to_a_form(shared).to_vec(), vec![month]].concat();
    let aws = CannedAws::answering(replies).await;
    assert_eq!(aws.ask(handle, Event::of(FORM).signed_in()).await.status, 200);
    let writes = aws.calls_of("TransactWriteItems");
    assert_eq!((&writes[0].put(3)["version"], &writes[1].put(1)["version"]), (&json!(VERSION), &json!(NEW)));
}

#[tokio::test]
async fn the_oldest_of_three_old_contents_is_deleted_when_another_is_added() {
    let number = |number: u8| format!("019ce36f-2530-7000-8000-0000000000{number}0");
    let old = |of: u8| json!({"version": number(of), "until": "2026-03-12T19:18:58Z", "in_parts": false, "readable": true});
    let olds = json!({"old_versions": [old(3), old(2), old(1)]});
    let replies = [replies_to_a_form(with(before(), &olds)).to_vec(), vec![done("DeleteObject")]].concat();
    let aws = CannedAws::answering(replies).await;
    assert_eq!(aws.ask(handle, Event::of(FORM).signed_in()).await.status, 200);
    let path = format!("/originals/{USER}/{FILE}/{}?x-id=DeleteObject", number(1));
    assert_eq!(aws.call("DeleteObject").path, path);
    let record = aws.calls_of("TransactWriteItems")[1].changed(0);
    let left = record["old_versions"].as_array().unwrap().iter().map(|old| old["version"].clone());
    assert_eq!(left.collect::<Vec<_>>(), [json!(VERSION), json!(number(3)), json!(number(2))]);
    assert_eq!(
        steps(&aws).pop().unwrap(),
        "TransactWriteItems",
        "the record tells of them until they are gone"
    );
}

#[tokio::test]
async fn a_form_replaces_an_unfinished_multipart_upload() {
    let replies = replies_to_a_form(large_file(Some("upload-1")));
    let aws = CannedAws::answering([replies.to_vec(), vec![done("AbortMultipartUpload")]].concat()).await;
    let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("ready")));
    assert_eq!(steps(&aws).pop().unwrap(), "AbortMultipartUpload");
    assert!(aws.call("AbortMultipartUpload").path.ends_with("uploadId=upload-1"));
    let write = &aws.calls_of("TransactWriteItems")[1];
    let (record, quota) = (write.changed(0), write.quota());
    assert_eq!((&record["multipart"], quota), (&Value::Null, -110_100_501));
    let old =
        json!({"version": VERSION, "until": "2026-03-13T20:03:58Z", "in_parts": true, "readable": false});
    assert_eq!(record["old_versions"], json!([old]));
}

#[tokio::test]
async fn a_content_that_does_not_fit_in_the_quota_besides_the_old_one_is_refused() {
    let [caller, found, tiers, ..] = replies_to_a_form(before());
    let full = cancelled_on(&[None, Some(user()), None]);
    let aws = CannedAws::answering([caller, found, tiers, full]).await;
    let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
    let refusal = json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"});
    assert_eq!(answer.outcome(), (403, refusal));
    assert_eq!(steps(&aws), ["TransactWriteItems"], "nothing is stored");
}

#[tokio::test]
async fn of_two_concurrent_forms_the_one_announced_last_counts() {
    let theirs = json!({"version": VERSION.replace("05", "09"), "size": 30, "until": "2026-03-12T20:03:58Z"});
    let taken = with(before(), &json!({"replacement": theirs, "revision": 9}));
    let deleted = with(before(), &json!({"status": "deleting", "revision": 9}));
    let conflict = json!({"detail": "Another request has replaced the content of this file."});
    for (meanwhile, outcome) in [(taken, (409, conflict)), (deleted, (404, json!({"detail": "Not found."})))]
    {
        let [caller, first, tiers, reserve, put, _] = replies_to_a_form(before());
        let (first, then) = (first.once(), found(Some(meanwhile.clone())));
        let refused = cancelled_on(&[Some(meanwhile)]);
        let aws = CannedAws::answering([caller, first, then, tiers, reserve, put, refused]).await;
        let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
        assert_eq!(answer.outcome(), outcome);
    }
}

#[tokio::test]
async fn a_form_replaces_a_file_that_was_renamed_meanwhile() {
    let renamed = with(awaiting(), &json!({"title": "Another", "revision": 9}));
    let [caller, found, tiers, reserve, put, replace] = replies_to_a_form(before());
    let changed = cancelled_on(&[Some(renamed)]).once();
    let aws = CannedAws::answering([caller, found, tiers, reserve, put, changed, replace]).await;
    assert_eq!(aws.ask(handle, Event::of(FORM).signed_in()).await.status, 200);
    let writes = aws.calls_of("TransactWriteItems");
    assert_eq!((&writes[2].changed(0)["revision"], writes[2].quota()), (&json!(10), -100));
}

#[tokio::test]
async fn a_form_that_cannot_be_read_changes_nothing() {
    let boundary = "multipart/form-data; boundary=another";
    let event = Event::of(FORM).signed_in().header("content-type", Some(boundary));
    let words = "Multipart form parse error - incomplete multipart stream";
    let aws = CannedAws::answering(replies_to_a_form(before())).await;
    let answer = aws.ask(handle, event).await;
    assert_eq!(answer.outcome(), (400, json!({"detail": words})));
    assert!(steps(&aws).is_empty());
}

#[tokio::test]
async fn a_caller_who_was_signed_out_meanwhile_changes_nothing() {
    let [caller, found, _] = replies();
    let signed_out = cancelled(&["ConditionalCheckFailed", "None", "None"]);
    let tiers = empty_tiers();
    let aws = CannedAws::answering([caller, found, tiers, signed_out]).await;
    for event in [EVENT, FORM] {
        let answer = aws.ask(handle, Event::of(event).signed_in()).await;
        assert_eq!((answer.status, &answer.body["code"]), (401, &json!("token_not_valid")));
    }
    assert!(aws.calls_of("PutObject").is_empty());
}

#[tokio::test]
async fn an_unauthenticated_request_is_refused() {
    refuses_strangers(EVENT, handle).await;
    refuses_strangers(FORM, handle).await;
}

#[tokio::test]
async fn an_internal_failure_is_a_500_without_details() {
    hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    hides_failures(Event::of(FORM).signed_in(), &replies_to_a_form(before()), handle).await;
}
