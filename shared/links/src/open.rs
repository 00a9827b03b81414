//! Opening a share link: no account, no session, only the token.

use crate::Shares;
use http::{Method, StatusCode};
use satchel_files::{Tiers, tier_of};
use satchel_guard::Attempts;
use satchel_guard::{Comparison, Hasher};
use satchel_http::{
    Accepts, ApiError, ApiResult, Fields, Request, html, html_redirecting_to, see_other_answer, url_answer,
};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{Share, Upload};
use satchel_objects::{Objects, SignedUrl};
use satchel_runtime::{StartError, Wired, Wiring};
use serde_json::json;
use tracing::warn;

use crate::page;

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
    /// Sends to the file; a link with a password or a limit is answered with a page whose form opens it, and nothing
    /// is counted. HEAD gets the answer of GET, and is not counted even as a guess.
    ///
    /// # Errors
    /// 404 if the link is unknown or dead (a page in a browser); 429 after too many unknown ones.
    pub async fn show(&self, request: &Request) -> ApiResult {
        dead_as_page(request, self.try_show(request).await)
    }

    async fn try_show(&self, request: &Request) -> ApiResult {
        let (_, share, upload) = self.find(request).await?;
        if share.asks_first() {
            return self.ask(&share, StatusCode::OK, None).await;
        }
        let url = self.sign(&upload, request.method()).await?;
        url_answer(request, &url.url, url.expires_at)
    }

    /// Counts an opening and sends to the file.
    ///
    /// # Errors
    /// As [`show`](Self::show); 401 for another password, 400 for none, 429 after too many.
    pub async fn open(&self, request: &Request) -> ApiResult {
        dead_as_page(request, self.try_open(request).await)
    }

    async fn try_open(&self, request: &Request) -> ApiResult {
        let (token, share, upload) = self.find(request).await?;
        if let Err(error) = self.prove(&share, request).await {
            return match (page::problem(&error), request.is_from_page()) {
                (Some((status, words)), true) => self.ask(&share, status, Some(&words)).await,
                _ => Err(error),
            };
        }
        let url = self.sign(&upload, request.method()).await?;
        if !self.shares.count(&token, self.clock.now()).await? {
            return Err(ApiError::NotFound);
        }
        see_other_answer(request, &url.url, url.expires_at)
    }

    /// The form that opens `share`; its answer leads to the store, which the page's policy must allow.
    async fn ask(&self, share: &Share, status: StatusCode, problem: Option<&str>) -> ApiResult {
        let store = self.objects.originals_origin(self.clock.now()).await?;
        html_redirecting_to(&store, status, &page::form(share.password_hash.is_some(), problem))
    }

    /// The link of the path's token, and what it opens; an unknown token counts as a guess. A link is dead, and never
    /// asks for a password, if its file or its owner is gone, or its owner's account is closed or in a tier without
    /// links.
    async fn find(&self, request: &Request) -> Result<(Secret, Share, Upload), ApiError> {
        let (token, now) = (Secret::new(request.path("token")?), self.clock.now());
        let Some(share) = self.shares.find(&token, now).await? else {
            if request.method() != Method::HEAD {
                self.attempts.at_link(request.viewer(), now).await??;
            }
            return Err(ApiError::NotFound);
        };
        let (target, tiers) = tokio::try_join!(self.shares.target(&share), self.tiers.all())?;
        let target = target.filter(|(_, tier)| tier_of(tiers, tier).expiring_links);
        target.map(|(upload, _)| (token, share, upload)).ok_or(ApiError::NotFound)
    }

    async fn sign(&self, upload: &Upload, method: &Method) -> Result<SignedUrl, ApiError> {
        let now = self.clock.now();
        Ok(match *method {
            Method::HEAD => self.objects.sign_shared_head(upload, now).await?,
            _ => self.objects.sign_shared(upload, now).await?,
        })
    }

    /// Compares the password, if the link has one, in NFC and as typed, because older links have a hash of the typed
    /// form. Throttled like a sign-in.
    async fn prove(&self, share: &Share, request: &Request) -> Result<(), ApiError> {
        let Some(hash) = &share.password_hash else { return Ok(()) };
        let input = request.input(Accepts::JsonOrForm).await?;
        let mut fields = Fields::of(&input);
        let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
        let password = fields.finish(password)?;
        let subject = format!("link {}", share.id);
        let (viewer, now) = (request.viewer(), self.clock.now());
        let attempt = self.attempts.at_password(&subject, viewer, false, now).await??;
        if self.hasher.compare(&password, Some(hash), false).await == Comparison::Different {
            let body = json!({ "detail": "Invalid password." });
            return Err(ApiError::Body(StatusCode::UNAUTHORIZED, body));
        }
        if let Err(error) = self.attempts.give_back(attempt).await {
            warn!(cause = %error, "a right password stays counted as an attempt");
        }
        Ok(())
    }
}

/// Shows a browser a page about a dead link.
fn dead_as_page(request: &Request, result: ApiResult) -> ApiResult {
    match result {
        Err(ApiError::NotFound) if request.is_from_page() => {
            Ok(html(StatusCode::NOT_FOUND, &page::dead_link()))
        }
        other => other,
    }
}
