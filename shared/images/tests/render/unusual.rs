//! Valid but unusual files. Unless a test says otherwise, the expected results are those of libvips 8.18 and Pillow 13.

use png::{BitDepth, ColorType};
use satchel_images::{ImageError, Limits, Rendered, render};

use crate::{
    generated::{gif, jpeg, png},
    helpers::{assert_near, fixture, pixels},
};

fn rendered(bytes: &[u8], size: u32) -> Rendered {
    render(bytes, &[size], &Limits::default()).unwrap()
}

fn assert_same(a: &[u8], b: &[u8]) {
    for size in [27, 64] {
        assert!(rendered(a, size).renditions[0].bytes == rendered(b, size).renditions[0].bytes, "{size}");
    }
}

#[test]
fn cmyk_is_inverted_with_and_without_an_adobe_segment() {
    let file = fixture("cmyk.jpg");
    let bare = jpeg::without(&file, 0xEE);
    assert!(bare.len() < file.len());
    assert_same(&file, &bare);
}

#[test]
fn a_jpeg_without_huffman_tables_uses_those_of_the_standard() {
    let file = fixture("odd_422_baseline.jpg");
    let bare = jpeg::without(&file, 0xC4);
    assert!(bare.len() < file.len() - 400);
    assert_same(&file, &bare);
}

#[test]
fn the_end_marker_may_be_missing() {
    for name in ["photo.jpg", "odd_420_progressive.jpg"] {
        let file = fixture(name);
        assert_same(&file, &file[..file.len() - 2]);
    }
}

#[test]
fn chroma_may_be_subsampled_by_three_in_either_direction() {
    for (factors, (width, height)) in [(0x13, (8, 24)), (0x31, (24, 8))] {
        // Three blocks of luma and one of blue difference have the value 128, and one block of red difference has 128 +
        // 512 / 8.
        let data = [0b0000_0000, 0b1010_0000, 0b0000_0111];
        let file = [
            jpeg::start(0xC0, width, height, &[factors, 0x11, 0x11]),
            jpeg::scan(&[1, 2, 3], [0, 63, 0], &data),
            jpeg::END.to_vec(),
        ]
        .concat();
        for size in [24, 12, 6, 3] {
            for pixel in pixels(&rendered(&file, size).renditions[0]).pixels() {
                // According to JFIF, the colour is 128 + 1.402 x 64, 128 - 0.714 x 64, 128.
                assert_near(*pixel, [218, 82, 128]);
            }
        }
    }
}

#[test]
fn a_gif_with_an_empty_canvas_has_the_size_of_its_frame() {
    for canvas in [(3000, 0), (60, 0), (0, 60), (0, 0)] {
        let file = gif(canvas, (3, 2), &[[0; 3], [200, 0, 0]], &[1; 6]);
        let rendered = rendered(&file, 200);
        assert_eq!((rendered.width, rendered.height), (3, 2), "{canvas:?}");
        assert_near(*pixels(&rendered.renditions[0]).get_pixel(2, 1), [200, 0, 0]);
    }
}

#[test]
fn a_gif_frame_that_is_larger_than_its_canvas_is_shown_completely() {
    let rendered = rendered(&gif((1, 1), (4, 2), &[[0, 90, 0]], &[0; 8]), 200);
    assert_eq!((rendered.width, rendered.height), (4, 2));
}

#[test]
fn a_gif_frame_without_pixels_is_corrupt() {
    for frame in [(0, 3), (3, 0), (0, 0)] {
        let error = render(&gif((3, 3), frame, &[[0; 3]], &[]), &[200], &Limits::default()).unwrap_err();
        assert!(matches!(error, ImageError::Corrupt { .. }), "{error}");
    }
}

#[test]
fn a_gif_without_a_colour_table_is_black_and_white() {
    let indices: Vec<u8> = [0, 1].repeat(8).into_iter().flat_map(|index| [index; 16]).collect();
    let image = pixels(&rendered(&gif((16, 16), (16, 16), &[], &indices), 200).renditions[0]);
    assert_near(*image.get_pixel(8, 0), [0, 0, 0]);
    assert_near(*image.get_pixel(8, 1), [255, 255, 255]);
}

#[test]
fn a_colour_index_beyond_the_table_of_a_gif_is_black() {
    let image = pixels(&rendered(&gif((16, 16), (16, 16), &[[200, 0, 0]; 2], &[9; 256]), 200).renditions[0]);
    assert_near(*image.get_pixel(8, 8), [0, 0, 0]);
}

#[test]
fn only_the_low_bits_of_a_transparent_grey_are_compared() {
    // The 1 bits in the last row are transparent (PNG, 11.3.1.1).
    for key in [[0, 1], [0, 0xFF], [0xFF, 0xFF]] {
        let rows = [0b0000_0000, 0b0000_0000, 0b1111_0000];
        let file = png((8, 3), (ColorType::Grayscale, BitDepth::One), &rows, &[(*b"tRNS", key.to_vec())]);
        let rendered = rendered(&file, 200);
        assert_eq!(rendered.renditions[0].content_type, "image/png");
        let alphas: Vec<u8> = pixels(&rendered.renditions[0]).pixels().map(|pixel| pixel[3]).collect();
        assert_eq!(alphas[..20], [[255; 8].as_slice(), &[255; 8], &[0; 4]].concat(), "{key:?}");
        assert_eq!(alphas[20..], [255; 4]);
    }
}

#[test]
fn greys_of_fewer_than_eight_bits_use_the_whole_range() {
    let evenly = [0, 85, 170, 255];
    for (depth, rows, greys) in [
        (BitDepth::One, [vec![0], vec![0xFF], vec![0], vec![0xFF]], [0, 255, 0, 255]),
        (BitDepth::Two, [0, 0x55, 0xAA, 0xFF].map(|byte| vec![byte; 2]), evenly),
        (BitDepth::Four, [0, 0x55, 0xAA, 0xFF].map(|byte| vec![byte; 4]), evenly),
    ] {
        // Eight rows of each grey.
        let file = png((8, 32), (ColorType::Grayscale, depth), &rows.map(|row| row.repeat(8)).concat(), &[]);
        let image = pixels(&rendered(&file, 200).renditions[0]);
        for (band, grey) in (0..).zip(greys) {
            assert_near(*image.get_pixel(4, band * 8 + 4), [grey; 3]);
        }
    }
}
