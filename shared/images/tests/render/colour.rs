use image::Rgba;

use crate::helpers::{assert_near, thumbnail};

#[test]
fn an_embedded_profile_is_converted_to_srgb() {
    // In this profile, stored red is green.
    for name in ["swapped_profile.jpg", "swapped_profile.png", "swapped_profile.webp"] {
        assert_near(*thumbnail(name, 32).get_pixel(16, 16), [0, 255, 0]);
    }
}

#[test]
fn cmyk_inks_become_colours() {
    let image = thumbnail("cmyk.jpg", 64);
    assert_near(*image.get_pixel(8, 16), [0, 255, 255]);
    assert_near(*image.get_pixel(56, 16), [0, 0, 0]);
}

#[test]
fn cmyk_is_converted_with_its_profile() {
    // In this profile, the first ink is Lab (53, 80, 67), which is sRGB's red.
    let image = thumbnail("cmyk_profile.jpg", 64);
    assert_near(*image.get_pixel(8, 16), [254, 0, 0]);
    assert_near(*image.get_pixel(56, 16), [0, 0, 0]);
}

#[test]
fn transparent_pixels_remain_transparent_and_their_colour_does_not_bleed() {
    for name in ["transparent.png", "transparent.webp", "palette.png"] {
        let image = thumbnail(name, 60);
        assert_eq!(image.get_pixel(0, 0)[3], 0, "{name}");
        assert_near(*image.get_pixel(30, 30), [255, 0, 0]);
        assert_eq!(image.get_pixel(30, 30)[3], 255, "{name}");
        let edge: Vec<&Rgba<u8>> = image.pixels().filter(|pixel| (1..=254).contains(&pixel[3])).collect();
        assert!(!edge.is_empty(), "{name}");
        for pixel in edge.iter().filter(|pixel| pixel[3] > 25) {
            assert!(pixel[1] < 40, "{name}: {pixel:?} shows the green of the transparent part");
        }
    }
}

#[test]
fn grey_remains_grey() {
    for pixel in thumbnail("grey.jpg", 60).pixels() {
        let spread = pixel.0[..3].iter().max().unwrap() - pixel.0[..3].iter().min().unwrap();
        assert!(spread <= 2, "{pixel:?}");
    }
}
