//! Opens share links. A visitor needs no account and no session, only the token.

use tracing::warn;

use satchel_files::{Tiers, tier_of};
use satchel_guard::{Attempts, Comparison, Hasher};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{Error, Refusal, Share, Upload, Viewer};
use satchel_objects::{Objects, SignedUrl};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::Shares;

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
    pub async fn find(&self, token: &Secret, viewer: Option<&Viewer>) -> Result<(Share, Upload), Error> {
        let now = self.clock.now();
        let Some(share) = self.shares.find(token, now).await? else {
            if let Some(viewer) = viewer {
                self.attempts.at_link(viewer, now).await??;
            }
            return Err(Refusal::NotFound.into());
        };
        let (target, tiers) = tokio::try_join!(self.shares.target(&share), self.tiers.all())?;
        let target = target.filter(|(_, tier)| tier_of(tiers, tier).expiring_links);
        target.map(|(upload, _)| (share, upload)).ok_or_else(|| Refusal::NotFound.into())
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
    /// [`Refusal::NotFound`] if the link has reached its maximum number of openings.
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

    /// The origin of the bucket, to which the password form of a link finally redirects; the page's content
    /// security policy must allow it.
    ///
    /// # Errors
    /// If the SDK cannot sign a URL.
    pub async fn store_origin(&self) -> Result<String, Error> {
        Ok(self.objects.originals_origin(self.clock.now()).await?)
    }
}
