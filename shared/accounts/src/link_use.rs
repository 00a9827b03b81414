//! Uses mail links, with a limit on guesses.

use jiff::Timestamp;
use tracing::warn;

use satchel_guard::Attempts;
use satchel_model::secret::Secret;
use satchel_model::{Error, Viewer};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{FoundLink, LinkOutcome, MailLink, MailLinks};

/// Uses mail links for anyone who has their tokens.
#[derive(Clone)]
pub struct LinkUse {
    links: MailLinks,
    attempts: Attempts,
}

impl Wired for LinkUse {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { links: wiring.get()?, attempts: wiring.get()? })
    }
}

impl LinkUse {
    /// Calls `spend` with the link of `token`; if that link has just been used, returns
    /// [`LinkOutcome::DoneBefore`] instead.
    ///
    /// A token without a link counts as a guess of this client.
    ///
    /// # Errors
    /// [`Refusal::Throttled`](satchel_model::Refusal::Throttled) after too many guesses; otherwise the error
    /// of `spend`.
    pub async fn by(
        &self,
        token: &Secret,
        viewer: &Viewer,
        now: Timestamp,
        spend: impl AsyncFnOnce(&MailLinks, &MailLink) -> Result<LinkOutcome, Error>,
    ) -> Result<LinkOutcome, Error> {
        let (link, counted) = tokio::join!(self.links.find(token, now), self.attempts.at_link(viewer, now));
        let attempt = counted??;
        let Some(link) = link? else { return Ok(LinkOutcome::Refused) };
        let used = async {
            match &link {
                FoundLink::Good(link) => spend(&self.links, link).await,
                FoundLink::JustUsed => Ok(LinkOutcome::DoneBefore),
            }
        };
        let (outcome, given_back) = tokio::join!(used, self.attempts.give_back(attempt));
        if let Err(error) = given_back {
            warn!(cause = %error, "a used link remains counted as a guess");
        }
        outcome
    }
}
