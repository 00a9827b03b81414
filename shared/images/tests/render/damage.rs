use std::sync::atomic::{AtomicUsize, Ordering};

use satchel_images::{ImageError, Limits, render};

use crate::helpers::{fixture, try_render};

const PICTURES: [&str; 12] = [
    "photo.jpg",
    "odd_422_baseline.jpg",
    "odd_420_progressive.jpg",
    "odd_444_optimised_restarts.jpg",
    "cmyk_profile.jpg",
    "transparent.png",
    "sixteen_bit.png",
    "swapped_profile.png",
    "interlaced.png",
    "transparent.webp",
    "animated.webp",
    "animated.gif",
];

#[test]
fn a_truncated_picture_is_corrupt() {
    for format in ["jpg", "png", "webp", "gif"] {
        let error = try_render(&format!("truncated.{format}"), &[80]).unwrap_err();
        assert!(matches!(error, ImageError::Corrupt { .. }), "{format}: {error}");
    }
}

#[test]
fn a_progressive_picture_is_corrupt_without_its_last_scans_even_if_they_are_not_needed() {
    for size in [27, 211] {
        let error = try_render("truncated_progressive.jpg", &[size]).unwrap_err();
        assert!(matches!(error, ImageError::Corrupt { .. }), "{size}: {error}");
    }
}

#[test]
fn a_jpeg_that_ends_anywhere_is_corrupt() {
    for (name, sizes) in [("photo.jpg", [80, 640]), ("odd_420_progressive.jpg", [27, 211])] {
        let bytes = fixture(name);
        // Of fewer than four bytes nobody knows that they are JPEG.
        for end in (4..bytes.len() - 8).step_by(211) {
            for size in sizes {
                let error = render(&bytes[..end], &[size], &Limits::default()).unwrap_err();
                assert!(matches!(error, ImageError::Corrupt { .. }), "{name} up to {end}: {error}");
            }
        }
    }
}

#[test]
fn only_the_end_marker_of_a_sequential_jpeg_may_be_missing() {
    let bytes = fixture("photo.jpg");
    assert!(render(&bytes[..bytes.len() - 2], &[80], &Limits::default()).is_ok());
    let bytes = fixture("odd_420_progressive.jpg");
    assert!(render(&bytes[..bytes.len() - 2], &[27], &Limits::default()).is_err());
}

#[test]
fn no_damage_makes_it_panic() {
    // `render` turns panics of other crates into errors; code of this one must not need that.
    static OURS: AtomicUsize = AtomicUsize::new(0);
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|location| location.file().contains("images/src")) {
            OURS.fetch_add(1, Ordering::Relaxed);
        }
        report(panic);
    }));
    let limits = Limits { max_pixels: 1 << 20, max_alloc: 64 << 20 };
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    for name in PICTURES {
        let sound = fixture(name);
        for _ in 0..60 {
            drop(render(&damaged(&sound, &mut dice), &[200, 30], &limits));
        }
    }
    assert_eq!(OURS.load(Ordering::Relaxed), 0);
}

fn damaged(sound: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..=dice.below(8) {
        // Every other hit is in the headers, where it does most.
        let end = if dice.below(2) == 0 { bytes.len() } else { bytes.len().min(700) };
        let at = dice.below(end);
        bytes[at] = u8::try_from(dice.below(256)).unwrap();
    }
    if dice.below(4) == 0 {
        bytes.truncate(dice.below(bytes.len()));
    }
    bytes
}

/// xorshift64*: the same damage in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % end.max(1)
    }
}
