//! Share links: the owner of a file or an image creates and revokes them, and anyone who has a link can open
//! it.
//!
//! Links in mails are not share links; they are in `accounts`. Start reading at [`OwnShares`] for owners, at
//! [`OpenShares`] for visitors.

mod open;
mod own;
mod shares;

pub use open::OpenShares;
pub use own::OwnShares;
pub use shares::Shares;
