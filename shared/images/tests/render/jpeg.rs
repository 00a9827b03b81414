use satchel_images::{ImageError, Kind, Limits, render};

use crate::helpers::{fixture, rendered};

/// Sizes for which 211 pixels are decoded at the scales 1/8, 1/4, 1/2 and 1/1.
const SIZES: [u32; 4] = [27, 53, 106, 211];

#[test]
fn all_codings_of_a_picture_give_the_same_renditions() {
    for sampling in ["444", "422", "420"] {
        for size in SIZES {
            let bytes = |coding: &str| {
                rendered(&format!("odd_{sampling}_{coding}.jpg"), &[size]).renditions.remove(0).bytes
            };
            let baseline = bytes("baseline");
            assert!(baseline == bytes("optimised_restarts"), "restarts, {sampling}, {size}");
            // After all refinements, a progressive picture has the same coefficients.
            assert!(baseline == bytes("progressive"), "progressive, {sampling}, {size}");
        }
    }
}

#[test]
fn an_arithmetic_coded_or_12_bit_picture_is_unsupported() {
    let mut arithmetic = fixture("photo.jpg");
    let frame = arithmetic.windows(2).position(|marker| marker == [0xFF, 0xC0]).expect("a baseline frame");
    let mut deep = arithmetic.clone();
    arithmetic[frame + 1] = 0xC9;
    deep[frame + 4] = 12;
    for (bytes, what) in [(arithmetic, "arithmetic"), (deep, "12 bits")] {
        let error = render(&bytes, &[80], &Limits::default()).unwrap_err();
        assert!(matches!(error, ImageError::Unsupported { format: Kind::Jpeg, .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[test]
fn data_after_the_picture_are_ignored() {
    let mut bytes = fixture("photo.jpg");
    let alone = render(&bytes, &[80], &Limits::default()).unwrap();
    // Cameras with two lenses append a second picture.
    bytes.extend(fixture("odd_444_baseline.jpg"));
    let with_another = render(&bytes, &[80], &Limits::default()).unwrap();
    assert!(alone.renditions[0].bytes == with_another.renditions[0].bytes);
}
