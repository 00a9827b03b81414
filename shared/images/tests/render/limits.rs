use std::time::{Duration, Instant};

use satchel_images::{ImageError, Limits, render};

use crate::helpers::{fixture, try_render};

#[test]
fn a_bomb_is_refused_by_its_header() {
    let bombs = [
        ("bomb.png", 50_000, 50_000),
        ("bomb_canvas.gif", 65_535, 65_535),
        ("bomb.webp", 16_383, 16_383),
        ("bomb.jpg", 65_535, 65_535),
    ];
    for (name, width, height) in bombs {
        let start = Instant::now();
        let limit = Limits::default().max_pixels;
        assert_eq!(
            try_render(name, &[200]).unwrap_err(),
            ImageError::TooManyPixels { width, height, limit },
            "{name}"
        );
        assert!(start.elapsed() < Duration::from_millis(100), "{name}");
    }
}

#[test]
fn a_gif_frame_larger_than_its_canvas_is_refused() {
    let error = try_render("bomb_frame.gif", &[200]).unwrap_err();
    assert!(matches!(error, ImageError::Corrupt { .. } | ImageError::TooManyPixels { .. }), "{error}");
}

#[test]
fn the_limits_are_the_caller_s() {
    for name in ["photo.jpg", "odd_420_progressive.jpg", "interlaced.png", "transparent.webp", "animated.gif"]
    {
        let bytes = fixture(name);
        let few_pixels = Limits { max_pixels: 3_000, ..Limits::default() };
        let error = render(&bytes, &[40], &few_pixels).unwrap_err();
        assert!(matches!(error, ImageError::TooManyPixels { limit: 3_000, .. }), "{name}: {error}");
        let little_memory = Limits { max_alloc: 5_000, ..Limits::default() };
        let error = render(&bytes, &[100], &little_memory).unwrap_err();
        assert!(matches!(error, ImageError::TooMuchMemory { limit: 5_000, .. }), "{name}: {error}");
    }
}
