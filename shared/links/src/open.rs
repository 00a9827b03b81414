//! Opens share links. A visitor needs no account and no session, only the token.

use tracing::warn;

use satchel_api::SharedFile;
use satchel_files::{Tiers, tier_of};
use satchel_guard::{Attempts, Comparison, Hasher};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{Error, Refusal, Rendition, Share, Tier, Upload, Viewer};
use satchel_objects::{Objects, SignedUrl};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::Shares;

/// The longest side of the thumbnail on a link's page, in pixels.
const PAGE_THUMBNAIL: u32 = 800;

/// A link that works, and what it opens.
pub struct OpenedShare {
    pub share: Share,
    pub upload: Upload,
    /// The username of the owner.
    owner: String,
    /// The tier of the owner.
    tier: Tier,
}

/// Opens share links.
#[derive(Clone)]
pub struct OpenShares {
    shares: Shares,
    tiers: Tiers,
    objects: Objects,
    attempts: Attempts,
    hasher: Hasher,
    clock: Clock,
}

impl Wired for OpenShares {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            shares: wiring.get()?,
            tiers: wiring.get()?,
            objects: wiring.get()?,
            attempts: wiring.get()?,
            hasher: Hasher,
            clock: wiring.clock(),
        })
    }
}

impl OpenShares {
    /// Finds the link of `token` and the file or image that it opens.
    ///
    /// An unknown token counts as a guess of `viewer`, if a viewer is given. A link is dead, and does not ask
    /// for a password, if its file or its owner no longer exists, or if the owner's account is closed or in a
    /// tier without links.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if the link is unknown or dead; [`Refusal::Throttled`] after too many unknown
    /// links.
    pub async fn find(&self, token: &Secret, viewer: Option<&Viewer>) -> Result<OpenedShare, Error> {
        let now = self.clock.now();
        let Some(share) = self.shares.find(token, now).await? else {
            if let Some(viewer) = viewer {
                self.attempts.at_link(viewer, now).await??;
            }
            return Err(Refusal::NotFound.into());
        };
        let (target, tiers) = tokio::try_join!(self.shares.target(&share), self.tiers.all())?;
        let (upload, owner) = target.ok_or(Refusal::NotFound)?;
        let tier = tier_of(tiers, &owner.tier);
        if !tier.expiring_links {
            return Err(Refusal::NotFound.into());
        }
        Ok(OpenedShare { share, upload, owner: owner.username, tier })
    }

    /// What the page of a link shows of its file, with a signed URL of a thumbnail if there is one; `None` if
    /// the link has a password, because the page then reveals nothing.
    ///
    /// A link with a limit shows no thumbnail, because the page is not counted.
    ///
    /// # Errors
    /// If the SDK cannot sign the URL.
    pub async fn shown(&self, opened: &OpenedShare) -> Result<Option<SharedFile>, Error> {
        let OpenedShare { share, upload, .. } = opened;
        if share.password_hash.is_some() {
            return Ok(None);
        }
        let thumbnail = match opened.thumbnail().filter(|_| share.max_downloads.is_none()) {
            Some(rendition) => {
                Some(self.objects.sign_shared_rendition(upload, rendition, self.clock.now()).await?.url)
            }
            None => None,
        };
        Ok(Some(SharedFile {
            filename: upload.filename.clone(),
            content_type: upload.content_type.clone(),
            size: upload.size,
            sharer: opened.sharer().to_owned(),
            thumbnail,
            openings_left: share.max_downloads.map(|max| max.saturating_sub(share.downloads)),
        }))
    }

    /// Checks the password of a link; throttled like a sign-in.
    ///
    /// The password is compared in NFC and as typed, because older links have a hash of the typed form.
    ///
    /// # Errors
    /// [`Refusal::WrongLinkPassword`]; [`Refusal::Throttled`] after too many wrong passwords.
    pub async fn prove(&self, share: &Share, password: &Secret, viewer: &Viewer) -> Result<(), Error> {
        let (subject, now) = (format!("link {}", share.id), self.clock.now());
        let attempt = self.attempts.at_password(&subject, viewer, false, now).await??;
        let hash = share.password_hash.as_deref();
        if self.hasher.compare(password, hash, false).await == Comparison::Different {
            return Err(Refusal::WrongLinkPassword.into());
        }
        if let Err(error) = self.attempts.give_back(attempt).await {
            warn!(cause = %error, "a correct password remains counted as an attempt");
        }
        Ok(())
    }

    /// Counts one opening of the link.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if the link was used up or revoked, or has expired, in the meantime.
    pub async fn count(&self, token: &Secret) -> Result<(), Error> {
        let is_counted = self.shares.count(token, self.clock.now()).await?;
        if is_counted { Ok(()) } else { Err(Refusal::NotFound.into()) }
    }

    /// Signs a URL for the GET of the file.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign(&self, upload: &Upload) -> Result<SignedUrl, Error> {
        Ok(self.objects.sign_shared(upload, self.clock.now()).await?)
    }

    /// Signs a URL for a HEAD of the file.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_head(&self, upload: &Upload) -> Result<SignedUrl, Error> {
        Ok(self.objects.sign_shared_head(upload, self.clock.now()).await?)
    }

    /// The origin of the bucket, to which the page's form redirects; the page's content security policy must
    /// allow it.
    ///
    /// # Errors
    /// If the SDK cannot sign a URL.
    pub async fn store_origin(&self) -> Result<String, Error> {
        Ok(self.objects.originals_origin(self.clock.now()).await?)
    }
}

impl OpenedShare {
    /// The name of the owner for strangers: an e-mail address in a username is not shown.
    fn sharer(&self) -> &str {
        self.owner.split('@').next().filter(|name| !name.is_empty()).unwrap_or("Somebody")
    }

    /// The largest thumbnail in the owner's tier that fits on the page.
    fn thumbnail(&self) -> Option<&Rendition> {
        let mut sizes = self.tier.thumbnail_sizes.iter().rev().filter(|size| **size <= PAGE_THUMBNAIL);
        sizes.find_map(|size| self.upload.rendition(*size))
    }
}
