//! The things Satchel is about, as types that are valid by construction.

pub mod clock;
mod email;
mod file_name;
mod folding;
mod id;
mod media_type;
mod password;
pub mod random;
mod resource;
pub mod secret;
mod share;
mod tier;
mod upload;
mod user;
mod username;

pub use email::Email;
pub use file_name::{FileName, Title};
pub use id::{FileId, Id, MailId, ResourceId, SessionId, ShareId, UserId, VersionId};
pub use media_type::{MediaType, served_inline};
pub use password::NewPassword;
pub use resource::{Resource, ResourceChange, ResourceText};
pub use share::{Share, ShareView};
pub use tier::{Tier, TierId, TierName, built_in as built_in_tiers};
pub use upload::{
    Kind, MAX_PARTS, Multipart, NewContent, OldVersion, Picture, Reason, Rendition, Replacement, Status,
    Upload, Visibility,
};
pub use user::{AccountView, KnownAddress, Login, RefreshClaims, Replaced, Session, Succession, User};
pub use username::Username;
