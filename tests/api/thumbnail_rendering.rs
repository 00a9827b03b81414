//! Renders thumbnails of pictures from forms and signed PUTs. The make.py of the fixtures describes the pictures.

use image::RgbaImage;
use serde_json::{Value, json};

use crate::helpers::{Answer, User, colour_name, corner_colours, decode_image, fixture, stack};

const UPRIGHT: [&str; 4] = ["red", "green", "blue", "yellow"];

/// A fetched thumbnail, with the response.
struct Thumbnail {
    answer: Answer,
    picture: RgbaImage,
}

/// Uploads a picture by a form and by a PUT, and returns both thumbnails. Fails unless the images are ready and have
/// this size.
async fn thumbnails(name: &str, content_type: &str, (width, height): (u32, u32)) -> [Thumbnail; 2] {
    let ada = stack().signed_up_user("ada").await;
    let by_form = ada.upload_image(name, content_type, fixture(name)).await;
    let by_put = ada.upload("/api/images", name, content_type, fixture(name)).await;
    for image in [&by_form, &by_put] {
        let facts = json!([image["status"], image["content_type"], image["width"], image["height"]]);
        assert_eq!(facts, json!(["ready", content_type, width, height]));
    }
    [thumbnail(&ada, &by_form).await, thumbnail(&ada, &by_put).await]
}

async fn thumbnail(user: &User, image: &Value) -> Thumbnail {
    let answer = user.stack.fetch(image["thumbnails"]["200"].as_str().expect("a URL")).await;
    assert_eq!(answer.status, 200);
    let picture = decode_image(&answer.bytes);
    Thumbnail { answer, picture }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn the_thumbnail_of_a_rotated_photo_is_upright_and_without_metadata() {
    let original = fixture("photo.jpg");
    assert!(contains(&original, "Exif") && contains(&original, "SecretCameraMaker"));
    for Thumbnail { answer, picture } in thumbnails("photo.jpg", "image/jpeg", (480, 640)).await {
        assert_eq!((picture.dimensions(), corner_colours(&picture)), ((150, 200), UPRIGHT));
        assert_eq!(answer.header("content-type"), "image/jpeg");
        for trace in ["Exif", "SecretCameraMaker", "ICC_PROFILE", "http://ns.adobe.com"] {
            assert!(!contains(&answer.bytes, trace), "{trace}");
        }
        // APP1 holds EXIF and XMP, APP2 profiles, APP13 IPTC.
        assert!(!segments(&answer.bytes).iter().any(|marker| [0xe1, 0xe2, 0xed].contains(marker)));
    }
}

/// The markers of a JPEG up to its first scan.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let (mut markers, mut at) = (Vec::new(), 2);
    while jpeg[at] == 0xff && jpeg[at + 1] != 0xda {
        markers.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    markers
}

#[tokio::test]
async fn a_progressive_jpeg_is_rendered() {
    for Thumbnail { answer, picture } in thumbnails("odd_420_progressive.jpg", "image/jpeg", (211, 133)).await
    {
        // 133 * 200 / 211 = 126.07
        assert_eq!((picture.dimensions(), corner_colours(&picture)), ((200, 126), UPRIGHT));
        assert_eq!(answer.header("content-type"), "image/jpeg");
    }
}

#[tokio::test]
async fn a_transparent_png_keeps_its_transparency() {
    for Thumbnail { answer, picture } in thumbnails("transparent.png", "image/png", (300, 300)).await {
        assert_eq!((picture.dimensions(), corner_colours(&picture)), ((200, 200), ["nothing"; 4]));
        assert_eq!(colour_name(picture.get_pixel(100, 100).0), "red");
        assert_eq!(answer.header("content-type"), "image/png");
        // The transparent pixels are green, which must not show at the edge of the disc.
        for [red, green, blue, alpha] in picture.pixels().map(|pixel| pixel.0) {
            assert!(alpha < 8 || (red > 200 && green < 55 && blue < 55), "{red} {green} {blue} {alpha}");
        }
    }
}

#[tokio::test]
async fn a_webp_is_rendered_with_its_transparency() {
    for Thumbnail { picture, .. } in thumbnails("transparent.webp", "image/webp", (300, 300)).await {
        assert_eq!((picture.dimensions(), corner_colours(&picture)), ((200, 200), ["nothing"; 4]));
        assert_eq!(colour_name(picture.get_pixel(100, 100).0), "red");
    }
}

#[tokio::test]
async fn an_animation_shows_its_first_frame() {
    for (name, content_type) in
        [("animated.gif", "image/gif"), ("animated.webp", "image/webp"), ("animated.png", "image/png")]
    {
        for Thumbnail { picture, .. } in thumbnails(name, content_type, (90, 60)).await {
            assert_eq!((picture.dimensions(), corner_colours(&picture)), ((90, 60), ["red"; 4]), "{name}");
        }
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn unusual_pngs_are_rendered() {
    for (name, content_type, size, expected) in [
        ("interlaced.png", "image/png", (75, 50), UPRIGHT),
        ("sixteen_bit.png", "image/png", (48, 32), UPRIGHT),
        ("opaque_alpha.png", "image/png", (60, 40), UPRIGHT),
        ("palette.png", "image/png", (100, 100), ["nothing"; 4]),
    ] {
        for Thumbnail { picture, .. } in thumbnails(name, content_type, size).await {
            assert_eq!((picture.dimensions(), corner_colours(&picture)), (size, expected), "{name}");
        }
    }
}
