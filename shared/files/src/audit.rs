//! Reads and corrects records for audits: the records that explain stored objects, and the used bytes of
//! accounts.
//!
//! An audit scans the table, which no request does, because it is rare and must see every record.

mod holdings;
mod place;
mod unlisted;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use satchel_model::{FileId, Kind, Upload, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key, SHARED, sort_prefix};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, read};

pub use holdings::Holding;
pub use unlisted::Scanned;

/// The number of files whose records one `BatchGetItem` reads: it takes 100 keys, and each file id needs two,
/// one for each kind.
const BATCH: usize = 50;
const BATCHES_AT_ONCE: usize = 8;

/// Reads and corrects records for audits.
#[derive(Clone)]
pub struct Audit {
    table: Table,
}

/// The place at which a scan continues.
#[derive(Debug, Clone)]
pub struct Mark(Item);

impl Wired for Audit {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Audit {
    /// Reads the records of those files and images that have one, in any state, with strong consistency.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn uploads(
        &self,
        files: &BTreeSet<(UserId, FileId)>,
    ) -> Result<BTreeMap<(UserId, FileId), Upload>, StoreError> {
        let key = |(owner, id): (UserId, FileId)| {
            [Kind::File, Kind::Image].map(|kind| Key::upload(owner, kind, id))
        };
        let keys: Vec<_> = files.iter().copied().flat_map(key).collect();
        let batches = keys.chunks(2 * BATCH).map(|keys| self.table.get_many(keys));
        let batches: Vec<_> = stream::iter(batches).buffer_unordered(BATCHES_AT_ONCE).try_collect().await?;
        let uploads = batches.into_iter().flatten().map(read::<Upload>);
        let by_file = |upload: Upload| ((upload.owner, upload.id), upload);
        Ok(uploads.map(|upload| upload.map(by_file)).collect::<Result<_, _>>()?)
    }

    /// Reads a page of all images of all accounts, and the place at which the scan continues.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn images(&self, from: Option<Mark>) -> Result<(Vec<Upload>, Option<Mark>), StoreError> {
        let prefix = sort_prefix(Kind::Image);
        let page = self.scan("begins_with(sk, :wanted)", prefix, from.map(|Mark(key)| key)).await?;
        let images = page.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>()?;
        Ok((images, page.last_evaluated_key.map(Mark)))
    }

    /// Reads a page of the accounts that follow `after` in the order of a scan; empty if there are no more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn accounts(&self, after: Option<UserId>) -> Result<Vec<Scanned>, StoreError> {
        let mut from = after.map(|id| Key::user(id).item());
        loop {
            let page = self.scan("sk = :wanted", "USER", from).await?;
            let accounts: Vec<_> = page.items.unwrap_or_default().iter().filter_map(Scanned::of).collect();
            from = page.last_evaluated_key;
            if from.is_none() || !accounts.is_empty() {
                return Ok(accounts);
            }
        }
    }

    /// Reads a page of the copies of shared files that follow `after` in the order of a scan; empty if there
    /// are no more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn copies(&self, after: Option<FileId>) -> Result<Vec<Upload>, StoreError> {
        let mut from = after.map(|id| Key::shared_file(id).item());
        loop {
            let page = self.scan("begins_with(pk, :wanted)", SHARED, from).await?;
            from = page.last_evaluated_key;
            let copies: Vec<_> =
                page.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>()?;
            if from.is_none() || !copies.is_empty() {
                return Ok(copies);
            }
        }
    }

    /// Selects the copies that do not match their file, or whose account no longer exists or is being erased.
    ///
    /// An account that staff closed keeps its copies, because it may be reopened.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn unexplained_copies(&self, copies: Vec<Upload>) -> Result<Vec<Upload>, StoreError> {
        let batches: Vec<_> = copies.chunks(BATCH).map(|copies| self.explained_copies(copies)).collect();
        let explained: Vec<_> = stream::iter(batches).buffer_unordered(BATCHES_AT_ONCE).try_collect().await?;
        let explained: BTreeSet<_> = explained.into_iter().flatten().collect();
        let suspects: Vec<_> = copies.into_iter().filter(|copy| !explained.contains(&copy.id)).collect();
        // A file and its copy change in one transaction: if the copy has not changed since before its file was read,
        // the mismatch is real.
        let mut unexplained = Vec::new();
        for copies in suspects.chunks(BATCH) {
            let keys: Vec<_> = copies.iter().map(|copy| Key::shared_file(copy.id)).collect();
            let found = self.table.get_many(&keys).await?.into_iter().map(read::<Upload>);
            let found: BTreeMap<_, _> =
                found.map(|found| found.map(|found| (found.id, found.revision))).collect::<Result<_, _>>()?;
            let is_same = |copy: &&Upload| found.get(&copy.id) == Some(&copy.revision);
            unexplained.extend(copies.iter().filter(is_same).cloned());
        }
        Ok(unexplained)
    }

    /// Removes an unexplained copy unless it has changed since it was read; returns whether it was removed.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn remove_copy(&self, copy: &Upload) -> Result<bool, StoreError> {
        let write = Write::delete(Key::shared_file(copy.id)).when("#revision = :revision");
        let write = write.number(":revision", copy.revision);
        Ok(matches!(self.table.transact(vec![write]).await?, Outcome::Done))
    }

    /// The ids of the copies that match their file and whose account exists and is not being erased.
    async fn explained_copies(&self, copies: &[Upload]) -> Result<Vec<FileId>, StoreError> {
        let owners: BTreeSet<_> = copies.iter().map(|copy| copy.owner).collect();
        let files = copies.iter().map(|copy| Key::upload(copy.owner, Kind::File, copy.id));
        let keys: Vec<_> = files.chain(owners.into_iter().map(Key::user)).collect();
        let (mut files, mut owners) = (BTreeMap::new(), BTreeSet::new());
        for record in self.table.get_many(&keys).await? {
            let Some(owner) = Key::of(&record).and_then(|key| key.account()) else {
                let file: Upload = read(record)?;
                files.insert(file.id, file);
                continue;
            };
            owners.extend(Some(owner).filter(|_| !record.contains_key("erasing")));
        }
        let is_explained = |copy: &&Upload| {
            let file = files.get(&copy.id).filter(|file| file.is_shared() && file.revision == copy.revision);
            file.is_some() && owners.contains(&copy.owner)
        };
        Ok(copies.iter().filter(is_explained).map(|copy| copy.id).collect())
    }

    /// Scans a page of the whole table, with strong consistency, and returns the records that match `filter`.
    async fn scan(&self, filter: &str, wanted: &str, from: Option<Item>) -> Result<ScanOutput, StoreError> {
        let scan = self.table.client.scan().table_name(&self.table.name).consistent_read(true);
        let scan = scan.filter_expression(filter).set_exclusive_start_key(from);
        let wanted = AttributeValue::S(wanted.to_owned());
        Ok(scan.expression_attribute_values(":wanted", wanted).send().await?)
    }
}
