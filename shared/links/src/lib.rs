//! Share links: created and revoked by the owner of a file or an image, opened by anybody who has one.
//!
//! Start reading at [`OpenShares`].

mod open;
mod own;
mod shares;

pub use open::OpenShares;
pub use own::OwnShares;
pub use shares::Shares;
