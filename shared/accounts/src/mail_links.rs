//! Mail links: stored under the hash of their token, and usable once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use satchel_guard::login_key;
use satchel_model::clock::later;
use satchel_model::secret::Secret;
use satchel_model::{Email, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{IS_KEPT, Key};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed, item};

/// A link in a mail, and the action that it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLink {
    pub user_id: UserId,
    pub username: String,
    #[serde(flatten)]
    pub purpose: Purpose,
    /// When the link expires, in epoch seconds.
    pub expires_at: i64,
}

/// What happens when a link is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum Purpose {
    /// The address becomes the account's address, in place of `replaces`.
    VerifyEmail { email: String, replaces: Option<String> },
    /// The account gets a new password, unless its `credential_epoch` was raised since the mail was sent:
    /// after another change of the password or the address, an old mail must not reset the password.
    ResetPassword {
        /// Compared if the link is older than `credential_epoch`.
        auth_epoch: u64,
        #[serde(default)]
        credential_epoch: Option<u64>,
        email: Option<String>,
    },
}

/// A link that has not expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundLink {
    Good(MailLink),
    /// A link that verified an address some seconds ago: the user pressed the button twice.
    JustUsed,
}

/// The result of using a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkOutcome {
    Done,
    /// The link had no effect, because the same use succeeded some seconds ago.
    DoneBefore,
    /// The link had no effect, because it has another purpose or is no longer valid.
    Refused,
}

/// Replaces the record of a used verification link, while a second press of the button is to get the same
/// response. It does not name the account.
#[derive(Serialize)]
struct UsedLink {
    /// The end of that time, in epoch seconds.
    used_until: i64,
}

/// Stores and uses mail links.
#[derive(Clone)]
pub struct MailLinks {
    table: Table,
    /// How long a repeated use of a verification link gets the same response as the first, in seconds.
    repeat: i64,
}

impl Wired for MailLinks {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, repeat: wiring.parsed("LINK_REPEAT_SECONDS") })
    }
}

impl MailLinks {
    /// Stores a link with only the hash of its token.
    ///
    /// The same transaction notes the link in the account's partition, so that the erasure of the account
    /// removes it.
    ///
    /// # Errors
    /// [`Unowned`](StoreError::Unowned) if the account no longer exists; or if the table does not answer.
    pub async fn keep(&self, token: &Secret, link: &MailLink) -> Result<(), StoreError> {
        let (hash, ttl) = (token.sha256(), Some(link.expires_at));
        let writes = vec![
            Write::check(Key::user(link.user_id)).when(IS_KEPT),
            Write::put(item(&Key::mail_link(&hash), link, ttl)?),
            Write::put(item(&Key::mail_link_of(link.user_id, &hash), &serde_json::json!({}), ttl)?),
        ];
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            // Only the check of the account has a condition.
            Outcome::Cancelled(_) => Err(StoreError::Unowned),
        }
    }

    /// Finds the link of this token; `None` if there is none or it has expired.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, token: &Secret, now: Timestamp) -> Result<Option<FoundLink>, StoreError> {
        #[derive(Deserialize)]
        struct Stored {
            used_until: Option<i64>,
            #[serde(flatten)]
            link: Option<MailLink>,
        }
        let Some(stored) = self.table.get::<Stored>(&Key::mail_link(&token.sha256())).await? else {
            return Ok(None);
        };
        let now = now.as_second();
        Ok(match stored {
            Stored { used_until: Some(end), .. } => Some(FoundLink::JustUsed).filter(|_| end > now),
            Stored { link, .. } => link.filter(|link| link.expires_at > now).map(FoundLink::Good),
        })
    }

    /// Uses a verification link: the account gets the address and may sign in.
    ///
    /// The link is refused if it has another purpose or was used before, or if another account has verified
    /// the address.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn verify_email(
        &self,
        token: &Secret,
        link: &MailLink,
        now: Timestamp,
    ) -> Result<LinkOutcome, StoreError> {
        let Purpose::VerifyEmail { email, replaces } = &link.purpose else { return Ok(LinkOutcome::Refused) };
        let login = login_key(&self.table, &link.username, link.user_id).await?;
        let writes = [vec![self.used(token, now)?], verification(link, login, email, replaces.as_deref())?];
        let reasons = match self.table.transact(writes.concat()).await? {
            Outcome::Done => return Ok(LinkOutcome::Done),
            Outcome::Cancelled(reasons) => reasons,
        };
        // The first of two presses on the same button has already used the link.
        let used = reasons.first().and_then(|reason| reason.item.as_ref()?.get("used_until")?.as_n().ok());
        let used: Option<i64> = used.filter(|_| failed(&reasons, 0)).and_then(|end| end.parse().ok());
        let is_repeated = used.is_some_and(|end| end > now.as_second());
        Ok(if is_repeated { LinkOutcome::DoneBefore } else { LinkOutcome::Refused })
    }

    /// For a transaction: marks the link as used, on condition that it was not used before.
    fn used(&self, token: &Secret, now: Timestamp) -> Result<Write, StoreError> {
        let used_until = later(now, self.repeat).as_second();
        let record = item(&Key::mail_link(&token.sha256()), &UsedLink { used_until }, Some(used_until))?;
        Ok(Write::put(record).when("attribute_exists(pk) AND attribute_not_exists(#used_until)"))
    }

    /// Uses a reset link: the account gets this password hash, made in Unicode form NFC, and all its sessions
    /// end.
    ///
    /// The link is refused if it has another purpose or was used before, or if the account's password or
    /// address has changed since.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn reset_password(
        &self,
        token: &Secret,
        link: &MailLink,
        password_hash: &str,
    ) -> Result<LinkOutcome, StoreError> {
        let Purpose::ResetPassword { auth_epoch, credential_epoch, email } = &link.purpose else {
            return Ok(LinkOutcome::Refused);
        };
        let login = login_key(&self.table, &link.username, link.user_id).await?;
        let is_same = match credential_epoch {
            None => "#auth_epoch = :epoch",
            // Older accounts have no such epoch yet.
            Some(0) => "(attribute_not_exists(#credential_epoch) OR #credential_epoch = :epoch)",
            Some(_) => "#credential_epoch = :epoch",
        };
        let writes = vec![
            Write::delete(Key::mail_link(&token.sha256())).when("attribute_exists(pk)"),
            Write::update(Key::user(link.user_id), "ADD #auth_epoch :one, #credential_epoch :one")
                .when(&format!("{is_same} AND #is_active = :true AND #email = :email"))
                .number(":one", 1)
                .value(":email", serde_dynamo::to_attribute_value(email)?)
                .number(":epoch", credential_epoch.unwrap_or(*auth_epoch))
                .flag(":true", true),
            // Added, because this epoch and the account's always change together.
            Write::update(login, "SET #password_hash = :hash, #nfc_hash = :hash ADD #auth_epoch :one")
                .when("#user_id = :user")
                .number(":one", 1)
                .text(":hash", password_hash)
                .text(":user", link.user_id),
        ];
        Ok(match self.table.transact(writes).await? {
            Outcome::Done => LinkOutcome::Done,
            Outcome::Cancelled(_) => LinkOutcome::Refused,
        })
    }
}

/// The writes that give the account the address in its current spelling, and move its records to the
/// address's current key.
fn verification(
    link: &MailLink,
    login: Key,
    email: &str,
    replaces: Option<&str>,
) -> Result<Vec<Write>, StoreError> {
    let address = Email::stored(email);
    let claim = serde_json::json!({ "user_id": link.user_id, "username": link.username });
    let user = "SET #email = :address, #email_verified = :true, #pending_email = :none \
                ADD #credential_epoch :one REMOVE #ttl";
    let is_ours =
        |write: Write| write.when("attribute_not_exists(pk) OR #user_id = :user").text(":user", link.user_id);
    let mut writes = vec![
        is_ours(Write::put(item(&Key::email(&address.key()), &claim, None)?)),
        Write::update(Key::user(link.user_id), user)
            .when(
                "#is_active = :true AND #email = :replaces AND \
                 ((#email = :email AND #email_verified = :false) OR #pending_email = :email)",
            )
            .flag(":false", false)
            .flag(":true", true)
            .number(":one", 1)
            .text(":address", address.as_str())
            .text(":email", email)
            .value(":none", serde_dynamo::to_attribute_value(None::<String>)?)
            .value(":replaces", serde_dynamo::to_attribute_value(replaces)?),
        Write::update(login, "SET #awaits_verification = :false REMOVE #ttl")
            .when("#user_id = :user")
            .flag(":false", false)
            .text(":user", link.user_id),
    ];
    writes.extend(address.keys().map(|key| Write::delete(Key::waits(&key, link.user_id))));
    // The replaced address becomes free for others, and so do other keys of the new address.
    let given_up = replaces.map(Email::stored);
    let old: BTreeSet<_> = given_up.iter().flat_map(Email::keys).chain(address.keys()).collect();
    writes.extend(
        old.iter().filter(|old| **old != address.key()).map(|old| is_ours(Write::delete(Key::email(old)))),
    );
    Ok(writes)
}
