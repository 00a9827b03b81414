//! Staff can list and delete files and images of accounts.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, MEBIBYTE, TestStack, User, exclusive_stack, fixture, id, not_found, not_signed_in, part, stack,
};
use crate::shares::{create_link, link_path, sharer};
use crate::staff::staff_user;

const PATIENCE: Duration = Duration::from_secs(20);
const TEXT: &[u8] = b"The quick brown fox.\n";

fn collection_of(user: &User, what: &str) -> String {
    format!("/api/users/{}/{what}", user.id)
}

/// An item of the owner's list as staff sees it, without the URLs, which differ in each response.
fn with_links(item: &Value, links: u64) -> Value {
    let mut item = without_urls(item);
    item["links"] = json!(links);
    item
}

fn without_urls(item: &Value) -> Value {
    let mut item = item.clone();
    for signed in ["file", "thumbnails", "original"] {
        if let Some(url) = item.get_mut(signed) {
            url.take();
        }
    }
    item
}

async fn results(user: &User, path: &str) -> Vec<Value> {
    let answer = user.get(path).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    answer.json()["results"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn staff_can_list_the_files_of_an_account_with_the_number_of_links() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let (ada, shared) = sharer(&stack).await;
    let plain = ada.upload_file("dog.txt", "text/plain", TEXT).await;
    let pending = ada.announce("/api/files", "later.txt", "text/plain", 6).await;
    for _ in 0..3 {
        create_link(&ada, &shared, json!({"expires_in": 300})).await;
    }
    let revoked = create_link(&ada, &plain, json!({"expires_in": 300})).await;
    let revoke = format!("/api/files/{}/links/{}", id(&plain), id(&revoked));
    assert_eq!(ada.delete(&revoke).await.status, 204);

    let own = results(&ada, "/api/files").await;
    let found = results(&grace, &collection_of(&ada, "files")).await;
    let expected: Vec<_> =
        own.iter().map(|file| with_links(file, if id(file) == id(&shared) { 3 } else { 0 })).collect();
    assert_eq!(found.iter().map(without_urls).collect::<Vec<_>>(), expected);
    // The URL opens the file.
    let listed = found.iter().find(|file| id(file) == id(&shared)).expect("the file is listed");
    assert_eq!(stack.fetch(listed["file"].as_str().expect("a URL")).await.bytes, TEXT);

    let filtered = results(&grace, &format!("{}?status=pending", collection_of(&ada, "files"))).await;
    assert_eq!(filtered.iter().map(id).collect::<Vec<_>>(), [id(&pending)]);
    let (mut paged, mut next) =
        (Vec::new(), json!(stack.url(&format!("{}?limit=1", collection_of(&ada, "files")))));
    while !next.is_null() {
        let page = grace.follow(&next).await.json();
        paged.extend(page["results"].as_array().expect("a list").iter().map(without_urls));
        next = page["next"].clone();
    }
    assert_eq!(paged, expected);
    grace
        .get(&format!("{}?limit=0", collection_of(&ada, "files")))
        .await
        .assert(400, &json!({"limit": ["Ensure this value is greater than or equal to 1."]}));
}

#[tokio::test]
async fn staff_can_list_the_images_of_an_account_as_its_tier_allows() {
    let stack = stack();
    let (grace, ada) = (staff_user(&stack).await, stack.premium_user("ada").await);
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let [found] = results(&grace, &collection_of(&ada, "images")).await.try_into().expect("one image");
    assert_eq!(without_urls(&found), with_links(&image, 0));
    let sizes: Vec<_> = found["thumbnails"].as_object().expect("thumbnails").keys().collect();
    assert_eq!(sizes, ["200", "400"], "Premium has both sizes");
    for url in [&found["thumbnails"]["200"], &found["original"]] {
        assert_eq!(stack.fetch(url.as_str().expect("a URL")).await.status, 200);
    }
    ada.move_to_tier("enterprise").await;
    let links = format!("/api/images/{}/links", id(&image));
    assert_eq!(ada.post(&links, json!({"expires_in": 300})).await.status, 201);
    assert_eq!(results(&grace, &collection_of(&ada, "images")).await[0]["links"], 1);
}

#[tokio::test]
async fn staff_can_delete_files_and_images_of_a_closed_account() {
    let stack = stack();
    let (grace, bob) = (staff_user(&stack).await, stack.signed_up_user("bob").await);
    let (ada, _) = sharer(&stack).await;
    let form = Form::new().part("file", part("fox.txt", "text/plain", TEXT)).text("visibility", "members");
    let file = ada.post_multipart("/api/files", form).await.json();
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let shared = link_path(&stack, &create_link(&ada, &file, json!({"expires_in": 300})).await);
    let used = ada.used_bytes().await;
    let closed = grace.patch(&format!("/api/users/{}", ada.id), json!({"is_active": false})).await;
    assert_eq!(closed.status, 200);

    for (what, item) in [("files", &file), ("images", &image)] {
        let path = format!("{}/{}", collection_of(&ada, what), id(item));
        let deleted = grace.delete(&path).await;
        assert_eq!((deleted.status, deleted.text().as_str()), (204, ""));
        assert_eq!(stack.keys_of(id(item)), Vec::<String>::new());
        grace.delete(&path).await.assert(404, &not_found());
        assert!(results(&grace, &collection_of(&ada, what)).await.iter().all(|left| id(left) != id(item)));
    }
    let opened = grace.patch(&format!("/api/users/{}", ada.id), json!({"is_active": true})).await;
    assert_eq!(opened.status, 200);
    bob.get(&format!("/api/files/{}", id(&file))).await.assert(404, &not_found());
    stack.get(&shared).await.assert(404, &not_found());
    let ada = stack.sign_in(&ada.name, &ada.password, ada.id.clone()).await;
    let freed = file["size"].as_u64().expect("a size") + image["size"].as_u64().expect("a size");
    assert_eq!(ada.used_bytes().await, used - freed);
}

#[tokio::test]
async fn deletion_by_staff_aborts_an_upload_in_parts() {
    let stack = stack();
    let (grace, ada) = (staff_user(&stack).await, stack.premium_user("ada").await);
    let large = ada.announce("/api/files", "film.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
    assert_eq!(ada.sign_parts(&large, &[1]).await.status, 200);
    assert!(stack.has_upload_of(id(&large)));
    assert_eq!(grace.delete(&format!("{}/{}", collection_of(&ada, "files"), id(&large))).await.status, 204);
    assert!(!stack.has_upload_of(id(&large)));
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
async fn deletion_by_staff_is_logged_with_the_id_of_the_staff_member() {
    let stack = exclusive_stack().await;
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
    for (what, item) in [("files", &file), ("images", &image)] {
        assert_eq!(grace.delete(&format!("{}/{}", collection_of(&ada, what), id(item))).await.status, 204);
        let names = |line: &&String| [&*grace.id, &*ada.id, id(item)].iter().all(|id| line.contains(id));
        let started = Instant::now();
        // Log lines arrive with a delay, through a pipe.
        while stack.logs().iter().filter(names).count() != 1 {
            assert!(
                started.elapsed() < PATIENCE,
                "no log line names the staff member who deleted from {what}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn staff_can_delete_their_own_files() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    let file = grace.upload_file("fox.txt", "text/plain", TEXT).await;
    assert_eq!(grace.delete(&format!("{}/{}", collection_of(&grace, "files"), id(&file))).await.status, 204);
    assert_eq!(grace.used_bytes().await, 0);
}

/// All routes for staff, with this file and this image of `user`.
fn routes(user: &User, file: &str, image: &str) -> [(Method, String); 4] {
    [
        (Method::GET, collection_of(user, "files")),
        (Method::GET, collection_of(user, "images")),
        (Method::DELETE, format!("{}/{file}", collection_of(user, "files"))),
        (Method::DELETE, format!("{}/{image}", collection_of(user, "images"))),
    ]
}

async fn assert_everywhere_not_found(caller: &User, routes: &[(Method, String)]) {
    for (method, path) in routes {
        let answer = Answer::of(caller.request(method.clone(), path)).await;
        assert_eq!((answer.status, answer.json()), (404, not_found()), "{method} {path}");
    }
}

/// An account with a file and an image.
async fn user_with_file_and_image(stack: &TestStack) -> (User, Value, Value) {
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
    (ada, file, image)
}

#[tokio::test]
async fn the_routes_do_not_exist_for_callers_who_are_not_staff() {
    let stack = stack();
    let (ada, file, image) = user_with_file_and_image(&stack).await;
    let bob = stack.signed_up_user("bob").await;
    let routes = routes(&ada, id(&file), id(&image));
    // This includes the owner of the files.
    for caller in [&bob, &ada] {
        assert_everywhere_not_found(caller, &routes).await;
    }
    for (method, path) in &routes {
        let answer = Answer::of(stack.http.request(method.clone(), stack.url(path))).await;
        answer.assert(401, &not_signed_in());
    }
    assert_eq!((results(&ada, "/api/files").await.len(), results(&ada, "/api/images").await.len()), (1, 1));
}

#[tokio::test]
async fn a_file_is_not_found_under_another_account_or_kind() {
    let stack = stack();
    let (grace, bob) = (staff_user(&stack).await, stack.signed_up_user("bob").await);
    let (ada, file, image) = user_with_file_and_image(&stack).await;
    let nobody = User { id: "019ce36f-2530-7000-8000-00000000dead".to_owned(), ..ada.clone() };
    let [_, _, deletes @ ..] = routes(&bob, id(&file), id(&image));
    assert_everywhere_not_found(&grace, &deletes).await;
    let [_, _, swapped @ ..] = routes(&ada, id(&image), id(&file));
    assert_everywhere_not_found(&grace, &swapped).await;
    let [_, _, malformed @ ..] = routes(&ada, "x", "x");
    assert_everywhere_not_found(&grace, &malformed).await;
    assert_everywhere_not_found(&grace, &routes(&nobody, id(&file), id(&image))).await;
    assert_eq!((results(&ada, "/api/files").await.len(), results(&ada, "/api/images").await.len()), (1, 1));
}
