//! The domain types: accounts, files, images, tiers, share links, ids and refusals. Values are validated when
//! they are constructed.
//!
//! This crate contains no HTTP, no AWS types and no I/O except for the clock and random bytes. Start reading
//! at [`Upload`] for files and images, [`User`] for accounts, and [`Refusal`] for the reasons why callers are
//! refused.

pub mod clock;
mod email;
mod file_name;
mod folding;
mod id;
pub mod journal;
mod media_type;
mod name_prefix;
mod password;
pub mod random;
mod refusal;
mod resource;
pub mod secret;
mod share;
mod tier;
mod upload;
mod user;
mod username;
mod viewer;

pub use email::Email;
pub use file_name::{FileName, Title};
pub use id::{FileId, Id, MailId, ResourceId, SessionId, ShareId, UserId, VersionId};
pub use media_type::{MediaType, served_inline};
pub use name_prefix::NamePrefix;
pub use password::NewPassword;
pub use refusal::{Error, FieldErrors, Refusal, SizeLimit};
pub use resource::{Resource, ResourceChange, ResourceText};
pub use share::{NEVER, Share};
pub use tier::{
    DEFAULT_LINK_SECONDS, LINK_SECONDS, Tier, TierId, TierName, built_in as built_in_tiers,
    earlier_link_seconds,
};
pub use upload::{
    Kept, Kind, MAX_PARTS, Multipart, NewContent, OldVersion, Picture, Reason, Rendition, Replacement,
    Status, Upload, Visibility,
};
pub use user::{KnownAddress, Login, RefreshClaims, Replaced, Session, Succession, User};
pub use username::Username;
pub use viewer::{Bearer, Client, IdempotencyKey, Viewer};
