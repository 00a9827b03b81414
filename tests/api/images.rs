//! Correct requests to `/api/images`.

use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{colour_name, corner_colours, decode_image, fixture, id, part, stack};

/// The ready image photo.jpg, as an account of the tier Basic sees it.
fn photo() -> Value {
    json!({
        "id": "[id]",
        "title": "photo.jpg",
        "filename": "photo.jpg",
        "content_type": "image/jpeg",
        "size": fixture("photo.jpg").len(),
        "width": 480,
        "height": 640,
        "status": "ready",
        "thumbnails": {"200": "[url]"},
        "original": null,
        "created_at": "[time]",
    })
}

#[tokio::test]
async fn an_image_stored_by_a_form_is_ready_with_its_thumbnails() {
    let ada = stack().signed_up_user("ada").await;
    for field in ["image", "file"] {
        let answer =
            ada.post_file("/api/images", field, "photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
        assert_eq!(answer.redacted(), (201, photo()), "{field}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let thumbnail = ada.stack.fetch(answer.json()["thumbnails"]["200"].as_str().unwrap()).await;
        assert_eq!((thumbnail.status, thumbnail.header("content-type")), (200, "image/jpeg"));
        assert_eq!(decode_image(&thumbnail.bytes).dimensions(), (150, 200));
        assert_eq!(ada.stack.original_of(id(&answer.json())), Some(fixture("photo.jpg")));
    }
    assert_eq!(ada.used_bytes().await, 2 * fixture("photo.jpg").len() as u64);
}

#[tokio::test]
async fn a_form_can_set_the_title_of_an_image_and_its_bytes_decide_the_type() {
    let ada = stack().signed_up_user("ada").await;
    let form = Form::new()
        .text("title", "Holiday")
        .part("image", part("photo.dat", "application/octet-stream", fixture("photo.jpg")));
    let mut expected = photo();
    expected["title"] = "Holiday".into();
    expected["filename"] = "photo.dat".into();
    assert_eq!(ada.post_multipart("/api/images", form).await.redacted(), (201, expected));
}

#[tokio::test]
async fn announcing_an_image_by_json_returns_how_to_send_it() {
    let ada = stack().signed_up_user("ada").await;
    let bytes = fixture("photo.jpg");
    let body = json!({
        "filename": "photo.jpg", "content_type": "image/jpeg", "size": bytes.len(), "title": "Holiday",
    });
    let answer = ada.post("/api/images", body).await;
    let mut expected = photo();
    for (name, value) in [
        ("title", json!("Holiday")),
        ("status", json!("pending")),
        ("width", Value::Null),
        ("height", Value::Null),
        ("thumbnails", json!({})),
        (
            "upload",
            json!({
                "method": "PUT",
                "url": "[url]",
                "headers": {"content-type": "image/jpeg", "if-none-match": "*"},
                "expires_at": "[time]",
            }),
        ),
    ] {
        expected[name] = value;
    }
    assert_eq!(answer.redacted(), (201, expected.clone()));
    assert_eq!(answer.header("cache-control"), "no-store");
    let announced = answer.json();
    let path = format!("/api/images/{}", id(&announced));
    expected.as_object_mut().unwrap().shift_remove("upload");
    assert_eq!(ada.get(&path).await.redacted(), (200, expected));

    assert_eq!(ada.put(&announced, bytes).await.status, 200);
    ada.stack.settled().await;
    let mut expected = photo();
    expected["title"] = "Holiday".into();
    assert_eq!(ada.get(&path).await.redacted(), (200, expected));
}

#[tokio::test]
async fn an_image_is_shown_to_its_owner() {
    let ada = stack().signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let answer = ada.get(&format!("/api/images/{}/", id(&image))).await;
    assert_eq!(answer.redacted(), (200, photo()));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((&answer.json()["id"], &answer.json()["created_at"]), (&image["id"], &image["created_at"]));
}

#[tokio::test]
async fn the_tier_decides_which_thumbnail_sizes_and_originals_are_shown() {
    let ada = stack().signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let path = format!("/api/images/{}", id(&image));
    for tier in ["premium", "enterprise"] {
        ada.move_to_tier(tier).await;
        let mut expected = photo();
        expected["thumbnails"] = json!({"200": "[url]", "400": "[url]"});
        expected["original"] = "[url]".into();
        let answer = ada.get(&path).await;
        assert_eq!(answer.redacted(), (200, expected.clone()), "{tier}");
        let listed = ada.get("/api/images").await;
        assert_eq!(listed.redacted(), (200, json!({"next": null, "results": [expected]})), "{tier}");
        let image = answer.json();
        let large = ada.stack.fetch(image["thumbnails"]["400"].as_str().unwrap()).await;
        assert_eq!(decode_image(&large.bytes).dimensions(), (300, 400));
        let original = ada.stack.fetch(image["original"].as_str().unwrap()).await;
        assert_eq!(original.bytes, fixture("photo.jpg"));
        assert_eq!(original.header("content-disposition"), "inline; filename=\"photo.jpg\"");
    }
    ada.move_to_tier("basic").await;
    assert_eq!(ada.get(&path).await.redacted(), (200, photo()), "the previous tier has no effect any more");
}

#[tokio::test]
async fn deleting_an_image_removes_bytes_and_thumbnails_and_releases_its_quota() {
    let ada = stack().signed_up_user("ada").await;
    let by_form = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let by_put = ada.upload("/api/images", "photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    for image in [by_form, by_put] {
        // The original, and a thumbnail in each size of any tier.
        ada.stack.settled().await;
        assert_eq!(ada.stack.keys_of(id(&image)).len(), 3);
        let path = format!("/api/images/{}", id(&image));
        let answer = ada.delete(&path).await;
        assert_eq!((answer.status, answer.text().as_str()), (204, ""));
        for gone in [path.clone(), format!("{path}/thumbnail?size=200")] {
            assert_eq!(ada.get(&gone).await.outcome(), (404, json!({"detail": "Not found."})));
        }
        assert_eq!(ada.delete(&path).await.outcome(), (404, json!({"detail": "Not found."})));
        assert_eq!(ada.stack.keys_of(id(&image)), Vec::<String>::new());
        assert_eq!(ada.stack.fetch(image["thumbnails"]["200"].as_str().unwrap()).await.status, 403);
    }
    assert_eq!(ada.get("/api/images").await.outcome(), (200, json!({"next": null, "results": []})));
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
async fn thumbnails_are_never_enlarged_and_keep_the_aspect_ratio() {
    let ada = stack().signed_up_user("ada").await;
    for (name, size) in [("one_pixel.png", (1, 1)), ("wide.png", (200, 1)), ("orientation_1.jpg", (48, 32))] {
        let image = ada.upload_image(name, "image/png", fixture(name)).await;
        let thumbnail = ada.stack.fetch(image["thumbnails"]["200"].as_str().unwrap()).await;
        assert_eq!(decode_image(&thumbnail.bytes).dimensions(), size, "{name}");
    }
}

#[tokio::test]
async fn thumbnails_of_every_exif_orientation_are_upright() {
    let ada = stack().signed_up_user("ada").await;
    let names = (1..=8).map(|orientation| format!("orientation_{orientation}.jpg"));
    for name in names.chain(["orientation_6.png".to_owned(), "orientation_6.webp".to_owned()]) {
        let image = ada.upload_image(&name, "image/jpeg", fixture(&name)).await;
        assert_eq!((&image["width"], &image["height"]), (&json!(48), &json!(32)), "{name}");
        let thumbnail = ada.stack.fetch(image["thumbnails"]["200"].as_str().unwrap()).await;
        let picture = decode_image(&thumbnail.bytes);
        assert_eq!(
            (picture.dimensions(), corner_colours(&picture)),
            ((48, 32), ["red", "green", "blue", "yellow"])
        );
    }
}

#[tokio::test]
async fn embedded_colour_profiles_are_applied() {
    let ada = stack().signed_up_user("ada").await;
    for (name, declared) in [
        ("swapped_profile.jpg", "image/jpeg"),
        ("swapped_profile.png", "image/png"),
        ("swapped_profile.webp", "image/webp"),
    ] {
        let image = ada.upload_image(name, declared, fixture(name)).await;
        let thumbnail = ada.stack.fetch(image["thumbnails"]["200"].as_str().unwrap()).await;
        let [red, green, blue, alpha] = decode_image(&thumbnail.bytes).get_pixel(32, 32).0;
        // The stored red is shown as green because of the profile. JPEG changes colours slightly.
        assert!(red < 40 && green > 215 && blue < 40 && alpha == 255, "{name}: {red} {green} {blue}");
        assert_ne!(colour_name([red, green, blue, alpha]), "red");
    }
}
