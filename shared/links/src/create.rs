//! Creates share links.

use satchel_api::{Change, ShareOptions, ShareView};
use satchel_guard::Idempotency;
use satchel_model::clock::later;
use satchel_model::random::Random;
use satchel_model::{Bearer, Error, FileId, IdempotencyKey, Kind, Refusal, Share, ShareId};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{OwnShares, Target};

/// Creates share links.
#[derive(Clone)]
pub struct NewShares {
    own: OwnShares,
    idempotency: Idempotency,
    random: Random,
}

impl Wired for NewShares {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { own: wiring.get()?, idempotency: wiring.get()?, random: wiring.random() })
    }
}

impl NewShares {
    /// Authenticates the caller and loads the caller's file or image to which a link is to lead.
    ///
    /// # Errors
    /// Those of [`OwnShares::target`].
    pub async fn target(
        &self,
        kind: Kind,
        bearer: Bearer,
        id: Result<FileId, Refusal>,
    ) -> Result<Target, Error> {
        self.own.target(kind, bearer, id).await
    }

    /// Creates a link to `target`, whose URL is below `base_url`.
    ///
    /// Without an expiry in `options`, the link lives for a week, or as long as the tier allows if that is
    /// less. A repetition of an idempotent request returns the first link.
    ///
    /// # Errors
    /// [`Refusal::NotReady`]; [`Refusal::IdempotencyKeyReused`]; [`Refusal::TokenNotValid`] if the caller was
    /// signed out in the meantime.
    pub async fn create(
        &self,
        target: &Target,
        options: ShareOptions,
        request: Option<&IdempotencyKey>,
        base_url: &str,
    ) -> Result<ShareView, Error> {
        let Target { caller, upload, tier } = target;
        if !upload.is_ready() {
            return Err(Refusal::NotReady.into());
        }
        let idempotent = self.idempotency.of(request);
        let (password, secret) = tokio::join!(self.own.hashed(options.password), self.own.tokens.get());
        let (secret, now) = (secret?, self.own.clock.now());
        let lifetime = match options.expires_in {
            Change::Keep => i64::try_from(tier.default_link_seconds()).ok(),
            chosen => chosen.applied_to(None),
        };
        let share = Share {
            id: ShareId::new(self.random, now),
            owner: upload.owner,
            kind: upload.kind,
            file_id: upload.id,
            created_at: now,
            expires_at: lifetime.map(|seconds| later(now, seconds)),
            password_hash: password.applied_to(None),
            max_downloads: options.max_downloads.applied_to(None),
            downloads: 0,
            generation: Some(secret.current),
        };
        let token = secret.new_token(share.id);
        let made = self.own.shares.create(caller, share, &token, &idempotent).await?;
        self.own.view(&made, base_url).await
    }
}
