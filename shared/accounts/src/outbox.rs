//! The outbox: mails that are queued in the table.

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

/// How long the record of a mail is stored after the mail was sent or failed, for investigations: a week.
const KEPT_SECONDS: i64 = 7 * 86_400;
/// How long the note of an address is stored. This is longer than the record of any mail, because DynamoDB
/// may remove expired records days later and in any order.
const NOTED_SECONDS: i64 = 2 * KEPT_SECONDS;

/// A queued mail. It is written in the transaction that causes it; the function on the table's stream sends
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMail {
    pub id: MailId,
    #[serde(flatten)]
    pub kind: MailKind,
    pub email: String,
    /// The beginning of the mail's links.
    pub base_url: String,
}

/// The purpose of a mail, with the data that its text needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailKind {
    /// Asks a new account's owner to verify the address.
    VerifyEmail { user_id: UserId, username: String },
    /// Asks again, for all accounts that wait for the address.
    VerifyAgain,
    /// Asks an account's owner to verify the address that will replace `replaces`.
    VerifyNewEmail { user_id: UserId, username: String, replaces: Option<String> },
    /// Notifies the account's current address that another one will replace it.
    AddressChanges { username: String },
    /// Offers to reset the password of the account that has the address, if there is one.
    ResetPassword,
}

impl OutgoingMail {
    pub(crate) fn write(&self, now: Timestamp) -> Result<Write, StoreError> {
        let ttl = later(now, KEPT_SECONDS).as_second();
        let key = Key::mail(&Email::stored(&self.email).key(), self.id);
        Ok(Write::put(item(&key, self, Some(ttl))?))
    }
}

/// For a transaction: notes the addresses that get or got mails about the account.
///
/// The erasure of the account finds the mails by these notes, even if the account's addresses have changed.
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

/// Queues mails.
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
    /// Queues a mail, unless its address got too many.
    ///
    /// The result does not reveal whether the mail was queued. The cost is one call, whether or not an
    /// account has the address.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn ask(&self, mail: &OutgoingMail, email: &Email, now: Timestamp) -> Result<(), StoreError> {
        let writes = vec![self.attempts.mail(&email.key(), now), mail.write(now)?];
        match self.table.transact(writes).await {
            // So many requests at the same moment that at least one of the others has been counted.
            Ok(Outcome::Done | Outcome::Cancelled(_)) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
