//! Removes the data of an account other than its files and images. Each record is found by the account's id
//! or addresses.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use jiff::Timestamp;

use satchel_model::{Email, User, UserId};
use satchel_table::StoreError;
use satchel_table::keys::{
    Item, Key, MAIL_LINK, MAILED_ADDRESS, RESOURCE, idempotency_of, mails_to, resources_of, shares_of,
};

use super::Erasures;
use crate::Addresses;

/// The number of records that are deleted in parallel.
const AT_ONCE: usize = 16;
/// The number of mails to one address that are read at once.
const MAILS: i32 = 1000;

impl Erasures {
    /// Removes up to `limit` share links of an account; returns whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_shares(&self, owner: UserId, limit: i32) -> Result<bool, StoreError> {
        let (entries, more) = self.some_of(&shares_of(owner), "", limit).await?;
        let links = entries.iter().filter_map(|entry| text(entry, "hash")).map(Key::share);
        // A link can be found only by its entry, so the entries go last.
        self.delete_all(links.collect()).await?;
        self.delete_all(entries.iter().filter_map(Key::of).collect()).await?;
        Ok(more)
    }

    /// Removes up to `limit` resources of an account; returns whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_resources(&self, owner: UserId, limit: i32) -> Result<bool, StoreError> {
        self.forget_some_of(&resources_of(owner), RESOURCE, limit).await
    }

    /// Removes up to `limit` idempotency records of an account; returns whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_keys(&self, user: UserId, limit: i32) -> Result<bool, StoreError> {
        self.forget_some_of(&idempotency_of(user), "", limit).await
    }

    /// Removes the mails to the account's current and former addresses, and up to `limit` of the account's
    /// sessions, mail links and notes of addresses.
    ///
    /// Also replaces plain marks of these addresses in `marks`. Returns whether there may be more records.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_mails_and_sessions(
        &self,
        user_id: UserId,
        marks: &Addresses,
        limit: i32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let account = Key::user(user_id);
        let records = self.some_of(&account.partition, "", limit);
        let ((records, more), user) = tokio::try_join!(records, self.table.get::<User>(&account))?;
        let mut keys: Vec<_> = records.iter().filter_map(Key::of).collect();
        keys.retain(|key| *key != account);
        let noted = keys.iter().filter_map(|key| key.sort.strip_prefix(MAILED_ADDRESS));
        let own = user.iter().flat_map(|user| user.email.iter().chain(&user.pending_email));
        let addresses: Vec<_> = noted.chain(own.map(String::as_str)).map(Email::stored).collect();
        let spellings: BTreeSet<_> = addresses.iter().flat_map(Email::keys).collect();
        for spelling in &spellings {
            self.forget_mails(user_id, user.as_ref(), spelling).await?;
        }
        for address in &addresses {
            marks.replace_plain_marks(address, now).await?;
        }
        let links = keys.iter().filter_map(|key| key.sort.strip_prefix(MAIL_LINK));
        let waits = spellings.iter().map(|spelling| Key::waits(spelling, user_id));
        // Records by which other records are found go last.
        self.delete_all(links.map(Key::mail_link).chain(waits).collect()).await?;
        self.delete_all(keys).await?;
        Ok(more)
    }

    /// Removes the mails to an address that are about the account, or about any account that has the address
    /// now.
    async fn forget_mails(
        &self,
        user_id: UserId,
        user: Option<&User>,
        address: &str,
    ) -> Result<(), StoreError> {
        let id = user_id.to_string();
        let is_ours = |mail: &Item| match (text(mail, "user_id"), text(mail, "username")) {
            (Some(found), _) => found == id,
            (None, Some(name)) => user.is_none_or(|user| user.username == name),
            (None, None) => true,
        };
        // Mails about other accounts remain and take up room in the page, but an address gets at most ten
        // mails a day, which are stored for a week.
        let (mails, _) = self.some_of(&mails_to(address), "", MAILS).await?;
        self.delete_all(mails.iter().filter(|mail| is_ours(mail)).filter_map(Key::of).collect()).await
    }

    async fn forget_some_of(&self, partition: &str, prefix: &str, limit: i32) -> Result<bool, StoreError> {
        let (records, more) = self.some_of(partition, prefix, limit).await?;
        self.delete_all(records.iter().filter_map(Key::of).collect()).await?;
        Ok(more)
    }

    async fn delete_all(&self, keys: Vec<Key>) -> Result<(), StoreError> {
        for keys in keys.chunks(AT_ONCE) {
            let delete = |key: &Key| {
                let request = self.table.client.delete_item().table_name(&self.table.name);
                request.set_key(Some(key.item())).send()
            };
            try_join_all(keys.iter().map(delete)).await?;
        }
        Ok(())
    }
}

fn text<'a>(record: &'a Item, name: &str) -> Option<&'a str> {
    record.get(name)?.as_s().ok().map(String::as_str)
}
