//! Records as the table stores them: one account, signed in, with a file and an image.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::tokens::refresh_claims;

/// The time of the events in `events/`: 2026-03-12T19:03:58Z.
pub const NOW: Timestamp = Timestamp::constant(1_773_342_238, 0);
/// The account of [`access_token`](crate::access_token).
pub const USER: &str = "019ce36f-2530-7000-8000-000000000001";
pub const SESSION: &str = "019ce36f-2530-7000-8000-000000000002";
/// The file in the events.
pub const FILE: &str = "019ce36f-2530-7000-8000-000000000003";
/// The image in the events.
pub const IMAGE: &str = "019ce36f-2530-7000-8000-000000000004";
/// The version of both.
pub const VERSION: &str = "019ce36f-2530-7000-8000-000000000005";

/// The resource in the events.
pub const RESOURCE: &str = "019ce36f-2530-7000-8000-000000000006";

/// The share link in the events.
pub const SHARE: &str = "019ce36f-2530-7000-8000-000000000009";

/// The account `ada`.
#[must_use]
pub fn user() -> Value {
    json!({
        "pk": format!("USER#{USER}"), "sk": "USER",
        "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "basic",
        "is_staff": false, "is_active": true, "auth_epoch": 3, "used_bytes": 90,
        "resource_count": 7, "created_at": "2026-03-12T19:03:58Z",
    })
}

/// A session of `ada` that outlives every test.
#[must_use]
pub fn session() -> Value {
    json!({
        "pk": format!("USER#{USER}"), "sk": format!("SESSION#{SESSION}"),
        "id": SESSION, "user_id": USER, "auth_epoch": 3, "created_at": "2026-03-12T19:03:58Z",
        "last_used_at": "2026-03-12T19:03:58Z", "expires_at": "3000-01-01T00:00:00Z", "user_agent": null,
        "refresh": {"current": refresh_claims(), "successor": null, "replaced": []},
    })
}

/// A file of `ada`: 21 bytes of text.
#[must_use]
pub fn file(status: &str) -> Value {
    upload("file", FILE, "notes.txt", "text/plain", 21, status)
}

/// An image of `ada`: 69 bytes, one pixel, and a thumbnail once it is ready.
#[must_use]
pub fn image(status: &str) -> Value {
    let mut image = upload("image", IMAGE, "dot.png", "image/png", 69, status);
    if status == "ready" {
        let thumbnail = json!({"size": 200, "extension": "jpg"});
        image["picture"] = json!({"width": 1, "height": 1, "renditions": [thumbnail]});
    }
    image
}

/// A pending multipart upload of `ada` with two parts, of 105 MiB and of 21 bytes; `upload_id` is S3's id of
/// it, once a part has been requested.
#[must_use]
pub fn large_file(upload_id: Option<&str>) -> Value {
    let mut file = upload("file", FILE, "backup.pdf", "application/pdf", 110_100_501, "pending");
    file["multipart"] = json!({"part_size": 110_100_480, "upload_id": upload_id});
    file["pending_until"] = "2026-03-13T19:03:58Z".into();
    file["upload_until"] = "2026-03-13T20:03:58Z".into();
    file
}

/// The record of an upload with these attributes changed.
///
/// # Panics
/// If either value is not an object.
#[must_use]
pub fn with(mut upload: Value, change: &Value) -> Value {
    let change = change.as_object().expect("attributes").clone();
    upload.as_object_mut().expect("a record").extend(change);
    upload
}

/// A link to the file or the image of `ada` (`kind`), in the first generation, valid for a week.
#[must_use]
pub fn share(kind: &str) -> Value {
    json!({
        "id": SHARE, "owner": USER, "kind": kind, "file_id": if kind == "image" { IMAGE } else { FILE },
        "created_at": "2026-03-12T19:03:58Z", "expires_at": "2026-03-19T19:03:58Z", "password_hash": null,
        "max_downloads": null, "downloads": 0, "generation": 1,
    })
}

/// The token of [`share`] in the first or second generation of [`link_secret`](crate::link_secret).
///
/// Made with `printf 'share link %s' 019ce36f-2530-7000-8000-000000000009 | openssl dgst -sha256 -hmac first
/// -binary | basenc --base64url`, and the same with `second`.
///
/// # Panics
/// For another generation.
#[must_use]
pub fn share_token(generation: u32) -> &'static str {
    match generation {
        1 => "g6zX9Dh_HOcxr-nNgswWGgVROxn14rha2k4fzYbwLEs",
        2 => "wFpAR1oKJo4IqNOvISi8QBLTCNJTCTZ-lQeJSDN63xg",
        _ => panic!("the secret has two generations"),
    }
}

/// A resource of `ada`.
#[must_use]
pub fn resource() -> Value {
    json!({
        "pk": format!("RESOURCES#{USER}"), "sk": format!("RESOURCE#{RESOURCE}"),
        "id": RESOURCE, "field1": "First", "field2": "Second",
    })
}

fn upload(kind: &str, id: &str, name: &str, content_type: &str, size: u64, status: &str) -> Value {
    json!({
        "pk": format!("OWNER#{USER}"), "sk": format!("{}#{id}", kind.to_uppercase()),
        "id": id, "owner": USER, "kind": kind, "version": VERSION, "title": "A title", "filename": name,
        "content_type": content_type, "size": size, "sha256": null, "visibility": "private",
        "uploaded_by": "ada", "status": status, "reason": null, "created_at": "2026-03-12T19:03:58Z",
        "updated_at": "2026-03-12T19:03:58Z", "pending_until": "2026-03-12T20:03:58Z",
        "upload_until": "2026-03-12T20:18:58Z", "multipart": null, "replacement": null, "old_versions": [],
        "sequencer": null, "picture": null, "revision": 7,
    })
}
