//! Rotates the secret of share links. After a leak, gives derived links new URLs and deletes older links.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_secretsmanager::Client;
use jiff::SignedDuration;
use serde::Deserialize;

use satchel_model::Share;
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::secret::Secret;
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::{MARK, Write};
use satchel_table::{Outcome, StoreError, Table, failed, item};

use crate::LinkSecret;
use crate::shares::key_of;
use crate::tokens::{Generation, Malformed, StoredSecret};

/// The maximum number of attempts to write a link while other requests change it.
const ATTEMPTS: usize = 5;

/// Rotates the secret of share links.
#[derive(Clone)]
pub struct LinkRotation {
    table: Table,
    client: Client,
    secret_id: String,
    /// How long other functions use the secret that they have fetched, in seconds.
    seconds: i64,
    clock: Clock,
    random: Random,
}

/// The secret after a rotation.
pub struct Rotated {
    /// Derives the new tokens.
    pub secret: LinkSecret,
    /// Seconds until no function uses an earlier generation for new links.
    pub wait_seconds: i64,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Its token is derived from the current generation already, or it was revoked in the meantime.
    Unchanged,
    /// It has a new token; the old one is unknown.
    Renewed,
    /// It was deleted, because it had a random token, or because its account is being erased.
    Ended,
}

/// Why a rotation failed. The operator reads it.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error("the secret of share links is in generation {0}; order generation {0} or {next}", next = .0 + 1)]
    NotNext(u32),
    #[error("generation {0} is the first, so no earlier one can be dropped; order generation {next}", next = .0 + 1)]
    NothingToDrop(u32),
    #[error(
        "a share link changed {ATTEMPTS} times while its token was derived; order the same generation again"
    )]
    Busy,
    #[error("cannot {0} the secret: {1}")]
    Secret(&'static str, String),
    #[error(transparent)]
    Malformed(#[from] MalformedSecret),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The secret of share links cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MalformedSecret(Malformed);

/// A link as a rotation reads it.
#[derive(Deserialize)]
struct Found {
    #[serde(flatten)]
    share: Share,
    /// Changes with each change of the link.
    last_update: Option<String>,
}

impl Wired for LinkRotation {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            table: wiring.get()?,
            client: Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_SECRETS_MANAGER")),
            secret_id: wiring.text("LINK_SECRET_ID"),
            seconds: wiring.parsed("LINK_SECRET_SECONDS"),
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl LinkRotation {
    /// Makes `generation` the current one; creates it if it is the next. With `drop`, fails if there never was an
    /// earlier one.
    ///
    /// # Errors
    /// [`RotationError::NotNext`] for another generation; [`RotationError::NothingToDrop`] if there never was an
    /// earlier one; if Secrets Manager fails.
    pub async fn turn_to(&self, generation: u32, drop: bool) -> Result<Rotated, RotationError> {
        let mut stored = self.read_secret().await?;
        let (current, now) = (stored.current.generation, self.clock.now());
        if generation == current + 1 {
            let secret = Secret::token(self.random).expose().to_owned();
            let before = std::mem::replace(&mut stored.current, Generation { generation, secret });
            stored.earlier.push(before);
            stored.since = Some(now);
            // Of two orders at once, only one creates the generation: a version with this token cannot change.
            self.write_secret(&stored, Some(format!("share-links-generation-{generation:010}"))).await?;
        } else if generation != current {
            return Err(RotationError::NotNext(current));
        } else if drop && stored.since.is_none() && stored.earlier.is_empty() {
            return Err(RotationError::NothingToDrop(current));
        }
        // A request may still use the secret that it had at its beginning, so the wait is twice as long.
        let known_at = stored.since.map(|since| later(since, 2 * self.seconds));
        let wait =
            known_at.map_or(SignedDuration::ZERO, |at| at.duration_since(now)).max(SignedDuration::ZERO);
        let wait_seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
        Ok(Rotated { secret: stored.into(), wait_seconds })
    }

    /// Forgets all generations but the current one, which is `generation`. Call this only when no link uses them.
    ///
    /// # Errors
    /// [`RotationError::NotNext`] if there is a later generation; if Secrets Manager fails.
    pub async fn forget_earlier(&self, generation: u32) -> Result<(), RotationError> {
        let mut stored = self.read_secret().await?;
        if stored.current.generation != generation {
            return Err(RotationError::NotNext(stored.current.generation));
        }
        stored.earlier.clear();
        self.write_secret(&stored, None).await
    }

    /// Reads a page of the keys of the share links that are not of the current generation, and the key after which
    /// the next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn links(
        &self,
        secret: &LinkSecret,
        from: Option<&Key>,
    ) -> Result<(Vec<Key>, Option<Key>), RotationError> {
        let scan = self.table.client.scan().table_name(&self.table.name).consistent_read(true);
        let is_earlier = "(attribute_not_exists(generation) OR generation <> :current)";
        let scan = scan.filter_expression(format!("begins_with(pk, :links) AND sk = :link AND {is_earlier}"));
        let current = AttributeValue::N(secret.current.to_string());
        let scan = scan.expression_attribute_values(":current", current);
        let scan = scan.expression_attribute_values(":links", AttributeValue::S("SHARE#".to_owned()));
        let scan = scan.expression_attribute_values(":link", AttributeValue::S("SHARE".to_owned()));
        let scan = scan.set_exclusive_start_key(from.map(Key::item));
        let page = scan.send().await.map_err(StoreError::from)?;
        let keys = page.items.unwrap_or_default().iter().filter_map(Key::of).collect();
        Ok((keys, page.last_evaluated_key.as_ref().and_then(Key::of)))
    }

    /// Derives the token of a link from the current generation of `secret`, or deletes the link if its token is
    /// random. The old token opens nothing from now on.
    ///
    /// # Errors
    /// [`RotationError::Busy`] if the link changes all the time; if the table does not answer.
    pub async fn renew(&self, link: &Key, secret: &LinkSecret) -> Result<Renewal, RotationError> {
        for _ in 0..ATTEMPTS {
            let Some(found) = self.table.get::<Found>(link).await? else { return Ok(Renewal::Unchanged) };
            if found.share.generation == Some(secret.current) {
                return Ok(Renewal::Unchanged);
            }
            let (writes, renewal) = rewritten(link, found, secret)?;
            match self.table.transact(writes).await? {
                Outcome::Done => return Ok(renewal),
                // The link was opened, changed or revoked in the meantime.
                Outcome::Cancelled(reasons) if failed(&reasons, 0) => {}
                // The account is being erased, or has been.
                Outcome::Cancelled(_) => {
                    self.table.transact(vec![Write::delete(link.clone())]).await?;
                    return Ok(Renewal::Ended);
                }
            }
        }
        Err(RotationError::Busy)
    }

    async fn read_secret(&self) -> Result<StoredSecret, RotationError> {
        let answer = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
        let answer = answer.map_err(|error| RotationError::Secret("read", cause(&error)))?;
        let text = answer.secret_string().unwrap_or_default();
        serde_json::from_str(text).map_err(|_| RotationError::Malformed(MalformedSecret(Malformed)))
    }

    async fn write_secret(&self, stored: &StoredSecret, token: Option<String>) -> Result<(), RotationError> {
        let text = serde_json::to_string(stored).expect("our own types are JSON");
        let request = self.client.put_secret_value().secret_id(&self.secret_id).secret_string(text);
        let answer = request.set_client_request_token(token).send().await;
        answer.map(drop).map_err(|error| RotationError::Secret("write", cause(&error)))
    }
}

/// The writes that give a link a new token, or delete it.
fn rewritten(link: &Key, found: Found, secret: &LinkSecret) -> Result<(Vec<Write>, Renewal), StoreError> {
    let hash = link.token_hash().unwrap_or_default();
    let place = key_of(&found.share);
    let unchanged = Write::delete(link.clone());
    let unchanged = match found.last_update {
        Some(mark) => unchanged.when(&format!("#{MARK} = :mark")).text(":mark", mark),
        None => unchanged.when(&format!("attribute_exists(pk) AND attribute_not_exists(#{MARK})")),
    };
    let is_listed = |write: Write| write.when("#hash = :hash").text(":hash", hash);
    // An erasure finds links by their list entries, so no link moves once it has begun.
    let owner = Write::check(Key::user(found.share.owner))
        .when("attribute_exists(pk) AND attribute_not_exists(#erasing)");
    if found.share.generation.is_none() {
        return Ok((vec![unchanged, owner, is_listed(Write::delete(place))], Renewal::Ended));
    }
    let token = secret.new_token(found.share.id);
    let share = Share { generation: Some(secret.current), ..found.share };
    let new = token.sha256();
    let link = Write::put(item(&Key::share(&new), &share, Some(share.stored_expiry()))?);
    let place = is_listed(Write::update(place, "SET #hash = :new").text(":new", new));
    Ok((vec![unchanged, owner, link, place], Renewal::Renewed))
}

fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    satchel_runtime::telemetry::chain(error)
}
