//! The life cycle of a file or an image: announced, uploaded, settled, replaced, deleted, swept and audited.
//! Also the account tiers, which limit files.
//!
//! A record exists before any byte is stored, and remains until the last one is deleted. The modules follow
//! the life cycle: `announce`, `upload`, `parts`, `settle`, `replace`, `delete`, `sweep` and `audit`;
//! `records` contains what they share, and `kept` counts what S3 keeps after a deletion.
//!
//! What the sweep decides is in the function `sweep-leftovers`; `sweep` here changes the records. S3 is in `objects`,
//! the decoding of images in `images`. Start reading at [`pending_upload`] and [`Uploads`].

mod announce;
mod audit;
mod delete;
mod kept;
mod lifetimes;
mod parts;
mod records;
mod replace;
mod settle;
mod sweep;
pub mod thumbnails;
mod tiers;
mod upload;

pub use announce::{MAX_OBJECT_BYTES, MAX_PUT_BYTES, in_parts, pending_upload};
pub use audit::{Audit, Holding, Mark, Scanned};
pub use kept::{Disposal, KeptDays, KeptRecord};
pub use lifetimes::{DefaultVisibility, UploadLifetimes};
pub use parts::awaited_parts;
pub use records::Uploads;
pub use settle::{Failure, Outcome, Settling};
pub use thumbnails::MAX_IMAGE_BYTES;
pub use tiers::{Tiers, leaves, moves, of as tier_of, sizes_of};
pub use upload::{FormUploads, check_image_size};
