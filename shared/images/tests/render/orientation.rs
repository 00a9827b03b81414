use image::RgbaImage;

use crate::helpers::{assert_near, pixels, rendered};

const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 180, 50];
const BLUE: [u8; 3] = [40, 60, 210];
const YELLOW: [u8; 3] = [230, 210, 40];

/// Checks the colours of the corners, clockwise from the top left.
fn assert_upright(image: &RgbaImage) {
    let (right, bottom) = (image.width() - 3, image.height() - 3);
    for ((x, y), colour) in
        [((2, 2), RED), ((right, 2), GREEN), ((right, bottom), BLUE), ((2, bottom), YELLOW)]
    {
        assert_near(*image.get_pixel(x, y), colour);
    }
}

#[test]
fn the_photograph_of_a_phone_is_upright_at_every_size() {
    let photo = rendered("photo.jpg", &[80, 200, 400, 1000]);
    assert_eq!((photo.width, photo.height), (480, 640));
    let sizes: Vec<_> = photo.renditions.iter().map(|r| (r.size, r.width, r.height)).collect();
    assert_eq!(sizes, [(1000, 480, 640), (400, 300, 400), (200, 150, 200), (80, 60, 80)]);
    for rendition in &photo.renditions {
        assert_upright(&pixels(rendition));
    }
}

#[test]
fn every_orientation_gives_the_same_upright_picture() {
    for orientation in 1..=8 {
        let rendered = rendered(&format!("orientation_{orientation}.jpg"), &[40]);
        assert_eq!((rendered.width, rendered.height), (48, 32), "orientation {orientation}");
        let image = pixels(&rendered.renditions[0]);
        assert_eq!(image.dimensions(), (40, 27), "orientation {orientation}");
        assert_upright(&image);
    }
}

#[test]
fn the_orientation_in_png_and_webp_is_applied() {
    for name in ["orientation_6.png", "orientation_6.webp"] {
        let rendered = rendered(name, &[48]);
        assert_eq!((rendered.width, rendered.height), (48, 32), "{name}");
        assert_upright(&pixels(&rendered.renditions[0]));
    }
}

#[test]
fn renditions_contain_no_metadata() {
    for name in ["photo.jpg", "swapped_profile.jpg", "swapped_profile.png", "orientation_6.webp"] {
        for rendition in rendered(name, &[400, 40]).renditions {
            for secret in ["Exif", "SecretCameraMaker", "ICC_PROFILE", "http"] {
                let found = rendition.bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} in a rendition of {name}");
            }
        }
    }
}
