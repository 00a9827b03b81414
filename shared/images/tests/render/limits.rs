use std::time::{Duration, Instant};

use png::{BitDepth, ColorType};
use satchel_images::{ImageError, Limits, render};

use crate::{
    generated::{jpeg, png},
    helpers::{assert_near, fixture, pixels, try_render},
};

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
fn the_caller_can_set_the_limits() {
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

#[test]
fn a_side_of_more_than_a_million_pixels_is_refused() {
    let header = png((1, 1), (ColorType::Grayscale, BitDepth::One), &[0], &[]);
    for (width, height) in [(1_u32, 60_000_000_u32), (1, 1_000_001), (1_000_001, 1)] {
        let mut long = header.clone();
        long[16..24].copy_from_slice(&[width.to_be_bytes(), height.to_be_bytes()].concat());
        let error = render(&long, &[200], &Limits::default()).unwrap_err();
        assert_eq!(error, ImageError::TooLong { width, height, limit: 1_000_000 });
    }
}

#[test]
fn a_file_under_a_megabyte_may_use_at_most_384_mebibytes() {
    const LIMIT: u64 = 384 << 20;
    // 16-bit RGBA with 64 megapixels. All inflated bytes count, although only some rows are in memory at a time.
    let mut small = png((1, 1), (ColorType::Rgba, BitDepth::Sixteen), &[0; 8], &[]);
    small[16..24].copy_from_slice(&[8192_u32.to_be_bytes(), 8192_u32.to_be_bytes()].concat());
    let error = render(&small, &[200], &Limits::default()).unwrap_err();
    assert_eq!(error, ImageError::TooMuchMemory { needed: 512 << 20, limit: LIMIT });
    // A larger file has the default limit. This one fails only because it is incomplete.
    let large = [small, vec![0; 1_000_000]].concat();
    let error = render(&large, &[200], &Limits::default()).unwrap_err();
    assert!(matches!(error, ImageError::Corrupt { .. }), "{error}");

    // The header of a lossless WebP of 8192 x 8192 with alpha (RFC 9649, 3.4), without its data.
    let mut header = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f".to_vec();
    header.extend((8191_u32 | 8191 << 14 | 1 << 28).to_le_bytes());
    header.resize(header.len() + 8, 0);
    let error = render(&header, &[200], &Limits::default()).unwrap_err();
    assert!(matches!(error, ImageError::TooMuchMemory { limit: LIMIT, .. }), "{error}");
}

/// The profile of `swapped_profile.png`, which exchanges red and green, followed by zeros.
fn long_profile(length: usize) -> Vec<u8> {
    let decoder = png::Decoder::new(std::io::Cursor::new(fixture("swapped_profile.png")));
    let mut profile = decoder.read_info().unwrap().info().icc_profile.clone().unwrap().into_owned();
    profile.resize(length, 0);
    // The first four bytes are the length (ICC.1, 7.2.2).
    profile[..4].copy_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
    profile
}

#[test]
fn a_profile_over_four_mebibytes_is_ignored() {
    for (length, seen) in [(4 << 20, [0, 255, 0]), ((4 << 20) + 1, [255, 0, 0])] {
        let profile = long_profile(length);
        let chunk = [b"p\0\0", fdeflate::compress_to_vec(&profile).as_slice()].concat();
        let picture = [255, 0, 0].repeat(64);
        let file = png((8, 8), (ColorType::Rgb, BitDepth::Eight), &picture, &[(*b"iCCP", chunk)]);
        let rendered = render(&file, &[8], &Limits::default()).unwrap();
        assert_near(*pixels(&rendered.renditions[0]).get_pixel(4, 4), seen);

        let parts = profile.chunks(65_000).zip(1..);
        let segments: Vec<u8> = parts
            .flat_map(|(part, number)| {
                jpeg::segment(0xE2, &[b"ICC_PROFILE\0", &[number, 65][..], part].concat())
            })
            .collect();
        let bare = jpeg::without(&fixture("swapped_profile.jpg"), 0xE2);
        let file = jpeg::before_scan(&bare, &segments);
        let rendered = render(&file, &[8], &Limits::default()).unwrap();
        assert_near(*pixels(&rendered.renditions[0]).get_pixel(4, 4), seen);
    }
}

/// Renders a grey progressive picture of 64 blocks, which has a first scan, followed by `scans`.
fn progressive(scans: &[u8]) -> Result<(), ImageError> {
    let first = jpeg::scan(&[1], [0, 0, 0], &[0; 8]);
    let file = [&jpeg::start(0xC2, 64, 64, &[0x11]), &first, scans, &jpeg::END].concat();
    for size in [8, 64] {
        render(&file, &[size], &Limits::default())?;
    }
    Ok(())
}

#[test]
fn scans_that_are_repeated_or_out_of_order_are_refused() {
    let begun = jpeg::scan(&[1], [1, 63, 0x01], &[0; 8]);
    let refined = jpeg::scan(&[1], [1, 63, 0x10], &[0; 8]);
    let in_order = [begun.clone(), refined.clone()].concat();
    assert_eq!(progressive(&in_order), Ok(()));
    // Up to 100 such coefficients are allowed, as in libvips.
    assert_eq!(progressive(&[in_order.clone(), refined.clone()].concat()), Ok(()));
    let error = progressive(&[in_order, refined.repeat(2)].concat()).unwrap_err();
    assert!(error.to_string().contains("out of order"), "{error}");
    let error = progressive(&jpeg::scan(&[1], [1, 63, 0x32], &[0; 8]).repeat(2)).unwrap_err();
    assert!(error.to_string().contains("out of order"), "{error}");
}

#[test]
fn many_scans_are_allowed_if_they_are_in_order_but_not_thousands() {
    let of_each = |low: u8, before: u8| -> Vec<u8> {
        (1..64).flat_map(|at| jpeg::scan(&[1], [at, at, before << 4 | low], &[0; 8])).collect()
    };
    assert_eq!(progressive(&[of_each(2, 0), of_each(1, 2), of_each(0, 1)].concat()), Ok(()));
    // Repeating this scan is allowed, because it only begins coefficients again that are complete.
    let error = progressive(&jpeg::scan(&[1], [1, 63, 0], &[0; 8]).repeat(6_000)).unwrap_err();
    assert!(error.to_string().contains("too many scans"), "{error}");
}
