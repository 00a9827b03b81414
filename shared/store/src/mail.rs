//! The outbox, and what the links in mails are good for.

use jiff::Timestamp;
use satchel_core::clock::later;
use satchel_core::model::{Email, MailId, UserId, Username};
use satchel_core::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::keys::Key;
use crate::table::{Outcome, item};
use crate::write::Write;
use crate::{StoreError, Table};

/// A sent or failed mail's record is kept this long: a week of evidence.
const KEPT_SECONDS: i64 = 7 * 86_400;

/// A mail to send: written in the transaction of what it is about, sent by the function on the table's stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutgoingMail {
    pub id: MailId,
    pub kind: MailKind,
    pub user_id: UserId,
    pub username: String,
    pub email: String,
    /// What its links start with.
    pub base_url: String,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Asks a new account's owner to verify the address.
    VerifyEmail,
}

impl OutgoingMail {
    pub(crate) fn write(&self, now: Timestamp) -> Result<Write, StoreError> {
        let ttl = later(now, KEPT_SECONDS).as_second();
        Ok(Write::put(item(&Key::mail(self.id), self, Some(ttl))?))
    }
}

/// What a verification link is good for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VerificationLink {
    pub user_id: UserId,
    pub username: String,
    pub email: String,
    /// Epoch seconds.
    pub expires_at: i64,
}

/// Keeps links by the hash of their token, and spends them.
#[derive(Clone)]
pub struct MailLinks {
    table: Table,
}

impl MailLinks {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Keeps a link; of its token only the hash.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn keep(&self, token: &Secret, link: &VerificationLink) -> Result<(), StoreError> {
        let record = item(&Key::mail_link(&token.sha256()), link, Some(link.expires_at))?;
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(record)).send().await?;
        Ok(())
    }

    /// Verifies the address that `token` was sent to, once: the link is spent, the address claimed for its
    /// account, and the account may sign in. `false` if the link is unknown, used or expired, or if another
    /// account verified the address first.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn verify_email(&self, token: &Secret, now: Timestamp) -> Result<bool, StoreError> {
        let hash = token.sha256();
        let link: Option<VerificationLink> = self.table.get(&Key::mail_link(&hash)).await?;
        let Some(link) = link.filter(|link| link.expires_at > now.as_second()) else { return Ok(false) };
        let writes = verification(&hash, &link)?;
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }
}

fn verification(hash: &str, link: &VerificationLink) -> Result<Vec<Write>, StoreError> {
    let email = Email::parse(&link.email).map_or_else(|_| link.email.to_lowercase(), |email| email.key());
    let claim = serde_json::json!({ "user_id": link.user_id });
    Ok(vec![
        Write::delete(Key::mail_link(hash)).when("attribute_exists(pk)"),
        Write::put(item(&Key::email(&email), &claim, None)?)
            .when("attribute_not_exists(pk) OR #user_id = :user")
            .text(":user", link.user_id),
        Write::update(Key::user(link.user_id), "SET #email_verified = :true REMOVE #ttl")
            .when("#email = :email")
            .flag(":true", true)
            .text(":email", &link.email),
        Write::update(
            Key::login(&Username::key_of(&link.username)),
            "SET #awaits_verification = :false REMOVE #ttl",
        )
        .when("#user_id = :user")
        .flag(":false", false)
        .text(":user", link.user_id),
    ])
}
