use satchel_images::{ImageError, Kind, Limits, render};

use crate::helpers::{fixture, rendered};

/// Small enough for every scale to be used: 211 pixels to an eighth, a quarter, a half and whole.
const SIZES: [u32; 4] = [27, 53, 106, 211];

#[test]
fn one_picture_gives_the_same_renditions_however_it_is_coded() {
    for sampling in ["444", "422", "420"] {
        for size in SIZES {
            let bytes = |coding: &str| {
                rendered(&format!("odd_{sampling}_{coding}.jpg"), &[size]).renditions.remove(0).bytes
            };
            let baseline = bytes("baseline");
            assert!(baseline == bytes("optimised_restarts"), "restarts, {sampling}, {size}");
            // Progressive refinement ends at the same coefficients.
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
fn data_behind_the_picture_are_ignored() {
    let mut bytes = fixture("photo.jpg");
    let alone = render(&bytes, &[80], &Limits::default()).unwrap();
    // A second picture, as in the files of cameras with two lenses.
    bytes.extend(fixture("odd_444_baseline.jpg"));
    let with_another = render(&bytes, &[80], &Limits::default()).unwrap();
    assert!(alone.renditions[0].bytes == with_another.renditions[0].bytes);
}
