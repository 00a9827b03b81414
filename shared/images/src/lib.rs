//! Images: the types of files according to their bytes, and thumbnails.
//!
//! [`sniff`] and [`true_type`] determine the type of any upload. [`render`] makes thumbnails of JPEG, PNG, WebP and
//! GIF. All accept untrusted bytes: limits are checked before memory is allocated, and no input causes a panic.

mod colour;
mod decode;
mod encode;
mod error;
mod jpeg;
mod limits;
mod picture;
mod render;
mod resize;
mod sniff;
mod true_type;

pub use error::ImageError;
pub use limits::Limits;
pub use render::{Rendered, Rendition, render};
pub use sniff::{Kind, SNIFFED_BYTES, sniff};
pub use true_type::true_type;
