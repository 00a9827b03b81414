//! A JPEG decoder that decodes only what a thumbnail needs.
//!
//! For a thumbnail of 400 pixels, a 12-megapixel photograph is decoded at the scale 1/8, which uses one of 64
//! coefficients of each block. libjpeg and its forks decode all coefficients. This decoder skips several unused ones at
//! a time (`huffman`), does not read scans of a progressive file that have only unused ones, and transforms the used
//! ones directly to the scale (`idct`). At the scale 1/8, it needs about half of mozjpeg's time for a baseline file,
//! and a quarter for a progressive one. It is written in safe Rust, and needs no C compiler or assembler.
//!
//! It supports baseline, extended sequential and progressive DCT with Huffman coding and 8 bits (ITU-T T.81), which is
//! everything that cameras, browsers and editors write. Other files are reported as unsupported.

mod bits;
mod coefficients;
mod colour;
mod decoder;
mod frame;
mod huffman;
mod idct;
mod markers;
mod metadata;
mod plane;
mod progressive;
mod scan;
mod sequential;
mod standard;
mod tables;
mod work;

pub(crate) use decoder::decode;

use crate::{error::ImageError, sniff::Kind};

fn corrupt(what: impl ToString) -> ImageError {
    ImageError::corrupt(Kind::Jpeg, what)
}

fn unsupported(what: impl ToString) -> ImageError {
    ImageError::unsupported(Kind::Jpeg, what)
}
