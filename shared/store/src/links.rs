//! What the links in mails are good for: kept by the hash of their token, spent once.

use jiff::Timestamp;
use satchel_core::model::{Email, UserId, Username};
use satchel_core::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::erasure::IS_KEPT;
use crate::keys::Key;
use crate::table::{Outcome, item};
use crate::write::Write;
use crate::{StoreError, Table};

/// What a link in a mail is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLink {
    pub user_id: UserId,
    pub username: String,
    #[serde(flatten)]
    pub purpose: Purpose,
    /// Epoch seconds.
    pub expires_at: i64,
}

/// What happens when a link is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum Purpose {
    /// The address becomes the account's. `replaces` is the one that it has until then.
    VerifyEmail { email: String, replaces: Option<String> },
    /// The account gets a new password, unless its epoch was raised since: a password that was changed by
    /// another way is not to be reset by an old mail; nor by one to an address that was given up.
    ResetPassword { auth_epoch: u64, email: Option<String> },
}

/// Keeps links and spends them.
#[derive(Clone)]
pub struct MailLinks {
    table: Table,
}

impl MailLinks {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Keeps a link; of its token only the hash. In the same transaction it is noted among the account's records, so
    /// that nothing is left of it when the account is erased.
    ///
    /// # Errors
    /// [`Unowned`](StoreError::Unowned) if the account is gone; if the table does not answer.
    pub async fn keep(&self, token: &Secret, link: &MailLink) -> Result<(), StoreError> {
        let (hash, ttl) = (token.sha256(), Some(link.expires_at));
        let writes = vec![
            Write::check(Key::user(link.user_id)).when(IS_KEPT),
            Write::put(item(&Key::mail_link(&hash), link, ttl)?),
            Write::put(item(&Key::mail_link_of(link.user_id, &hash), &serde_json::json!({}), ttl)?),
        ];
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            // Only the account has a condition.
            Outcome::Cancelled(_) => Err(StoreError::Unowned),
        }
    }

    /// What the link of this token is good for, if it is there and not over.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, token: &Secret, now: Timestamp) -> Result<Option<MailLink>, StoreError> {
        let link: Option<MailLink> = self.table.get(&Key::mail_link(&token.sha256())).await?;
        Ok(link.filter(|link| link.expires_at > now.as_second()))
    }

    /// Spends a link that verifies: the address is claimed for its account, which may sign in. `false` if the link
    /// is for something else, was used meanwhile, or another account verified the address first.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn verify_email(&self, token: &Secret, link: &MailLink) -> Result<bool, StoreError> {
        let Purpose::VerifyEmail { email, replaces } = &link.purpose else { return Ok(false) };
        let writes = verification(&token.sha256(), link, email, replaces.as_deref())?;
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }

    /// Spends a link that resets: the account gets this password hash, and every session ends. `false` if the link
    /// is for something else, was used meanwhile, or the account's password or sessions changed since.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn reset_password(
        &self,
        token: &Secret,
        link: &MailLink,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let Purpose::ResetPassword { auth_epoch, email } = &link.purpose else { return Ok(false) };
        let writes = vec![
            Write::delete(Key::mail_link(&token.sha256())).when("attribute_exists(pk)"),
            Write::update(Key::user(link.user_id), "ADD #auth_epoch :one")
                .when("#auth_epoch = :epoch AND #is_active = :true AND #email = :email")
                .number(":one", 1)
                .value(":email", serde_dynamo::to_attribute_value(email)?)
                .number(":epoch", auth_epoch)
                .flag(":true", true),
            Write::update(
                Key::login(&Username::key_of(&link.username)),
                "SET #auth_epoch = :next, #password_hash = :hash",
            )
            .when("#user_id = :user")
            .number(":next", auth_epoch + 1)
            .text(":hash", password_hash)
            .text(":user", link.user_id),
        ];
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }
}

fn verification(
    hash: &str,
    link: &MailLink,
    email: &str,
    replaces: Option<&str>,
) -> Result<Vec<Write>, StoreError> {
    let address = address_key(email);
    let claim = serde_json::json!({ "user_id": link.user_id, "username": link.username });
    let user = "SET #email = :email, #email_verified = :true, #pending_email = :none REMOVE #ttl";
    let mut writes = vec![
        Write::delete(Key::mail_link(hash)).when("attribute_exists(pk)"),
        Write::put(item(&Key::email(&address), &claim, None)?)
            .when("attribute_not_exists(pk) OR #user_id = :user")
            .text(":user", link.user_id),
        Write::update(Key::user(link.user_id), user)
            .when(
                "#is_active = :true AND #email = :replaces AND \
                 ((#email = :email AND #email_verified = :false) OR #pending_email = :email)",
            )
            .flag(":false", false)
            .flag(":true", true)
            .text(":email", email)
            .value(":none", serde_dynamo::to_attribute_value(None::<String>)?)
            .value(":replaces", serde_dynamo::to_attribute_value(replaces)?),
        Write::update(
            Key::login(&Username::key_of(&link.username)),
            "SET #awaits_verification = :false REMOVE #ttl",
        )
        .when("#user_id = :user")
        .flag(":false", false)
        .text(":user", link.user_id),
        Write::delete(Key::waits(&address, link.user_id)),
    ];
    if let Some(old) = replaces.map(address_key).filter(|old| *old != address) {
        // The address that is replaced is free for others, if it was claimed.
        writes.push(
            Write::delete(Key::email(&old))
                .when("attribute_not_exists(pk) OR #user_id = :user")
                .text(":user", link.user_id),
        );
    }
    Ok(writes)
}

/// What an address is found by, whichever way it is written.
pub(crate) fn address_key(email: &str) -> String {
    Email::parse(email).map_or_else(|_| email.to_lowercase(), |email| email.key())
}
