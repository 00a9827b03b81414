//! Share links: made and revoked by the owner of a file or an image, opened by whoever has one.

mod open;
mod own;
mod page;

pub use open::OpenShares;
pub use own::OwnShares;
