/// Decoded pixels, four bytes each, rows from top to bottom without gaps.
#[derive(Clone)]
pub(crate) struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
    pub samples: Samples,
}

/// What the four bytes of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples {
    /// Red, green, blue; the fourth is 255.
    Opaque,
    /// Red, green, blue, alpha, not premultiplied.
    Alpha,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}
