//! The life cycle of a file or an image: announced, uploaded, settled, replaced, deleted, swept and audited.
//!
//! A record exists before any byte is stored, and outlives the last one. Start reading at [`pending_upload`] and
//! [`Uploads`].

mod announce;
mod audit;
mod form;
mod inspect;
mod lifetimes;
mod parts;
mod settle;
pub mod thumbnails;
mod tiers;
mod uploads;

pub use announce::{MAX_OBJECT_BYTES, MAX_PUT_BYTES, in_parts, pending_upload};
pub use audit::{Audit, Holding, Mark};
pub use form::FormFiles;
pub use lifetimes::{DefaultVisibility, UploadLifetimes};
pub use parts::awaited_parts;
pub use settle::{Failure, Outcome, Settling};
pub use tiers::{Tiers, leaves, moves, of as tier_of, sizes_of};
pub use uploads::Uploads;
