//! Images: what a file is by its bytes, and the smaller versions of a picture.
//!
//! [`sniff`] and [`true_type`] judge any upload; [`render`] makes thumbnails of JPEG, PNG, WebP and GIF. All
//! take untrusted bytes: limits are checked before anything is allocated, and no input panics.

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
