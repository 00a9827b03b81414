use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-03-12T20:00:00Z";
const BEFORE: &str = "2026-03-12T19:00:00Z";
const CURRENT: &str = "019ce36f-2530-7000-8000-000000000001";
const COMING: &str = "019ce36f-2530-7000-8000-000000000002";
const OLD: &str = "019ce36f-2530-7000-8000-000000000003";
const NEVER: &str = "019ce36f-2530-7000-8000-000000000004";
const STRANGER: &str = "019ce36f-2530-7000-8000-000000000009";

/// A file of 21 bytes, changed in these fields.
fn upload(change: &Value) -> Upload {
    let mut upload = json!({
        "id": "019ce36f-2530-7000-8000-00000000000a", "owner": "019ce36f-2530-7000-8000-00000000000b",
        "kind": "file", "version": CURRENT, "title": "A title", "filename": "notes.txt",
        "content_type": "text/plain", "size": 21, "sha256": "ab", "visibility": "members", "uploaded_by": "ada",
        "status": "pending", "reason": null, "created_at": BEFORE, "updated_at": BEFORE,
        "pending_until": "2026-03-12T20:30:00Z", "upload_until": "2026-03-12T20:45:00Z", "sequencer": null,
        "picture": null, "revision": 7,
    });
    upload.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(upload).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time(NOW)
}

fn version(text: &str) -> VersionId {
    text.parse().unwrap()
}

/// One of several old versions.
fn numbered(number: usize) -> String {
    format!("019ce36f-2530-7000-8000-0000000001{number:02}")
}

fn coming(size: u64, until: &str) -> Value {
    json!({"version": COMING, "size": size, "until": until})
}

/// A replaced version that is still read.
fn old(version: &str, until: &str) -> Value {
    json!({"version": version, "until": until, "in_parts": false, "readable": true})
}

/// A version that was never current.
fn never(version: &str, until: &str) -> Value {
    json!({"version": version, "until": until, "in_parts": false, "readable": false})
}

/// The fields of `after` that differ from `before`, as JSON.
fn difference(before: &Upload, after: &Upload) -> Value {
    let (before, after) = (json!(before), json!(after));
    let after = after.as_object().unwrap().iter();
    after
        .filter(|(name, value)| before[*name] != **value)
        .map(|(name, value)| (name, value.clone()))
        .collect()
}

#[test]
fn the_quota_includes_the_current_and_the_announced_version() {
    for (status, coming_size, bytes) in [
        ("pending", None, 21),
        ("ready", None, 21),
        ("rejected", None, 0),
        ("deleting", None, 0),
        ("pending", Some(40), 61),
        ("ready", Some(40), 61),
        ("rejected", Some(40), 40),
        ("deleting", Some(40), 0),
    ] {
        let coming = coming_size.map(|size| coming(size, NOW));
        let upload = upload(&json!({"status": status, "replacement": coming}));
        assert_eq!(upload.reserved(), bytes, "{status} {coming_size:?}");
    }
}

#[test]
fn only_bytes_of_current_announced_and_readable_versions_are_kept() {
    for (status, kept) in [
        ("pending", [true, true, true, false, false]),
        ("ready", [true, true, true, false, false]),
        ("rejected", [false, true, true, false, false]),
        ("deleting", [false, false, false, false, false]),
    ] {
        let upload = upload(&json!({
            "status": status, "replacement": coming(1, NOW), "old_versions": [old(OLD, NOW), never(NEVER, NOW)],
        }));
        let found = [CURRENT, COMING, OLD, NEVER, STRANGER].map(|text| upload.keeps(version(text)));
        assert_eq!(found, kept, "{status}");
        let versions = [CURRENT, COMING, OLD, NEVER].map(version);
        assert_eq!(upload.versions().collect::<Vec<_>>(), versions, "{status}");
    }
}

#[test]
fn a_record_is_due_when_its_first_part_expires() {
    let parts = json!({"part_size": 10, "upload_id": "u"});
    for (change, due) in [
        (json!({"status": "pending"}), Some("20:30")),
        (json!({"status": "pending", "replacement": coming(1, "2026-03-12T20:10:00Z")}), Some("20:10")),
        (json!({"status": "pending", "replacement": coming(1, "2026-03-12T20:50:00Z")}), Some("20:30")),
        (json!({"status": "ready"}), None),
        (json!({"status": "ready", "multipart": parts}), Some("20:45")),
        (json!({"status": "ready", "multipart": parts, "upload_until": null}), None),
        (json!({"status": "ready", "replacement": coming(1, "2026-03-12T20:10:00Z")}), Some("20:10")),
        (
            json!({"status": "ready", "old_versions": [
                old(OLD, "2026-03-12T20:20:00Z"), old(STRANGER, "2026-03-12T20:10:00Z"),
            ]}),
            Some("20:10"),
        ),
        (json!({"status": "rejected"}), Some("20:45")),
        (json!({"status": "rejected", "reason": "unreadable"}), None),
        (json!({"status": "rejected", "reason": "unreadable", "multipart": parts}), Some("20:45")),
        (json!({"status": "rejected", "replacement": coming(1, "2026-03-12T20:10:00Z")}), Some("20:10")),
    ] {
        let due = due.map(|due| time(&format!("2026-03-12T{due}:00Z")));
        assert_eq!(upload(&change).due_at(), due, "{change}");
    }
}

#[test]
fn a_tombstone_is_due_when_its_last_part_has_expired() {
    for (change, due) in [
        (json!({}), "20:45"),
        (json!({"old_versions": [old(OLD, "2026-03-12T20:10:00Z")]}), "20:45"),
        (json!({"old_versions": [old(OLD, "2026-03-12T20:50:00Z")]}), "20:50"),
        (json!({"replacement": coming(1, "2026-03-12T20:55:00Z")}), "20:55"),
        // Nothing expires, so it may be removed at once.
        (json!({"upload_until": null}), "19:00"),
    ] {
        let tombstone = Upload { status: Status::Deleting, ..upload(&change) };
        assert_eq!(tombstone.due_at(), Some(time(&format!("2026-03-12T{due}:00Z"))), "{change}");
    }
}

#[test]
fn a_multipart_upload_has_more_time_and_no_hash() {
    let parts = Multipart { part_size: 10, upload_id: None };
    let (pending, upload_until) = (time("2026-03-13T20:00:00Z"), time("2026-03-13T21:00:00Z"));
    let announced = upload(&json!({}));
    let expected = json!({
        "multipart": {"part_size": 10, "upload_id": null}, "sha256": null,
        "pending_until": "2026-03-13T20:00:00Z", "upload_until": "2026-03-13T21:00:00Z",
    });
    assert_eq!(difference(&announced, &announced.clone().in_parts(parts, pending, upload_until)), expected);
}

#[test]
fn every_change_raises_the_revision_and_affects_only_its_own_fields() {
    let pending = upload(&json!({}));
    let in_parts = upload(&json!({"multipart": {"part_size": 10, "upload_id": null}}));
    let replaced = upload(&json!({"status": "ready", "replacement": coming(40, BEFORE)}));
    let picture = Picture { width: 3, height: 2, renditions: Vec::new() };
    for (before, after, expected) in [
        (
            &in_parts,
            in_parts.with_upload_id("u", now()),
            json!({"multipart": {"part_size": 10, "upload_id": "u"}, "updated_at": NOW, "revision": 8}),
        ),
        (
            &pending,
            pending.ready(&MediaType::known("image/webp"), Some(&picture), Some("9"), Some("v1"), now()),
            json!({
                "status": "ready", "content_type": "image/webp", "picture": {"width": 3, "height": 2, "renditions": []}, "sequencer": "9",
                "object": "v1", "updated_at": NOW, "revision": 8,
            }),
        ),
        (
            &pending,
            pending.rejected(Reason::SizeMismatch, Some(Kept { bytes: 9, object: None }), now()),
            json!({
                "status": "rejected", "reason": "size_mismatch", "kept": {"bytes": 9}, "updated_at": NOW, "revision": 8,
            }),
        ),
        (
            // The record still lists what is to be deleted.
            &replaced,
            replaced.deleting(now()),
            json!({"status": "deleting", "kept": {"bytes": 21}, "updated_at": NOW, "revision": 8}),
        ),
        (
            // Its readers see no change.
            &pending,
            pending.awaiting(serde_json::from_value(coming(40, NOW)).unwrap(), now()),
            json!({"replacement": coming(40, NOW), "revision": 8}),
        ),
        (
            &replaced,
            replaced.given_up(now()),
            json!({"replacement": null, "old_versions": [never(COMING, NOW)], "revision": 8}),
        ),
    ] {
        assert_eq!(difference(before, &after), expected);
    }
}

#[test]
fn a_second_replacement_abandons_the_first() {
    let first = upload(&json!({
        "status": "ready", "replacement": coming(40, "2026-03-12T20:10:00Z"), "old_versions": [old(OLD, NOW)],
    }));
    let second = json!({"version": STRANGER, "size": 50, "until": "2026-03-12T21:00:00Z"});
    let after = first.awaiting(serde_json::from_value(second.clone()).unwrap(), now());
    let given_up = never(COMING, "2026-03-12T20:10:00Z");
    let expected = json!({"replacement": second, "old_versions": [given_up, old(OLD, NOW)], "revision": 8});
    assert_eq!(difference(&first, &after), expected);
    assert_eq!(after.reserved(), 21 + 50);
}

fn content(visibility: Option<Visibility>) -> NewContent {
    NewContent {
        version: version(COMING),
        size: 40,
        sha256: Some("cd".to_owned()),
        content_type: MediaType::parse("application/pdf").unwrap(),
        filename: FileName::parse("report.pdf").unwrap(),
        title: Title::parse("Report").unwrap(),
        visibility,
    }
}

#[test]
fn a_replaced_version_remains_as_long_as_its_urls_are_valid() {
    let (early, late) = ("2026-03-12T20:40:00Z", "2026-03-12T20:50:00Z");
    // Until the last URL that reads or writes has expired; URLs that write are valid until 20:45.
    for (old_until, until) in [(early, "2026-03-12T20:45:00Z"), (late, late)] {
        let before = upload(&json!({
            "status": "ready", "sequencer": "9", "multipart": {"part_size": 10, "upload_id": "u"},
            "replacement": coming(40, NOW), "old_versions": [old(OLD, NOW), old(STRANGER, NOW)],
        }));
        let after = before.replaced(content(None), time(old_until), &[version(STRANGER)], now());
        let before_it = json!({"version": CURRENT, "until": until, "in_parts": true, "readable": true});
        let expected = json!({
            "version": COMING, "size": 40, "sha256": "cd", "content_type": "application/pdf",
            "filename": "report.pdf", "title": "Report", "sequencer": null, "upload_until": null,
            "multipart": null, "replacement": null, "old_versions": [before_it, old(OLD, NOW)],
            "updated_at": NOW, "revision": 8,
        });
        assert_eq!(difference(&before, &after), expected);
    }
}

#[test]
fn a_replacement_makes_any_file_ready_and_may_set_its_visibility() {
    for status in ["pending", "ready", "rejected"] {
        let reason = (status == "rejected").then_some("expired");
        let before = upload(&json!({"status": status, "reason": reason, "replacement": coming(40, NOW)}));
        let content = content(Some(Visibility::Private));
        let after = before.replaced(content, now(), &[], now());
        assert_eq!((after.status, &after.reason), (Status::Ready, &None), "{status}");
        assert_eq!((after.visibility, after.reserved()), (Visibility::Private, 40), "{status}");
        assert_eq!(after.old_versions[0].readable, status == "ready", "{status}");
    }
}

#[test]
fn a_file_that_is_replaced_repeatedly_keeps_three_old_versions() {
    for (count, surplus) in [(0, 0..0), (2, 0..0), (3, 2..3), (5, 2..5)] {
        let olds: Vec<_> = (0..count).map(|number| old(&numbered(number), NOW)).collect();
        let before =
            upload(&json!({"status": "ready", "replacement": coming(40, NOW), "old_versions": olds}));
        let expected: Vec<_> = surplus.map(|number| version(&numbered(number))).collect();
        assert_eq!(before.surplus(), expected, "{count}");
        let after = before.replaced(content(None), now(), &before.surplus(), now());
        assert_eq!(after.old_versions.len(), 3.min(count + 1), "{count}");
        assert!(!after.versions().any(|kept| expected.contains(&kept)), "{count}");
    }
}

#[test]
fn only_expired_versions_and_deadlines_are_removed() {
    let (over, later) = (NOW, "2026-03-12T20:00:01Z");
    let olds = json!([old(OLD, later), old(STRANGER, over)]);
    for (status, upload_until, left) in [
        ("ready", over, Value::Null),
        ("ready", later, later.into()),
        ("rejected", over, Value::Null),
        // A new URL may be signed.
        ("pending", over, over.into()),
    ] {
        let before = upload(&json!({"status": status, "upload_until": upload_until, "old_versions": olds}));
        let after = json!(before.tidied(now()));
        assert_eq!(after["upload_until"], left, "{status} {upload_until}");
        assert_eq!(after["old_versions"], json!([old(OLD, later)]), "{status} {upload_until}");
        assert_eq!((&after["updated_at"], &after["revision"]), (&json!(BEFORE), &json!(8)));
    }
}

#[test]
fn the_record_of_a_rejected_upload_is_removed_after_thirty_days() {
    let rejected = json!({"status": "rejected", "upload_until": null, "updated_at": "2026-03-12T21:00:00Z"});
    let day = time("2026-04-11T21:00:00Z");
    assert_eq!((upload(&rejected).due_at(), upload(&rejected).removed_at()), (Some(day), Some(day)));
    for kept in [
        json!({"status": "ready"}),
        json!({"status": "rejected", "reason": "unreadable"}),
        // Its owner uploads another version, which has reserved quota, or its bytes have not been deleted
        // yet.
        json!({"status": "rejected", "replacement": coming(1, NOW)}),
        json!({"status": "rejected", "old_versions": [old(OLD, NOW)]}),
    ] {
        assert_eq!(upload(&kept).removed_at(), None, "{kept}");
    }
}

#[test]
fn bytes_that_cannot_be_read_are_kept_with_their_quota() {
    let unreadable = upload(&json!({"status": "rejected", "reason": "unreadable"}));
    assert_eq!(unreadable.reserved(), unreadable.size);
    assert!(unreadable.keeps(unreadable.version));
    let expired = upload(&json!({"status": "rejected", "reason": "expired"}));
    assert_eq!(expired.reserved(), 0);
    assert!(!expired.keeps(expired.version));
    assert_eq!(unreadable.deleting(time(NOW)).reserved(), 0);
}

#[test]
fn a_content_is_kept_once_when_its_record_lets_go_of_it() {
    let kept = Some(Kept { bytes: 9, object: Some("v2".to_owned()) });
    let ready = upload(&json!({"status": "ready", "object": "v1"}));
    let unreadable = upload(&json!({"status": "rejected", "reason": "unreadable"}));
    let pending = upload(&json!({}));
    let rejected = pending.rejected(Reason::SizeMismatch, kept, now());
    let expired = pending.rejected(Reason::Expired, None, now());
    for (before, after, bytes) in [
        (&ready, ready.deleting(now()), Some(21)),
        (&unreadable, unreadable.deleting(now()), Some(21)),
        (&pending, rejected.clone(), Some(9)),
        (&rejected, rejected.deleting(now()), None),
        (&pending, expired.clone(), None),
        (&expired, expired.deleting(now()), None),
        // Nobody knows whether the bytes have arrived.
        (&pending, pending.deleting(now()), None),
        (&ready, ready.tidied(now()), None),
    ] {
        assert_eq!(after.newly_kept(before), bytes.map(|bytes| (bytes, now())), "{:?}", after.status);
    }
    let empty = upload(&json!({"status": "ready", "size": 0}));
    assert_eq!(empty.deleting(now()).newly_kept(&empty), None);
}

#[test]
fn a_replaced_content_is_kept_from_the_day_on_which_it_is_deleted() {
    let until = time("2026-03-13T00:10:00Z");
    let content = || NewContent {
        version: version(COMING),
        size: 40,
        sha256: None,
        content_type: MediaType::known("text/plain"),
        filename: upload(&json!({})).filename,
        title: upload(&json!({})).title,
        visibility: None,
    };
    let ready = upload(&json!({"status": "ready", "upload_until": null, "object": "v1"}));
    let replaced = ready.replaced(content(), until, &[], now());
    assert_eq!(replaced.newly_kept(&ready), Some((21, until)));
    assert!(replaced.has_counted_object(version(CURRENT), Some("v1")), "when the sweep deletes it");
    assert!(!replaced.has_counted_object(version(CURRENT), Some("v2")), "another object with its key");
    assert!(!replaced.has_counted(version(COMING)));
    let pending = upload(&json!({}));
    let replaced = pending.replaced(content(), until, &[], now());
    assert_eq!(replaced.newly_kept(&pending), None);
    assert!(!replaced.has_counted(version(CURRENT)));
}

#[test]
fn objects_that_arrive_after_a_deletion_are_not_counted_yet() {
    let ready = upload(&json!({"status": "ready", "object": "v1"}));
    let deleted = ready.deleting(now());
    for (object, is_counted) in [(Some("v1"), true), (Some("v2"), false), (None, true)] {
        assert_eq!(deleted.has_counted_object(deleted.version, object), is_counted, "{object:?}");
    }
    let unnamed = upload(&json!({"status": "ready"})).deleting(now());
    assert!(unnamed.has_counted_object(unnamed.version, Some("v1")));
    assert!(!upload(&json!({})).deleting(now()).has_counted_object(version(CURRENT), Some("v1")));
    assert!(!deleted.has_counted_object(version(STRANGER), Some("v1")));
}
