//! Files and images are accessible only with a token, and only to their owners.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::json;

use crate::helpers::{Answer, User, fixture, id, part, stack};

/// The routes of single files and images.
const FILE_ROUTES: [(Method, &str); 3] = [
    (Method::GET, "/api/files/{id}"),
    (Method::GET, "/api/download/{id}"),
    (Method::DELETE, "/api/files/{id}"),
];
const IMAGE_ROUTES: [(Method, &str); 3] = [
    (Method::GET, "/api/images/{id}"),
    (Method::GET, "/api/images/{id}/thumbnail?size=200"),
    (Method::DELETE, "/api/images/{id}"),
];
const COLLECTIONS: [(Method, &str); 4] = [
    (Method::GET, "/api/files"),
    (Method::POST, "/api/files"),
    (Method::GET, "/api/images"),
    (Method::POST, "/api/images"),
];

async fn send_request(user: &User, route: &(Method, &str), id: &str) -> Answer {
    Answer::of(user.request(route.0.clone(), &route.1.replace("{id}", id))).await
}

async fn assert_not_found(user: &User, routes: &[(Method, &str)], id: &str) {
    for route in routes {
        let answer = send_request(user, route, id).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})), "{route:?} {id}");
    }
}

#[tokio::test]
async fn every_route_requires_a_token() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("notes.txt", "text/plain", *b"hello\n").await;
    let forged = ada.with_tokens("forged", "forged");
    for (method, path) in FILE_ROUTES.into_iter().chain(IMAGE_ROUTES).chain(COLLECTIONS) {
        let url = stack.url(&path.replace("{id}", id(&file)));
        let without_token = Answer::of(stack.http.request(method.clone(), url)).await;
        let expected = json!({"detail": "Authentication credentials were not provided."});
        assert_eq!(without_token.outcome(), (401, expected), "{method} {path}");
        let bad = send_request(&forged, &(method.clone(), path), id(&file)).await;
        let expected = json!({
            "detail": "Given token not valid for any token type",
            "code": "token_not_valid",
            "messages": [
                {"token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired"}
            ],
        });
        assert_eq!(bad.outcome(), (401, expected), "{method} {path}");
        for answer in [without_token, bad] {
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"api\"", "{method} {path}");
        }
    }
    assert_eq!(ada.get(&format!("/api/files/{}", id(&file))).await.status, 200, "the file is still there");
}

#[tokio::test]
async fn another_users_file_is_not_found_on_any_route() {
    let stack = stack();
    let (ada, eve) = (stack.signed_up_user("ada").await, stack.signed_up_user("eve").await);
    let ready = ada.upload_file("notes.txt", "text/plain", *b"hello\n").await;
    let pending = ada.announce("/api/files", "later.txt", "text/plain", 6).await;
    for file in [&ready, &pending] {
        assert_not_found(&eve, &FILE_ROUTES, id(file)).await;
        assert_eq!(ada.get(&format!("/api/files/{}", id(file))).await.status, 200);
    }
    assert_eq!((ada.used_bytes().await, eve.used_bytes().await), (12, 0));
}

#[tokio::test]
async fn another_users_image_is_not_found_on_any_route() {
    let stack = stack();
    let (ada, eve) = (stack.signed_up_user("ada").await, stack.signed_up_user("eve").await);
    let image = ada.upload_image("dot.png", "image/png", fixture("one_pixel.png")).await;
    assert_not_found(&eve, &IMAGE_ROUTES, id(&image)).await;
    // Errors in the query do not reveal that the image exists.
    for size in ["", "?size=big", "?size=400"] {
        let answer = eve.get(&format!("/api/images/{}/thumbnail{size}", id(&image))).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})), "{size}");
    }
    assert_eq!(ada.get(&format!("/api/images/{}", id(&image))).await.status, 200);
}

#[tokio::test]
async fn file_routes_do_not_find_images_and_image_routes_do_not_find_files() {
    let ada = stack().signed_up_user("ada").await;
    let image = ada.upload_image("dot.png", "image/png", fixture("one_pixel.png")).await;
    let file = ada.upload_file("dot.png", "image/png", fixture("one_pixel.png")).await;
    assert_not_found(&ada, &FILE_ROUTES, id(&image)).await;
    assert_not_found(&ada, &IMAGE_ROUTES, id(&file)).await;
    assert_eq!(ada.get(&format!("/api/images/{}", id(&image))).await.status, 200);
    assert_eq!(ada.get(&format!("/api/files/{}", id(&file))).await.status, 200);
}

#[tokio::test]
async fn a_malformed_id_is_not_found() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("notes.txt", "text/plain", *b"hello\n").await;
    for malformed in [
        "1",
        "%20",
        "not-an-id",
        &id(&file).to_uppercase(),
        &id(&file).replace('-', ""),
        &format!("{}x", id(&file)),
        &format!("%7B{}%7D", id(&file)),
        "..%2F..%2Fusers",
        "%C3%A9",
        "018f0000-0000-7000-8000-000000000000",
    ] {
        assert_not_found(&ada, &FILE_ROUTES, malformed).await;
        assert_not_found(&ada, &IMAGE_ROUTES, malformed).await;
    }
    assert_eq!(ada.get(&format!("/api/files/{}", id(&file))).await.status, 200);
}

#[tokio::test]
async fn a_private_file_is_not_reachable_by_other_users_in_any_way() {
    let stack = stack();
    let (ada, eve) = (stack.signed_up_user("ada").await, stack.signed_up_user("eve").await);
    eve.move_to_tier("enterprise").await;
    let not_found = json!({"detail": "Not found."});
    let never = ada.upload_file("never.txt", "text/plain", *b"private\n").await;
    // A file that was shared, but is private now.
    let title = stack.fresh_name("title");
    let form = Form::new().part("file", part("once.txt", "text/plain", *b"private\n"));
    let once =
        ada.post_multipart("/upload-files", form.text("title", title).text("uploaded_by", "Ada")).await;
    let once = once.json();
    let change = json!({"visibility": "private"});
    assert_eq!(ada.patch(&format!("/api/files/{}", id(&once)), change).await.status, 200);
    let own = eve.upload_file("own.txt", "text/plain", *b"own\n").await;
    let made = eve.post(&format!("/api/files/{}/links", id(&own)), json!({"expires_in": 300})).await.json();
    for file in [&never, &once] {
        for path in ["/api/files/{id}", "/api/download/{id}", "/api/files/{id}/links"] {
            eve.get(&path.replace("{id}", id(file))).await.assert(404, &not_found);
        }
        let links = format!("/api/files/{}/links", id(file));
        eve.post(&links, json!({"expires_in": 300})).await.assert(404, &not_found);
        eve.delete(&format!("{links}/{}", id(&made))).await.assert(404, &not_found);
        for path in ["/api/all_files?limit=100", "/api/all_files?limit=7", "/download-files", "/api/files"] {
            let mut next = json!(stack.url(path));
            while !next.is_null() {
                let page = eve.follow(&next).await;
                assert_eq!(page.status, 200, "{path}");
                // The signed URL of a file would contain its id, too.
                assert!(!page.text().contains(id(file)), "{path}");
                next = page.json()["next"].take();
            }
        }
    }
    // A link opens only its own file, whatever its query contains.
    let link = made["url"].as_str().expect("a URL").strip_prefix(stack.api_url()).expect("a path").to_owned();
    for query in [String::new(), format!("?id={0}&file={0}&key={1}/{0}", id(&never), ada.id)] {
        let opened = stack.get(&format!("{link}{query}")).await;
        assert_eq!(opened.status, 302, "{}", opened.text());
        assert_eq!(stack.fetch(opened.header("location")).await.text(), "own\n");
    }
    // A signed URL cannot be changed to the key of another user's file.
    let url = own["file"].as_str().expect("a URL").replace(id(&own), id(&never)).replace(&eve.id, &ada.id);
    assert_eq!(stack.fetch(&url).await.status, 403);
}

#[tokio::test]
async fn other_users_cannot_create_links_to_a_members_file() {
    let stack = stack();
    let (ada, eve) = (stack.signed_up_user("ada").await, stack.signed_up_user("eve").await);
    eve.move_to_tier("enterprise").await;
    let form = Form::new().part("file", part("a.txt", "text/plain", *b"shared\n"));
    let shared = ada.post_multipart("/api/files", form.text("visibility", "members")).await.json();
    let links = format!("/api/files/{}/links", id(&shared));
    assert_eq!(eve.get(&format!("/api/files/{}", id(&shared))).await.status, 200);
    for answer in [eve.post(&links, json!({"expires_in": 300})).await, eve.get(&links).await] {
        answer.assert(404, &json!({"detail": "Not found."}));
    }
}
