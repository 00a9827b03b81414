//! Share links for the owners of files and images, which have separate routes for them.

use satchel_api::{Change, ShareOptions, ShareView};
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::{Auth, Caller, Hasher};
use satchel_model::clock::{Clock, later};
use satchel_model::secret::Secret;
use satchel_model::{Bearer, Error, FileId, Kind, Refusal, Share, ShareId, Tier, Upload};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::shares::{ATTEMPTS, Named};
use crate::{LinkTokens, Shares, StoredShare};

/// Shows, lists and changes share links.
#[derive(Clone)]
pub struct OwnShares {
    auth: Auth,
    uploads: Uploads,
    tiers: Tiers,
    pub(crate) shares: Shares,
    pub(crate) tokens: LinkTokens,
    hasher: Hasher,
    pub(crate) clock: Clock,
}

/// A caller, and the caller's file or image to which a link leads.
pub struct Target {
    pub caller: Caller,
    pub upload: Upload,
    /// The caller's tier, which limits the options of links.
    pub tier: Tier,
}

impl Wired for OwnShares {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            auth: wiring.get()?,
            uploads: wiring.get()?,
            tiers: wiring.get()?,
            shares: wiring.get()?,
            tokens: wiring.get()?,
            hasher: Hasher,
            clock: wiring.clock(),
        })
    }
}

impl OwnShares {
    /// Authenticates the caller and loads the caller's file or image for which a link is to be created or
    /// changed.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`]; [`Refusal::NotFound`] if the caller has no such file;
    /// [`Refusal::NoShareLinks`] if the caller's tier has no share links.
    pub async fn target(
        &self,
        kind: Kind,
        bearer: Bearer,
        id: Result<FileId, Refusal>,
    ) -> Result<Target, Error> {
        let load = async |owner| {
            let found = self.uploads.find(owner, kind, id?);
            let (upload, tiers) = tokio::join!(found, self.tiers.all());
            Ok::<_, Error>((upload?, tiers?))
        };
        let (caller, (upload, tiers)) = Box::pin(self.auth.caller_and(bearer, load)).await?;
        let tier = tier_of(tiers, &caller.user.tier);
        if tier.expiring_links {
            Ok(Target { caller, upload, tier })
        } else {
            Err(Refusal::NoShareLinks.into())
        }
    }

    /// Shows an unexpired link of the caller's file or image; its URL is below `base_url`.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`]; [`Refusal::NotFound`] if the caller has no such file, or the file has no
    /// such link.
    pub async fn find(
        &self,
        kind: Kind,
        bearer: Bearer,
        id: Result<FileId, Refusal>,
        link: Result<ShareId, Refusal>,
        base_url: &str,
    ) -> Result<ShareView, Error> {
        let load = async |owner| {
            let (file, link) = (id?, link?);
            let found = self.shares.find_own(owner, file, link, self.clock.now());
            let upload = self.uploads.find(owner, kind, file);
            let (upload, found) = tokio::join!(upload, found);
            upload?;
            Ok::<_, Error>(found?.ok_or(Refusal::NotFound)?)
        };
        let (_, stored) = Box::pin(self.auth.caller_and(bearer, load)).await?;
        self.view(&stored, base_url).await
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
        base_url: &str,
    ) -> Result<(Vec<ShareView>, Option<ShareId>), Error> {
        let load = async |owner| {
            let (file, (limit, after)) = (id?, page?);
            let links = self.shares.list(owner, file, limit, after, self.clock.now());
            let upload = self.uploads.find(owner, kind, file);
            let (upload, links) = tokio::join!(upload, links);
            upload?;
            Ok::<_, Error>(links?)
        };
        let (_, (shares, last)) = Box::pin(self.auth.caller_and(bearer, load)).await?;
        let secret = self.tokens.of(&shares).await?;
        let view = |stored: &StoredShare| ShareView::of(&stored.share, secret.url(stored, base_url));
        Ok((shares.iter().map(view).collect(), last))
    }

    /// Changes a link to `target`; its URL stays the same.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if there is no such link, or it has expired; [`Refusal::TokenNotValid`] if the
    /// caller was signed out in the meantime.
    pub async fn change(
        &self,
        target: &Target,
        link: ShareId,
        options: ShareOptions,
        base_url: &str,
    ) -> Result<ShareView, Error> {
        let (owner, now) = (target.upload.owner, self.clock.now());
        let named = Named {
            expiry: options.expires_in.is_named(),
            password: options.password.is_named(),
            limit: options.max_downloads.is_named(),
        };
        let password = self.hashed(options.password).await;
        for _ in 0..ATTEMPTS {
            let found = self.shares.find_own(owner, target.upload.id, link, now).await?;
            let StoredShare { share, hash } = found.ok_or(Refusal::NotFound)?;
            let expires_in = options.expires_in.clone();
            let share = Share {
                expires_at: expires_in.map(|seconds| later(now, seconds)).applied_to(share.expires_at),
                password_hash: password.clone().applied_to(share.password_hash.clone()),
                max_downloads: options.max_downloads.clone().applied_to(share.max_downloads),
                ..share
            };
            let changed = StoredShare { share, hash };
            let is_named = named.expiry || named.password || named.limit;
            if !is_named || self.shares.change(&target.caller, &changed, named).await? {
                return self.view(&changed, base_url).await;
            }
            // The link was revoked, or a rotation has given it another token.
        }
        Err(Refusal::NotFound.into())
    }

    /// The view of a link, whose URL is below `base_url`.
    pub(crate) async fn view(&self, stored: &StoredShare, base_url: &str) -> Result<ShareView, Error> {
        let secret = self.tokens.of(std::slice::from_ref(stored)).await?;
        Ok(ShareView::of(&stored.share, secret.url(stored, base_url)))
    }

    /// Hashes the password of a link.
    pub(crate) async fn hashed(&self, password: Change<Secret>) -> Change<String> {
        match password {
            Change::Keep => Change::Keep,
            Change::Clear => Change::Clear,
            Change::Set(password) => Change::Set(self.hasher.hash(&password.nfc()).await),
        }
    }
}
