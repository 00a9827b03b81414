//! Lists of files and images: pages, filters, cursors.

use serde_json::{Value, json};

use crate::helpers::{User, fixture, id, redacted, stack};

/// Uploads files of six bytes with these names, oldest first, and returns their ids.
async fn upload_files(owner: &User, names: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for name in names {
        let file = owner.upload_file(name, "text/plain", *b"hello\n").await;
        ids.push(id(&file).to_owned());
    }
    ids
}

fn ids(list: &Value) -> Vec<&str> {
    list["results"].as_array().expect("results").iter().map(id).collect()
}

#[tokio::test]
async fn without_uploads_the_lists_are_empty() {
    let ada = stack().signed_up_user("ada").await;
    for path in ["/api/files", "/api/images", "/api/files/", "/api/images/"] {
        let answer = ada.get(path).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn files_are_listed_newest_first_with_all_their_fields() {
    let ada = stack().signed_up_user("ada").await;
    let made = upload_files(&ada, &["a.txt", "b.txt"]).await;
    let list = ada.get("/api/files").await;
    assert_eq!(list.status, 200);
    let (list, raw) = (redacted(list.json()), list.json());
    assert_eq!(ids(&raw), [made[1].as_str(), made[0].as_str()]);
    let alone = ada.get(&format!("/api/files/{}", made[1])).await.redacted().1;
    assert_eq!(list, json!({"next": null, "results": [alone, list["results"][1]]}));
    assert_eq!(list["results"][1]["filename"], "a.txt");
    let url = raw["results"][0]["file"].as_str().unwrap();
    assert_eq!(ada.stack.fetch(url).await.bytes, b"hello\n");
}

#[tokio::test]
async fn each_page_has_the_absolute_url_of_the_next() {
    let ada = stack().signed_up_user("ada").await;
    let made = upload_files(&ada, &["a", "b", "c", "d", "e"]).await;
    let newest_first: Vec<&str> = made.iter().rev().map(String::as_str).collect();
    let first = ada.get("/api/files?limit=2").await.json();
    assert_eq!(ids(&first), newest_first[..2]);
    assert!(first["next"].as_str().unwrap().starts_with(&ada.stack.url("/api/files?")));
    let second = ada.follow(&first["next"]).await.json();
    assert_eq!(ids(&second), newest_first[2..4]);
    let third = ada.follow(&second["next"]).await.json();
    assert_eq!((ids(&third), &third["next"]), (newest_first[4..].to_vec(), &Value::Null));
}

#[tokio::test]
async fn a_full_last_page_has_no_next_url() {
    let ada = stack().signed_up_user("ada").await;
    upload_files(&ada, &["a", "b"]).await;
    for limit in [2, 100] {
        let list = ada.get(&format!("/api/files?limit={limit}")).await.json();
        assert_eq!((ids(&list).len(), &list["next"]), (2, &Value::Null), "{limit}");
    }
}

#[tokio::test]
async fn a_page_has_twenty_files_unless_a_limit_is_given() {
    let ada = stack().signed_up_user("ada").await;
    for _ in 0..21 {
        ada.announce("/api/files", "a.txt", "text/plain", 1).await;
    }
    let first = ada.get("/api/files").await.json();
    assert_eq!(ids(&first).len(), 20);
    assert_eq!(ids(&ada.follow(&first["next"]).await.json()).len(), 1);
    assert_eq!(ids(&ada.get("/api/files?limit=100").await.json()).len(), 21);
}

#[tokio::test]
async fn paging_stays_stable_while_files_are_added_and_deleted() {
    let ada = stack().signed_up_user("ada").await;
    let made = upload_files(&ada, &["a", "b", "c", "d"]).await;
    let first = ada.get("/api/files?limit=2").await.json();
    assert_eq!(ids(&first), [made[3].as_str(), made[2].as_str()]);
    // The last file of the first page is deleted, and a new file is added.
    assert_eq!(ada.delete(&format!("/api/files/{}", made[2])).await.status, 204);
    upload_files(&ada, &["e"]).await;
    let second = ada.follow(&first["next"]).await.json();
    assert_eq!(ids(&second), [made[1].as_str(), made[0].as_str()]);
}

#[tokio::test]
async fn files_are_filtered_by_type_and_status() {
    let ada = stack().signed_up_user("ada").await;
    let text = upload_files(&ada, &["a.txt", "b.txt"]).await;
    let picture = ada.upload_file("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let pending = ada.announce("/api/files", "later.txt", "text/plain", 6).await;
    for (query, expected) in [
        ("content_type=image/jpeg", vec![id(&picture)]),
        ("content_type=IMAGE%2FJPEG", vec![id(&picture)]),
        ("status=pending", vec![id(&pending)]),
        ("status=ready", vec![id(&picture), &text[1], &text[0]]),
        ("status=rejected", vec![]),
        ("content_type=text/plain&status=ready", vec![&text[1], &text[0]]),
        ("content_type=text/csv", vec![]),
    ] {
        let list = ada.get(&format!("/api/files?{query}")).await.json();
        assert_eq!((ids(&list), &list["next"]), (expected, &Value::Null), "{query}");
    }
}

#[tokio::test]
async fn the_next_page_of_a_filtered_list_is_filtered_too() {
    let ada = stack().signed_up_user("ada").await;
    let text = upload_files(&ada, &["a.txt", "b.txt"]).await;
    ada.announce("/api/files", "later.txt", "text/plain", 6).await;
    let mut url = json!(ada.stack.url("/api/files?content_type=text/plain&status=ready&limit=1"));
    let mut found = Vec::new();
    while !url.is_null() {
        let page = ada.follow(&url).await.json();
        found.extend(ids(&page).into_iter().map(ToOwned::to_owned));
        url = page["next"].clone();
    }
    assert_eq!(found, [text[1].clone(), text[0].clone()]);
}

#[tokio::test]
async fn invalid_limits_cursors_statuses_and_types_are_refused() {
    let ada = stack().signed_up_user("ada").await;
    for (query, expected) in [
        ("limit=0", json!({"limit": ["Ensure this value is greater than or equal to 1."]})),
        ("limit=-1", json!({"limit": ["Ensure this value is greater than or equal to 1."]})),
        ("limit=101", json!({"limit": ["Ensure this value is less than or equal to 100."]})),
        ("limit=ten", json!({"limit": ["A valid integer is required."]})),
        ("limit=", json!({"limit": ["A valid integer is required."]})),
        ("limit=1.5", json!({"limit": ["A valid integer is required."]})),
        ("cursor=x", json!({"cursor": ["Invalid cursor."]})),
        ("cursor=%00", json!({"cursor": ["Invalid cursor."]})),
        // The JSON `{}` in base64url.
        ("cursor=e30", json!({"cursor": ["Invalid cursor."]})),
        (
            "limit=0&cursor=x",
            json!({
                "limit": ["Ensure this value is greater than or equal to 1."],
                "cursor": ["Invalid cursor."],
            }),
        ),
    ] {
        for path in ["/api/files", "/api/images"] {
            let answer = ada.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.outcome(), (400, expected.clone()), "{path}?{query}");
        }
    }
    for (query, expected) in [
        ("status=deleting", json!({"status": ["\"deleting\" is not a valid choice."]})),
        ("content_type=picture", json!({"content_type": ["Enter a valid media type."]})),
    ] {
        assert_eq!(ada.get(&format!("/api/files?{query}")).await.outcome(), (400, expected), "{query}");
    }
}

#[tokio::test]
async fn the_cursor_of_another_user_reveals_nothing() {
    let stack = stack();
    let (ada, eve) = (stack.signed_up_user("ada").await, stack.signed_up_user("eve").await);
    upload_files(&ada, &["a", "b", "c"]).await;
    for path in ["/api/files", "/api/images"] {
        let next = ada.get("/api/files?limit=1").await.json()["next"].as_str().unwrap().to_owned();
        let next = json!(next.replace("/api/files", path));
        assert_eq!(eve.follow(&next).await.outcome(), (200, json!({"next": null, "results": []})));
    }
    let own = upload_files(&eve, &["eves"]).await;
    let next = ada.get("/api/files?limit=1").await.json()["next"].clone();
    let seen = eve.follow(&next).await.json();
    // The cursor is only a position in the caller's own list.
    assert!(ids(&seen).iter().all(|id| own.contains(&(*id).to_owned())), "{seen}");
}

#[tokio::test]
async fn images_are_listed_newest_first_in_pages() {
    let ada = stack().signed_up_user("ada").await;
    let mut made = Vec::new();
    for _ in 0..3 {
        let image = ada.upload_image("dot.png", "image/png", fixture("one_pixel.png")).await;
        made.push(id(&image).to_owned());
    }
    upload_files(&ada, &["a.txt"]).await;
    let first = ada.get("/api/images?limit=2").await.json();
    assert_eq!(ids(&first), [made[2].as_str(), made[1].as_str()]);
    assert!(first["next"].as_str().unwrap().starts_with(&ada.stack.url("/api/images?")));
    let second = ada.follow(&first["next"]).await.json();
    assert_eq!((ids(&second), &second["next"]), (vec![made[0].as_str()], &Value::Null));
    let alone = ada.get(&format!("/api/images/{}", made[0])).await.redacted().1;
    assert_eq!(redacted(second)["results"][0], alone);
}
