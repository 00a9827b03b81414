//! What owners do with share links; files and images have routes of their own for it.

use crate::Shares;
use http::StatusCode;
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::Hasher;
use satchel_guard::{Auth, Idempotency};
use satchel_http::{
    Accepts, ApiError, ApiResult, Fields, Input, Listing, PageQuery, Request, created, no_content, no_store,
    ok,
};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::secret::Secret;
use satchel_model::{Kind, Share, ShareId, ShareView};
use satchel_runtime::{StartError, Wired, Wiring};

const LIVES: std::ops::RangeInclusive<i64> = 300..=30_000;
const MAX_PASSWORD_CHARS: usize = 128;

/// Makes, lists and revokes share links.
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

/// What a new link is to be like.
struct Wish {
    /// Seconds.
    expires_in: i64,
    password: Option<Secret>,
    max_downloads: Option<u32>,
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
    /// Makes a link to a file or an image of the caller's; only this answer, and that of a repetition, ever shows where
    /// it opens.
    ///
    /// # Errors
    /// 401; 404 if the caller has no such file; 403 if the tier has no links; 400 for what is wrong with the fields;
    /// 409 if the file is not ready; 422 if the Idempotency-Key was used with another request.
    pub async fn create(&self, kind: Kind, request: &Request) -> ApiResult {
        let load = async |owner| {
            let found = self.uploads.find(owner, kind, request.path("id")?);
            let (upload, tiers) = tokio::join!(found, self.tiers.all());
            Ok::<_, ApiError>((upload?, tiers?))
        };
        let (caller, (upload, tiers)) = Box::pin(self.auth.caller_and(request, load)).await?;
        if !tier_of(tiers, &caller.user.tier).expiring_links {
            let words = "Your account tier does not include share links.";
            return Err(ApiError::Detail(StatusCode::FORBIDDEN, words));
        }
        let input = request.input(Accepts::Json).await?;
        let mut once = self.idempotency.of(request, &input)?;
        let wish = Wish::read(&input)?;
        if !upload.is_ready() {
            return Err(ApiError::Detail(StatusCode::CONFLICT, "The file is not ready."));
        }
        let password_hash = match &wish.password {
            Some(password) => Some(self.hasher.hash(&password.nfc()).await),
            None => None,
        };
        let now = self.clock.now();
        let share = Share {
            id: ShareId::new(self.random, now),
            owner: upload.owner,
            kind,
            file_id: upload.id,
            created_at: now,
            expires_at: later(now, wish.expires_in),
            password_hash,
            max_downloads: wish.max_downloads,
            downloads: 0,
        };
        let token = once.token(self.random);
        let (share, token) = self.shares.create(&caller, share, token, &once).await?;
        let url = format!("{}/s/{}", request.viewer().base_url, token.expose());
        created(&ShareView::of(&share, Some(url))).map(no_store)
    }

    /// Lists the links of a file or an image of the caller's that are not over.
    ///
    /// # Errors
    /// 401; 404 if the caller has no such file; 400 for what is wrong with `limit` or `cursor`.
    pub async fn list(&self, kind: Kind, request: &Request) -> ApiResult {
        let load = async |owner| {
            let (file, page) = (request.path("id")?, PageQuery::read(request)?);
            let links = self.shares.list(owner, file, page.limit, page.after, self.clock.now());
            let (upload, links) = tokio::join!(self.uploads.find(owner, kind, file), links);
            upload?;
            Ok::<_, ApiError>((page, links?))
        };
        let (_, (page, (shares, last))) = Box::pin(self.auth.caller_and(request, load)).await?;
        let results = shares.iter().map(|share| ShareView::of(share, None)).collect();
        ok(&Listing { next: last.map(|last| page.next(request, &[], &last)), results })
    }

    /// Revokes a link: it is dead from the next call on.
    ///
    /// # Errors
    /// 401; 404 if the caller has no such file, or the file no such link.
    pub async fn revoke(&self, kind: Kind, request: &Request) -> ApiResult {
        let load = async |owner| self.uploads.find(owner, kind, request.path("id")?).await;
        let (caller, upload) = self.auth.caller_and(request, load).await?;
        let revoked = self.shares.revoke(&caller, upload.id, request.path("link_id")?).await?;
        if revoked { no_content() } else { Err(ApiError::NotFound) }
    }
}

impl Wish {
    fn read(input: &Input) -> Result<Self, ApiError> {
        let mut fields = Fields::of(input);
        let expires_in = fields.integer("expires_in");
        if let Some(seconds) = expires_in.filter(|seconds| !LIVES.contains(seconds)) {
            let (least, most) = (LIVES.start(), LIVES.end());
            let (way, bound) = if seconds < *least { ("greater", least) } else { ("less", most) };
            fields.refuse("expires_in", &format!("Ensure this value is {way} than or equal to {bound}."));
        }
        let password = if input.has("password") {
            fields.untrimmed_or_null("password", |text| match text.chars().count() {
                _ if text.trim().is_empty() => Err(vec!["This field may not be blank.".to_owned()]),
                ..=MAX_PASSWORD_CHARS => Ok(Secret::new(text.to_owned())),
                _ => {
                    Err(vec![format!("Ensure this field has no more than {MAX_PASSWORD_CHARS} characters.")])
                }
            })
        } else {
            None
        };
        let max_downloads = fields.optional_integer("max_downloads");
        let in_range =
            max_downloads.and_then(|number| u32::try_from(number).ok().filter(|number| *number > 0));
        if max_downloads.is_some() && in_range.is_none() {
            fields.refuse("max_downloads", &format!("Ensure this value is between 1 and {}.", u32::MAX));
        }
        let expires_in = fields.finish(expires_in)?;
        Ok(Self { expires_in, password, max_downloads: in_range })
    }
}
