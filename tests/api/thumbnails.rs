//! `GET /api/images/{id}/thumbnail`.

use serde_json::{Value, json};

use crate::helpers::{User, concurrently, corner_colours, decode_image, fixture, id, stack};

async fn upload_photo(user: &User) -> Value {
    user.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await
}

#[tokio::test]
async fn a_thumbnail_request_is_redirected_to_its_url() {
    let ada = stack().signed_up_user("ada").await;
    let image = upload_photo(&ada).await;
    let path = format!("/api/images/{}/thumbnail?size=200", id(&image));
    let redirect = ada.get(&path).await;
    assert_eq!((redirect.status, redirect.text().as_str()), (302, ""));
    assert_eq!(redirect.header("cache-control"), "no-store");
    let json = ada.get_as_json(&path).await;
    assert_eq!(json.redacted(), (200, json!({"url": "[url]", "expires_at": "[time]"})));
    assert_eq!(json.header("cache-control"), "no-store");
    let signed = json.json()["url"].as_str().unwrap().to_owned();
    for url in [redirect.header("location"), &signed] {
        let answer = ada.stack.fetch(url).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "image/jpeg"));
        assert_eq!(decode_image(&answer.bytes).dimensions(), (150, 200));
    }
}

#[tokio::test]
async fn a_size_must_be_a_number() {
    let ada = stack().signed_up_user("ada").await;
    let image = upload_photo(&ada).await;
    for (query, message) in [
        ("", "This field is required."),
        ("?width=200", "This field is required."),
        ("?size=", "A valid integer is required."),
        ("?size=big", "A valid integer is required."),
        ("?size=200.5", "A valid integer is required."),
        ("?size=200px", "A valid integer is required."),
    ] {
        let answer = ada.get(&format!("/api/images/{}/thumbnail{query}", id(&image))).await;
        assert_eq!(answer.outcome(), (400, json!({"size": [message]})), "{query}");
    }
}

#[tokio::test]
async fn a_size_that_is_not_in_the_tier_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let image = upload_photo(&ada).await;
    let expected = (403, json!({"detail": "Your account tier does not include this thumbnail size."}));
    for size in ["400", "0", "-200", "199", "4294967496", "99999999999999999999"] {
        let answer = ada.get(&format!("/api/images/{}/thumbnail?size={size}", id(&image))).await;
        assert_eq!(answer.outcome(), expected, "{size}");
    }
    ada.move_to_tier("premium").await;
    let url = ada.url_of(&format!("/api/images/{}/thumbnail?size=400", id(&image))).await;
    assert_eq!(decode_image(&ada.stack.fetch(&url).await.bytes).dimensions(), (300, 400));
}

#[tokio::test]
async fn an_image_that_is_not_ready_has_no_thumbnail() {
    let ada = stack().signed_up_user("ada").await;
    let image = ada.announce("/api/images", "photo.jpg", "image/jpeg", 10).await;
    let path = format!("/api/images/{}/thumbnail?size=200", id(&image));
    assert_eq!(ada.get(&path).await.outcome(), (409, json!({"detail": "The image is not ready."})));
}

#[tokio::test]
async fn a_missing_thumbnail_is_made_on_request() {
    let ada = stack().signed_up_user("ada").await;
    ada.move_to_tier("premium").await;
    let image = upload_photo(&ada).await;
    ada.forget_thumbnail(&image, "400").await;
    let path = format!("/api/images/{}/thumbnail?size=400", id(&image));
    let shown = ada.get(&format!("/api/images/{}", id(&image))).await.json();
    assert_eq!(
        shown["thumbnails"]["400"],
        ada.stack.url(&path),
        "the URL of the route that makes the thumbnail"
    );

    let made = ada.get(&path).await;
    assert_eq!(made.status, 302);
    let picture = decode_image(&ada.stack.fetch(made.header("location")).await.bytes);
    assert_eq!(
        (picture.dimensions(), corner_colours(&picture)),
        ((300, 400), ["red", "green", "blue", "yellow"])
    );
    let shown = ada.get(&format!("/api/images/{}", id(&image))).await.redacted().1;
    assert_eq!(shown["thumbnails"], json!({"200": "[url]", "400": "[url]"}), "the thumbnail is recorded");
    ada.delete(&format!("/api/images/{}", id(&image))).await;
    assert_eq!(ada.stack.keys_of(id(&image)), Vec::<String>::new());
}

#[tokio::test]
async fn thumbnails_made_concurrently_are_all_recorded() {
    let ada = stack().signed_up_user("ada").await;
    ada.move_to_tier("premium").await;
    let image = upload_photo(&ada).await;
    ada.forget_thumbnail(&image, "200").await;
    ada.forget_thumbnail(&image, "400").await;
    let ask = |size: u32| {
        let (ada, path) = (ada.clone(), format!("/api/images/{}/thumbnail?size={size}", id(&image)));
        async move { ada.get(&path).await.status }
    };
    assert_eq!(concurrently([ask(200), ask(400), ask(200), ask(400)]).await, [302; 4]);
    let shown = ada.get(&format!("/api/images/{}", id(&image))).await.redacted().1;
    assert_eq!(shown["thumbnails"], json!({"200": "[url]", "400": "[url]"}));
    ada.delete(&format!("/api/images/{}", id(&image))).await;
    assert_eq!(ada.stack.keys_of(id(&image)), Vec::<String>::new(), "all thumbnails are deleted");
}
