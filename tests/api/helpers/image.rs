//! Pictures and other files to upload. The script `make.py` in their folder makes them.

use std::path::Path;

use image::RgbaImage;

/// The bytes of a file that `shared/images/tests/fixtures/make.py` made.
pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/images/tests/fixtures");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Decodes a picture with the crate `image`, which is independent of Satchel's decoders.
pub fn decode_image(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes).expect("a picture").to_rgba8()
}

/// The names of the colours in the four corners, clockwise from the top left.
pub fn corner_colours(picture: &RgbaImage) -> [&'static str; 4] {
    let (width, height) = picture.dimensions();
    let inset = width.min(height) / 8;
    let (far_x, far_y) = (width - 1 - inset, height - 1 - inset);
    [(inset, inset), (far_x, inset), (far_x, far_y), (inset, far_y)]
        .map(|(x, y)| colour_name(picture.get_pixel(x, y).0))
}

/// The name of a colour in the test pictures, or `other`.
pub fn colour_name([red, green, blue, alpha]: [u8; 4]) -> &'static str {
    // The colours of the scene in make.py, and the pure colours.
    const COLOURS: [(&str, [u8; 3]); 6] = [
        ("red", [220, 30, 30]),
        ("red", [255, 0, 0]),
        ("green", [30, 180, 50]),
        ("blue", [40, 60, 210]),
        ("blue", [0, 0, 255]),
        ("yellow", [230, 210, 40]),
    ];
    let near = |colour: [u8; 3]| {
        colour.iter().zip([red, green, blue]).all(|(wanted, found)| wanted.abs_diff(found) <= 25)
    };
    match alpha {
        0..8 => "nothing",
        248.. => COLOURS.iter().find(|(_, colour)| near(*colour)).map_or("other", |(name, _)| name),
        _ => "other",
    }
}
