//! Operations of owners on share links; files and images have separate routes for them.

use satchel_api::{NewShare, ShareView};
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::{Auth, Caller, Hasher, Idempotency};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::{Bearer, Error, FileId, IdempotencyKey, Kind, Refusal, Share, ShareId, Upload};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::Shares;

/// Creates, lists and revokes share links.
#[derive(Clone)]
pub struct OwnShares {
    auth: Auth,
    uploads: Uploads,
    tiers: Tiers,
    shares: Shares,
    idempotency: Idempotency,
    hasher: Hasher,
    clock: Clock,
    random: Random,
}

impl Wired for OwnShares {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            auth: wiring.get()?,
            uploads: wiring.get()?,
            tiers: wiring.get()?,
            shares: wiring.get()?,
            idempotency: wiring.get()?,
            hasher: Hasher,
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl OwnShares {
    /// Authenticates the caller and loads the caller's file or image for which a link is to be created.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`]; [`Refusal::NotFound`] if the caller has no such file;
    /// [`Refusal::NoShareLinks`] if the caller's tier has no share links.
    pub async fn target(
        &self,
        kind: Kind,
        bearer: Bearer,
        id: Result<FileId, Refusal>,
    ) -> Result<(Caller, Upload), Error> {
        let load = async |owner| {
            let found = self.uploads.find(owner, kind, id?);
            let (upload, tiers) = tokio::join!(found, self.tiers.all());
            Ok::<_, Error>((upload?, tiers?))
        };
        let (caller, (upload, tiers)) = Box::pin(self.auth.caller_and(bearer, load)).await?;
        if !tier_of(tiers, &caller.user.tier).expiring_links {
            return Err(Refusal::NoShareLinks.into());
        }
        Ok((caller, upload))
    }

    /// Creates a link to `upload`.
    ///
    /// Only the view that this returns, for the first request and for repetitions, contains the link's URL,
    /// which is below `base_url`.
    ///
    /// # Errors
    /// [`Refusal::NotReady`]; [`Refusal::IdempotencyKeyReused`]; [`Refusal::TokenNotValid`] if the caller was
    /// signed out in the meantime.
    pub async fn create(
        &self,
        caller: &Caller,
        upload: &Upload,
        new: NewShare,
        request: Option<&IdempotencyKey>,
        base_url: &str,
    ) -> Result<ShareView, Error> {
        if !upload.is_ready() {
            return Err(Refusal::NotReady.into());
        }
        let mut idempotent = self.idempotency.of(request);
        let password_hash = match &new.password {
            Some(password) => Some(self.hasher.hash(&password.nfc()).await),
            None => None,
        };
        let now = self.clock.now();
        let share = Share {
            id: ShareId::new(self.random, now),
            owner: upload.owner,
            kind: upload.kind,
            file_id: upload.id,
            created_at: now,
            expires_at: later(now, new.expires_in),
            password_hash,
            max_downloads: new.max_downloads,
            downloads: 0,
        };
        let token = idempotent.token(self.random);
        let (share, token) = self.shares.create(caller, share, token, &idempotent).await?;
        Ok(ShareView::of(&share, Some(format!("{base_url}/s/{}", token.expose()))))
    }

    /// Lists a page of the unexpired links of the caller's file or image, and returns the id after which the
    /// next page begins.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`]; [`Refusal::NotFound`] if the caller has no such file; the refusal in
    /// `page`.
    pub async fn list(
        &self,
        kind: Kind,
        bearer: Bearer,
        id: Result<FileId, Refusal>,
        page: Result<(usize, Option<ShareId>), Refusal>,
    ) -> Result<(Vec<ShareView>, Option<ShareId>), Error> {
        let load = async |owner| {
            let (file, (limit, after)) = (id?, page?);
            let links = self.shares.list(owner, file, limit, after, self.clock.now());
            let (upload, links) = tokio::join!(self.uploads.find(owner, kind, file), links);
            upload?;
            Ok::<_, Error>(links?)
        };
        let (_, (shares, last)) = Box::pin(self.auth.caller_and(bearer, load)).await?;
        Ok((shares.iter().map(|share| ShareView::of(share, None)).collect(), last))
    }

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
