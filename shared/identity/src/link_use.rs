//! Using the links of mails, with so many guesses and no more.

use jiff::Timestamp;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, Viewer};
use satchel_core::secret::Secret;
use satchel_store::{Attempts, MailLink, MailLinks, Table};
use tracing::warn;

/// Lets links be used by whoever has them.
#[derive(Clone)]
pub struct LinkUse {
    links: MailLinks,
    attempts: Attempts,
}

impl LinkUse {
    #[must_use]
    pub fn new(table: &Table, config: &Config) -> Self {
        Self { links: MailLinks::new(table.clone()), attempts: Attempts::new(table.clone(), config) }
    }

    /// Does what `spend` says with the link of `token`, if there is one; `spend` says whether it worked. A token
    /// without a link counts as a guess of this client.
    ///
    /// # Errors
    /// 429 after too many guesses; then what `spend` says.
    pub async fn by(
        &self,
        token: &Secret,
        viewer: &Viewer,
        now: Timestamp,
        spend: impl AsyncFnOnce(&MailLinks, &MailLink) -> Result<bool, ApiError>,
    ) -> Result<bool, ApiError> {
        let (link, counted) = tokio::join!(self.links.find(token, now), self.attempts.at_link(viewer, now));
        let attempt = counted??;
        let Some(link) = link? else { return Ok(false) };
        let (outcome, given_back) = tokio::join!(spend(&self.links, &link), self.attempts.give_back(attempt));
        if let Err(error) = given_back {
            warn!(cause = %error, "a link that worked stays counted as a guess");
        }
        outcome
    }
}
