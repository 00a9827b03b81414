//! The outbox: mails to send.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use satchel_guard::Attempts;
use satchel_model::clock::later;
use satchel_model::{Email, MailId, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, item};

/// A sent or failed mail's record is kept this long: a week of evidence.
const KEPT_SECONDS: i64 = 7 * 86_400;
/// Longer than the record of any mail: DynamoDB may remove expired records days later, and in any order.
const NOTED_SECONDS: i64 = 2 * KEPT_SECONDS;

/// A mail to send: written in the transaction of what it is about, sent by the function on the table's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMail {
    pub id: MailId,
    #[serde(flatten)]
    pub kind: MailKind,
    pub email: String,
    /// What its links start with.
    pub base_url: String,
}

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailKind {
    /// Asks a new account's owner to verify the address.
    VerifyEmail { user_id: UserId, username: String },
    /// Asks again, for whichever accounts wait for the address.
    VerifyAgain,
    /// Asks an account's owner to verify the address that is to take the place of `replaces`.
    VerifyNewEmail { user_id: UserId, username: String, replaces: Option<String> },
    /// Tells the address that an account had so far.
    AddressChanges { username: String },
    /// Helps whoever forgot the password of the account that has the address, if one has.
    ResetPassword,
}

impl OutgoingMail {
    pub(crate) fn write(&self, now: Timestamp) -> Result<Write, StoreError> {
        let ttl = later(now, KEPT_SECONDS).as_second();
        let key = Key::mail(&Email::stored(&self.email).key(), self.id);
        Ok(Write::put(item(&key, self, Some(ttl))?))
    }
}

/// For a transaction: notes the addresses to which mails about the account go or went. The erasure of the account
/// finds the mails by these notes, even if the account has other addresses then.
pub(crate) fn note_addresses(
    user: UserId,
    addresses: &BTreeSet<String>,
    now: Timestamp,
) -> Result<Vec<Write>, StoreError> {
    let ttl = later(now, NOTED_SECONDS).as_second();
    let note = |address: &String| {
        let key = Key::mailed_address(user, address);
        Ok(Write::put(item(&key, &serde_json::json!({}), Some(ttl))?))
    };
    addresses.iter().map(note).collect()
}

/// Asks for mails.
#[derive(Clone)]
pub struct Outbox {
    table: Table,
    attempts: Attempts,
}

impl Wired for Outbox {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, attempts: wiring.get()? })
    }
}

impl Outbox {
    /// Asks for a mail, unless there were too many to its address; nobody learns which. It costs the same one call
    /// whether anybody has the address or not.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn ask(&self, mail: &OutgoingMail, email: &Email, now: Timestamp) -> Result<(), StoreError> {
        let writes = vec![self.attempts.mail(&email.key(), now), mail.write(now)?];
        match self.table.transact(writes).await {
            // Asked for so often at this moment that one of the others is counted.
            Ok(Outcome::Done | Outcome::Cancelled(_)) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
