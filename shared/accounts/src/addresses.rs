//! Addresses that mail does not reach, or whose owner does not want it.
//!
//! A mark lies under a keyed hash of its address and expires, so that the table does not name the addresses of people
//! who have no account. Older releases wrote marks that name the address; they count until they are replaced.

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

/// 180 days.
const MARKED_SECONDS: i64 = 180 * 86_400;

/// Remembers which addresses get no more mail. Whoever sends mail reads it with the address's other records.
#[derive(Clone)]
pub struct Addresses {
    table: Table,
    key: Secret,
}

/// Why an address gets no more mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undeliverable {
    /// Mail to it comes back for good.
    Bounce,
    /// Its owner called our mail spam.
    Complaint,
    /// SES accepts no mail to it.
    Refused,
}

/// The table's knowledge about an address.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The account that verified it.
    pub owner: Option<Holder>,
    /// Mail to it bounced, or led to a complaint.
    pub undeliverable: bool,
    /// The mark names the address, and has to be replaced.
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
    /// The account that an address belongs to, and whether the address is marked.
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

    /// Stops mail to `email` for 180 days; `at` is the time of SES's report. May be repeated.
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

    /// Replaces the marks that name `email`, in any of its spellings, by one that does not name it.
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

    /// The key of the mark of `address`, an [`Email::key`].
    fn mark_key(&self, address: &str) -> Key {
        Key::undeliverable(&self.key.name_for(&format!("undeliverable {address}")))
    }
}

/// Whether a mark has not expired: DynamoDB may remove it days later.
fn is_in_force(mark: &Item, now: Timestamp) -> bool {
    let end = mark.get("ttl").and_then(|end| end.as_n().ok()?.parse::<i64>().ok());
    end.is_none_or(|end| end > now.as_second())
}
