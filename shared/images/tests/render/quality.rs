//! Compares renditions with those of Pillow: `photo_<size>.png` was made from all pixels of `photo.jpg` (full decode,
//! `exif_transpose`, Lanczos).

use crate::helpers::{fixture, psnr, thumbnail};

/// The sizes need decoding at 1/8, 1/4 and 1/2. The bounds are the losses of Pillow when it saves the reference with
/// `quality=80` (25.52, 27.28 and 29.75 dB, printed by `make.py --losses`), less 0.5 dB.
#[test]
fn renditions_are_as_good_as_those_made_from_every_pixel() {
    for (size, bound) in [(80, 25.02), (120, 26.78), (200, 29.25)] {
        let reference = image::load_from_memory(&fixture(&format!("photo_{size}.png"))).unwrap().to_rgba8();
        let ratio = psnr(&thumbnail("photo.jpg", size), &reference);
        assert!(ratio >= bound, "{size}: {ratio:.2} dB");
    }
}
