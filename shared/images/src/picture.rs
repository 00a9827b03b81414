//! Decoded pictures.

/// Decoded pixels of four bytes each, in rows from top to bottom without gaps.
#[derive(Clone)]
pub(crate) struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
    pub samples: Samples,
}

/// The meaning of the four bytes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples {
    /// Red, green, blue, and 255.
    Opaque,
    /// Red, green, blue and alpha. Colours are not premultiplied.
    Alpha,
    /// Cyan, magenta, yellow and black. 255 is full ink.
    Cmyk,
}
