use std::sync::atomic::{AtomicUsize, Ordering};

use image::{Rgba, RgbaImage};
use png::{BitDepth, ColorType};
use satchel_images::{ImageError, Limits, render};

use crate::{
    generated::{gif, jpeg, png},
    helpers::{assert_near, fixture, pixels, psnr, try_render},
};

const PICTURES: [&str; 13] = [
    "photo.jpg",
    "odd_422_baseline.jpg",
    "odd_420_progressive.jpg",
    "odd_444_optimised_restarts.jpg",
    "odd_444_progressive.jpg",
    "cmyk_profile.jpg",
    "transparent.png",
    "sixteen_bit.png",
    "swapped_profile.png",
    "interlaced.png",
    "transparent.webp",
    "animated.webp",
    "animated.gif",
];

/// Whether a picture is rendered. The only allowed error is that it is corrupt.
fn accepted(bytes: &[u8], size: u32) -> bool {
    match render(bytes, &[size], &Limits::default()) {
        Ok(_) => true,
        Err(ImageError::Corrupt { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

fn image(bytes: &[u8], size: u32) -> RgbaImage {
    pixels(&render(bytes, &[size], &Limits::default()).unwrap().renditions[0])
}

#[test]
fn less_than_half_of_a_picture_is_corrupt() {
    for name in
        ["truncated.jpg", "truncated_progressive.jpg", "truncated.png", "truncated.webp", "truncated.gif"]
    {
        for size in [27, 80, 640] {
            let error = try_render(name, &[size]).unwrap_err();
            assert!(matches!(error, ImageError::Corrupt { .. }), "{name}, {size}: {error}");
        }
    }
}

#[test]
fn more_than_half_of_a_picture_is_shown_and_the_rest_is_grey() {
    // The picture is stored rotated, so the end of the file is the left of the upright picture.
    let whole = image(&fixture("photo.jpg"), 200);
    let part = image(&fixture("two_thirds.jpg"), 200);
    for y in [10, 100, 190] {
        assert_near(*part.get_pixel(2, y), [128; 3]);
        let Rgba([red, green, blue, _]) = *whole.get_pixel(140, y);
        assert_near(*part.get_pixel(140, y), [red, green, blue]);
    }
}

#[test]
fn a_progressive_picture_without_its_last_scans_is_less_sharp() {
    for (size, least) in [(27, 30.0), (211, 20.0)] {
        let part = image(&fixture("two_thirds_progressive.jpg"), size);
        let ratio = psnr(&part, &image(&fixture("odd_420_progressive.jpg"), size));
        assert!(ratio > least, "{size}: {ratio:.1} dB");
    }
}

#[test]
fn half_of_the_blocks_of_a_jpeg_are_enough_and_fewer_are_not() {
    // 64 blocks of 2 bits each, or in the first scan of a progressive picture 1 bit each.
    for (frame, band, bytes) in [(0xC0, [0, 63, 0], 16), (0xC2, [0, 0, 0], 8)] {
        let start = [jpeg::start(frame, 64, 64, &[0x11]), jpeg::scan(&[1], band, &[])].concat();
        for end in [&[][..], &jpeg::END] {
            let cut = |length: usize| [&start, &vec![0; length][..], end].concat();
            for size in [8, 64] {
                assert!(accepted(&cut(bytes), size) && accepted(&cut(bytes / 2), size), "{frame:x}, {size}");
                assert!(
                    !accepted(&cut(bytes / 2 - 1), size) && !accepted(&cut(0), size),
                    "{frame:x}, {size}"
                );
            }
        }
    }
}

#[test]
fn a_longer_part_of_a_picture_is_accepted_if_a_shorter_one_is() {
    let noise =
        |length: usize| (0..length).map(|at| u8::try_from(at * at % 101 % 97).unwrap()).collect::<Vec<u8>>();
    let rows = png((64, 64), (ColorType::Rgb, BitDepth::Eight), &noise(64 * 64 * 3), &[]);
    let frame = gif((64, 64), (64, 64), &[[9; 3]; 128], &noise(64 * 64));
    for (name, bytes) in [
        ("photo.jpg", fixture("photo.jpg")),
        ("odd_420_progressive.jpg", fixture("odd_420_progressive.jpg")),
        ("interlaced.png", fixture("interlaced.png")),
        ("rows.png", rows),
        ("frame.gif", frame),
    ] {
        let ends = (0..16).map(|part| bytes.len() * part / 16).chain([bytes.len()]);
        let accepted: Vec<bool> = ends.map(|end| end > 20 && accepted(&bytes[..end], 60)).collect();
        assert!(accepted.is_sorted(), "{name}: {accepted:?}");
        assert!(!accepted[1] && accepted[15] && accepted[16], "{name}: {accepted:?}");
    }
}

#[test]
fn half_of_the_lines_of_a_png_or_gif_are_enough_and_fewer_are_not() {
    let rows = png((64, 64), (ColorType::Grayscale, BitDepth::Eight), &[200; 64 * 64], &[]);
    let frame = gif((64, 64), (64, 64), &[[200; 3]; 2], &[1; 64 * 64]);
    for (name, bytes) in [("png", rows), ("gif", frame)] {
        // The data are not compressed, so a percentage of the bytes is the same percentage of the lines.
        let part = |percent: usize| &bytes[..bytes.len() * percent / 100];
        assert!(!accepted(part(45), 60), "{name}");
        let image = image(part(60), 64);
        assert_near(*image.get_pixel(30, 5), [200; 3]);
        assert_near(*image.get_pixel(30, 60), [128; 3]);
    }
}

#[test]
fn a_missing_byte_or_restart_marker_changes_little() {
    let sound = fixture("odd_420_baseline.jpg");
    let short = [&sound[..sound.len() - 3], &jpeg::END].concat();
    assert!(psnr(&image(&short, 211), &image(&sound, 211)) > 30.0);

    let sound = fixture("odd_420_optimised_restarts.jpg");
    let is_restart = |at: &usize| sound[*at] == 0xFF && (0xD0..=0xD7).contains(&sound[at + 1]);
    let markers: Vec<usize> = (0..sound.len() - 1).filter(is_restart).collect();
    let lost = markers[markers.len() / 2];
    let without = [&sound[..lost], &sound[lost + 2..]].concat();
    // The data after the next marker are at the right position.
    let (with, without) = (image(&sound, 211), image(&without, 211));
    for (x, y) in [(100, 5), (205, 128), (5, 128), (150, 120)] {
        let Rgba([red, green, blue, _]) = *with.get_pixel(x, y);
        assert_near(*without.get_pixel(x, y), [red, green, blue]);
    }
    assert!(psnr(&without, &with) > 20.0);
}

#[test]
fn a_restart_interval_without_markers_is_ignored() {
    let sound = fixture("odd_420_baseline.jpg");
    let declared = jpeg::before_scan(&sound, &jpeg::segment(0xDD, &[0, 4]));
    assert!(image(&declared, 211) == image(&sound, 211));
}

#[test]
fn no_damage_causes_a_panic() {
    // `render` converts panics to errors, which only other crates may cause. Panics of this crate are counted.
    static OWN_PANICS: AtomicUsize = AtomicUsize::new(0);
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|location| location.file().contains("images/src")) {
            OWN_PANICS.fetch_add(1, Ordering::Relaxed);
        }
        report(panic);
    }));
    let limits = Limits { max_pixels: 1 << 20, max_alloc: 64 << 20 };
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for name in PICTURES {
        let sound = fixture(name);
        for round in 0..60 {
            let sizes = if round % 4 == 0 { &[200, 30][..] } else { &[30] };
            drop(render(&damaged(&sound, &mut random), sizes, &limits));
        }
    }
    assert_eq!(OWN_PANICS.load(Ordering::Relaxed), 0);
}

fn damaged(sound: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..=random.below(8) {
        // Half of the changes are in the headers, where they have the largest effect.
        let end = if random.below(2) == 0 { bytes.len() } else { bytes.len().min(700) };
        let at = random.below(end);
        bytes[at] = u8::try_from(random.below(256)).unwrap();
    }
    if random.below(4) == 0 {
        bytes.truncate(random.below(bytes.len()));
    }
    bytes
}

/// A xorshift64* generator, so that the damage is the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % end.max(1)
    }
}
