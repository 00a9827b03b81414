//! Revokes share links. This needs no secret: a link is found by its id.

use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_model::{Bearer, Error, FileId, Kind, Refusal, ShareId};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::Shares;

/// Revokes share links.
#[derive(Clone)]
pub struct RevokedShares {
    auth: Auth,
    uploads: Uploads,
    shares: Shares,
}

impl Wired for RevokedShares {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { auth: wiring.get()?, uploads: wiring.get()?, shares: wiring.get()? })
    }
}

impl RevokedShares {
    /// Revokes a link; it no longer opens anything from the next call on.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`]; [`Refusal::NotFound`] if the caller has no such file, or the file has no
    /// such link.
    pub async fn revoke(
        &self,
        kind: Kind,
        bearer: Bearer,
        id: Result<FileId, Refusal>,
        link: Result<ShareId, Refusal>,
    ) -> Result<(), Error> {
        let load = async |owner| self.uploads.find(owner, kind, id?).await;
        let (caller, upload) = self.auth.caller_and(bearer, load).await?;
        let is_revoked = self.shares.revoke(&caller, upload.id, link?).await?;
        if is_revoked { Ok(()) } else { Err(Refusal::NotFound.into()) }
    }
}
