use std::path::Path;

use image::{ImageFormat, Rgba, RgbaImage};
use satchel_images::{ImageError, Limits, Rendered, Rendition, render};

pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn try_render(name: &str, sizes: &[u32]) -> Result<Rendered, ImageError> {
    render(&fixture(name), sizes, &Limits::default())
}

pub fn rendered(name: &str, sizes: &[u32]) -> Rendered {
    try_render(name, sizes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The only rendition of the fixture, decoded by the `image` crate.
pub fn thumbnail(name: &str, size: u32) -> RgbaImage {
    pixels(&rendered(name, &[size]).renditions[0])
}

pub fn pixels(rendition: &Rendition) -> RgbaImage {
    let format = ImageFormat::from_mime_type(rendition.content_type).expect("a known type");
    let image =
        image::load_from_memory_with_format(&rendition.bytes, format).expect("a valid file").to_rgba8();
    assert_eq!(image.dimensions(), (rendition.width, rendition.height));
    image
}

/// Whether two colours differ no more than a JPEG of quality 80 may change them.
pub fn near(pixel: Rgba<u8>, expected: [u8; 3]) -> bool {
    pixel.0.iter().zip(expected).all(|(&a, b)| a.abs_diff(b) <= 24)
}

#[track_caller]
pub fn assert_near(pixel: Rgba<u8>, expected: [u8; 3]) {
    assert!(near(pixel, expected), "{pixel:?} is not near {expected:?}");
}

/// The peak signal-to-noise ratio of the colours of two pictures, in decibels. More similar pictures have a higher
/// ratio.
pub fn psnr(a: &RgbaImage, b: &RgbaImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let colours = |image: &RgbaImage| -> Vec<f64> {
        image.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).map(f64::from).collect()
    };
    let squares: Vec<f64> = colours(a).iter().zip(colours(b)).map(|(a, b)| (a - b).powi(2)).collect();
    let count = u32::try_from(squares.len()).map_or(f64::MAX, f64::from);
    10.0 * (255.0 * 255.0 / (squares.iter().sum::<f64>() / count)).log10()
}
