//! Share links: the owner of a file or an image creates, changes and revokes them, and anyone who has a link
//! can open it.
//!
//! Links in mails are not share links; they are in `accounts`. Start reading at [`OwnShares`] for owners, at
//! [`OpenShares`] for visitors, at [`LinkTokens`] for what a link's URL consists of.

mod create;
mod open;
mod own;
mod revoke;
mod rotation;
mod shares;
mod tokens;

pub use create::NewShares;
pub use open::{OpenShares, OpenedShare};
pub use own::{OwnShares, Target};
pub use revoke::RevokedShares;
pub use rotation::{LinkRotation, Renewal, Rotated, RotationError};
pub use shares::{Shares, StoredShare};
pub use tokens::{LinkSecret, LinkTokens};
