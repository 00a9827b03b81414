//! Reads and postpones the records that are due for processing, from the sparse index `due`.
//!
//! A record has the index's two attributes while some part of it will expire. They state only when to process
//! the record; the record itself determines what has to be done.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use satchel_files::KeptRecord;
use satchel_model::Upload;
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, KEPT, Key};
use satchel_table::write::Write;
use satchel_table::{StoreError, Table, due, read};

use crate::erasure::Erasure;

/// The size of a page, which is the limit of one `BatchGetItem`.
const PAGE: i32 = 100;

/// Finds and postpones due records.
#[derive(Clone)]
pub struct Agenda {
    table: Table,
}

/// A record that is due.
#[derive(Debug, Clone)]
pub enum Due {
    Upload(Box<Upload>),
    /// An account whose erasure has not finished.
    Erasure(Erasure),
    /// Bytes that S3 kept and has deleted by now.
    Kept(Key, KeptRecord),
    /// A record that cannot be deserialized, with the error.
    Unreadable(Key, String),
}

/// The place at which the next page of a partition begins.
#[derive(Debug, Clone)]
pub struct Place(Item);

impl Wired for Agenda {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Agenda {
    /// Reads a page of the records in partition `shard` that are due at `now`, earliest first, and the place
    /// at which the next page begins. The records themselves are read with strong consistency.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn page(
        &self,
        shard: &str,
        now: Timestamp,
        from: Option<Place>,
    ) -> Result<(Vec<Due>, Option<Place>), StoreError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let query = self.table.client.query().table_name(&self.table.name).index_name(due::INDEX);
        let query = query
            .key_condition_expression("due = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":now", text(&due::sortable(now)))
            .limit(PAGE)
            .set_exclusive_start_key(from.map(|Place(key)| key));
        let answer = query.send().await?;
        let keys: Vec<_> = answer.items.unwrap_or_default().iter().filter_map(Key::of).collect();
        let records = if keys.is_empty() { Vec::new() } else { self.table.get_many(&keys).await? };
        // The index may lag behind: records that are no longer due have been processed already.
        let due = records.into_iter().map(Due::read).filter(|due| due.is_due(now)).collect();
        Ok((due, answer.last_evaluated_key.map(Place)))
    }

    /// Postpones a record that could not be processed, so that it does not delay the others.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn postpone(&self, due: &Due, to: Timestamp) -> Result<(), StoreError> {
        let write = Write::update(due.key(), "SET #due_at = :to").when("attribute_exists(due_at)");
        self.table.update(write.text(":to", due::sortable(to))).await.map(drop)
    }

    /// Postpones an upload whose bytes cannot be read yet, after a run that finished.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn wait(&self, upload: &Upload, until: Timestamp) -> Result<(), StoreError> {
        let key = Key::upload(upload.owner, upload.kind, upload.id);
        let write =
            Write::update(key, "SET #due_at = :until REMOVE #sweeps").when("attribute_exists(due_at)");
        self.table.update(write.text(":until", due::sortable(until))).await.map(drop)
    }

    /// Records that a run begins to settle an upload, and postpones the upload in case the run does not finish.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn begin(&self, upload: &Upload, wait_until: Timestamp) -> Result<(), StoreError> {
        let key = Key::upload(upload.owner, upload.kind, upload.id);
        let write =
            Write::update(key, "SET #due_at = :until ADD #sweeps :one").when("attribute_exists(due_at)");
        self.table.update(write.text(":until", due::sortable(wait_until)).number(":one", 1)).await.map(drop)
    }
}

impl Due {
    fn read(item: Item) -> Self {
        let key = Key::of(&item).unwrap_or_default();
        let due = if key.sort == Key::ERASURE {
            read(item).map(Self::Erasure)
        } else if key.sort.starts_with(KEPT) {
            read(item).map(|record| Self::Kept(key.clone(), record))
        } else {
            read(item).map(|upload| Self::Upload(Box::new(upload)))
        };
        due.unwrap_or_else(|error| Self::Unreadable(key, error.to_string()))
    }

    fn is_due(&self, now: Timestamp) -> bool {
        match self {
            Self::Upload(upload) => upload.due_at().is_some_and(|at| at <= now),
            Self::Erasure(erasure) => erasure.due_at <= now,
            Self::Kept(_, record) => record.due_at <= now,
            Self::Unreadable(..) => true,
        }
    }

    /// The record's key, as text for logs.
    #[must_use]
    pub fn name(&self) -> String {
        let key = self.key();
        format!("{} {}", key.partition, key.sort)
    }

    fn key(&self) -> Key {
        match self {
            Self::Upload(upload) => Key::upload(upload.owner, upload.kind, upload.id),
            Self::Erasure(erasure) => Key::erasure(erasure.user_id),
            Self::Kept(key, _) | Self::Unreadable(key, _) => key.clone(),
        }
    }
}
