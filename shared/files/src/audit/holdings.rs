//! The numbers of an account that limit its storage, and the sums of the records that explain them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;

use satchel_model::{Upload, UserId};
use satchel_table::keys::{Item, KEPT, Key, owned_by};
use satchel_table::write::Write;
use satchel_table::{StoreError, read};

use super::Audit;
use crate::KeptRecord;

/// The number of attempts to read an account that changes all the time.
const LOOKS: usize = 3;

/// An account's used and kept bytes, and the sums of its records, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    pub user_id: UserId,
    /// `used_bytes` of the account; negative if more was given back than was ever reserved.
    pub used: i128,
    /// The sum of the bytes that its files and images reserve.
    pub reserved: i128,
    /// `kept_bytes` of the account; negative if more was subtracted than was ever counted.
    pub kept: i128,
    /// The sum of its records of kept bytes.
    pub counted: i128,
}

impl Holding {
    /// Whether both numbers of the account are the sums of its records.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.used == self.reserved && self.kept == self.counted
    }

    /// The differences of both numbers in bytes, each counted as positive.
    #[must_use]
    pub fn difference(&self) -> u128 {
        (self.used - self.reserved).unsigned_abs() + (self.kept - self.counted).unsigned_abs()
    }
}

/// The result of reading all of an owner's records once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Reading {
    reserved: i128,
    counted: i128,
    /// A hash of all ids and revisions, in order: equal if nothing has changed.
    print: u64,
}

/// The attributes of an account that an audit compares.
#[derive(Deserialize)]
struct Account {
    used_bytes: i64,
    #[serde(default)]
    kept_bytes: i64,
    #[serde(default)]
    erasing: bool,
}

impl Audit {
    /// Reads an account's used and kept bytes and the sums of its records; `None` if the account no longer exists, is being
    /// erased or keeps changing.
    ///
    /// The account's records are read before and after the account: if both readings are equal, the
    /// records were the same when the account was read. The second reading is needed only if the numbers
    /// differ.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn holding(&self, user_id: UserId) -> Result<Option<Holding>, StoreError> {
        let mut before = self.read_all_of(user_id).await?;
        for _ in 0..LOOKS {
            let account: Option<Account> = self.table.get(&Key::user(user_id)).await?;
            // An erasure removes records without adjusting `used_bytes`, because it removes the whole
            // account.
            let Some(account) = account.filter(|account| !account.erasing) else { return Ok(None) };
            let Reading { reserved, counted, .. } = before;
            let (used, kept) = (account.used_bytes.into(), account.kept_bytes.into());
            let holding = Holding { user_id, used, reserved, kept, counted };
            if holding.is_explained() {
                return Ok(Some(holding));
            }
            let after = self.read_all_of(user_id).await?;
            if after == before {
                return Ok(Some(holding));
            }
            before = after;
        }
        Ok(None)
    }

    /// Sets `used_bytes` and `kept_bytes` to the sums of the records, unless one has changed since it was read;
    /// returns whether they were set.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn correct(&self, holding: &Holding) -> Result<bool, StoreError> {
        // Every other write changes a number and its records by the same amount: if one is unchanged, so is the
        // other.
        let set = "SET #used_bytes = :reserved, #kept_bytes = :counted";
        // Accounts of which nothing was ever kept have no such attribute.
        let kept = match holding.kept {
            0 => "(attribute_not_exists(#kept_bytes) OR #kept_bytes = :kept)",
            _ => "#kept_bytes = :kept",
        };
        let unchanged = format!("#used_bytes = :used AND attribute_not_exists(#erasing) AND {kept}");
        let write = Write::update(Key::user(holding.user_id), set).when(&unchanged);
        let write = write.number(":reserved", holding.reserved).number(":used", holding.used);
        self.table.update(write.number(":counted", holding.counted).number(":kept", holding.kept)).await
    }

    async fn read_all_of(&self, owner: UserId) -> Result<Reading, StoreError> {
        let (mut reserved, mut counted, mut print) = (0, 0, DefaultHasher::new());
        let uploads = |item| {
            let upload: Upload = read(item)?;
            reserved += i128::from(upload.reserved());
            (upload.id.to_string(), upload.revision).hash(&mut print);
            Ok(())
        };
        self.for_each_in(&owned_by(owner), "", uploads).await?;
        let kept = |item| {
            let sort = Key::of(&item).unwrap_or_default().sort;
            let record: KeptRecord = read(item)?;
            counted += i128::from(record.bytes);
            (sort, record.bytes).hash(&mut print);
            Ok(())
        };
        self.for_each_in(&Key::user(owner).partition, KEPT, kept).await?;
        Ok(Reading { reserved, counted, print: print.finish() })
    }

    /// Reads the records of a partition whose sort keys begin with `prefix`, in order.
    async fn for_each_in(
        &self,
        partition: &str,
        prefix: &str,
        mut take: impl FnMut(Item) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let query = self.table.client.query().table_name(&self.table.name).consistent_read(true);
        let query = query.expression_attribute_values(":pk", text(partition));
        let query = match prefix {
            "" => query.key_condition_expression("pk = :pk"),
            prefix => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix)),
        };
        let mut pages = query.into_paginator().send();
        while let Some(page) = pages.next().await {
            page?.items.unwrap_or_default().into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }
}
