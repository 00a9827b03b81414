//! Addresses that get no more mail, because mail does not reach them or their owner does not want it.
//!
//! A mark is stored under a keyed hash of its address and expires, so that the table does not contain the
//! addresses of people without an account. Older releases wrote marks with plain addresses; these still apply
//! until they are replaced.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use satchel_model::Email;
use satchel_model::clock::later;
use satchel_model::secret::Secret;
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, item};

use crate::directory::{Holder, owner_among, taken};

/// How long a mark applies: 180 days.
const MARKED_SECONDS: i64 = 180 * 86_400;

/// Reads and writes the marks of addresses that get no more mail.
#[derive(Clone)]
pub struct Addresses {
    table: Table,
    key: Secret,
}

/// Why an address gets no more mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undeliverable {
    /// Mail to the address bounces permanently.
    Bounce,
    /// The owner reported our mail as spam.
    Complaint,
    /// SES refuses to send mail to the address.
    Refused,
}

/// What the table contains about an address.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The account that has verified the address.
    pub owner: Option<Holder>,
    /// Whether the address is marked, so that it gets no more mail.
    pub undeliverable: bool,
    /// Whether the mark contains the plain address and must be replaced.
    pub marked_plainly: bool,
}

#[derive(Serialize, Deserialize)]
struct Record {
    reason: Undeliverable,
    at: Timestamp,
}

impl Wired for Addresses {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, key: wiring.secret("COUNTER_KEY") })
    }
}

impl Addresses {
    /// Finds the account that has verified an address, and whether the address is marked.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, email: &Email, now: Timestamp) -> Result<Address, StoreError> {
        let mark = self.mark_key(&email.key());
        let wanted = email.keys().flat_map(|key| [Key::email(&key), Key::plain_undeliverable(&key)]);
        let wanted: Vec<_> = wanted.chain([mark.clone()]).collect();
        let mut found = self.table.get_many(&wanted).await?;
        let owner = owner_among(email, &mut found)?;
        let marked_plainly =
            email.keys().any(|key| taken(&mut found, &Key::plain_undeliverable(&key)).is_some());
        let is_marked = taken(&mut found, &mark).is_some_and(|mark| is_in_force(&mark, now));
        Ok(Address { owner, undeliverable: marked_plainly || is_marked, marked_plainly })
    }

    /// Stops mail to `email` for 180 days; `at` is the time of SES's report. Calls may be repeated.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn mark_undeliverable(
        &self,
        email: &Email,
        reason: Undeliverable,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let record = self.mark(&email.key(), &Record { reason, at }, at)?;
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(record)).send().await?;
        Ok(())
    }

    /// Replaces plain marks of `email`, in any of its spellings, by a mark with a hash.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn replace_plain_marks(&self, email: &Email, now: Timestamp) -> Result<(), StoreError> {
        for spelling in email.keys() {
            let plain = Key::plain_undeliverable(&spelling);
            let Some(record) = self.table.get::<Record>(&plain).await? else { continue };
            let mark = Write::put(self.mark(&email.key(), &record, now)?);
            match self.table.transact(vec![mark, Write::delete(plain)]).await? {
                // Neither write has a condition.
                Outcome::Done | Outcome::Cancelled(_) => {}
            }
        }
        Ok(())
    }

    fn mark(&self, address: &str, record: &Record, from: Timestamp) -> Result<Item, StoreError> {
        item(&self.mark_key(address), record, Some(later(from, MARKED_SECONDS).as_second()))
    }

    /// The key of the mark of `address`, which is [`Email::key`].
    fn mark_key(&self, address: &str) -> Key {
        Key::undeliverable(&self.key.name_for(&format!("undeliverable {address}")))
    }
}

/// Whether a mark still applies: DynamoDB may remove expired records days later.
fn is_in_force(mark: &Item, now: Timestamp) -> bool {
    let end = mark.get("ttl").and_then(|end| end.as_n().ok()?.parse::<i64>().ok());
    end.is_none_or(|end| end > now.as_second())
}
