//! A JPEG decoder that makes only as much of a picture as a thumbnail needs.
//!
//! A 12-megapixel photograph that becomes 400 pixels wide is decoded to an eighth, for which one coefficient
//! of 64 is wanted. libjpeg and its kin still decode every one of them; here those that nobody wants are
//! passed over several at a time (`huffman`), scans of a progressive file that hold no others are not read at
//! all, and what is wanted is transformed straight to its scale (`idct`). A baseline file takes about half the
//! time that mozjpeg takes to an eighth, a progressive one a quarter; no C compiler or assembler is needed, and
//! memory safety is the compiler's.
//!
//! It reads what ITU-T T.81 calls baseline, extended sequential and progressive DCT with Huffman coding and 8
//! bits: everything that cameras, browsers and editors make. The rest is reported as unsupported.

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
