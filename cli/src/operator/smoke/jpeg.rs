//! The photo of the walk-through, and the size of a JPEG.

/// 640 x 480 pixels, taken with the camera held upright (orientation 6), by a camera of [`MAKER`].
pub const PHOTO: &[u8] = include_bytes!("photo.jpg");
/// What the metadata of the photo says about the camera.
pub const MAKER: &[u8] = b"SatchelSmoke";

/// Width and height of a JPEG, from its frame header.
pub fn size(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, tail @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let [_, h1, h2, w1, w2, ..] = tail else { return None };
            return Some((u16::from_be_bytes([*w1, *w2]), u16::from_be_bytes([*h1, *h2])));
        }
        rest = rest.get(2 + length..)?;
    }
}

/// Whether the bytes contain `part`.
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_photo_lies_on_its_side_and_names_its_camera() {
        assert_eq!(size(PHOTO), Some((640, 480)));
        assert!(contains(PHOTO, MAKER));
        assert_eq!(size(b"GIF89a"), None);
    }
}
