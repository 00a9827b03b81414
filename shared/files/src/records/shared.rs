//! Files that every signed-in user may see: a copy of each, found by its id, and an index of them by month.
//!
//! The copy changes in the transaction that changes the file, so that a file that is no longer shared
//! disappears with the next call. The index only lists candidates and may lag behind. Copies of an account
//! that staff closed remain, so that they reappear when it is reopened; every reader of a copy also reads the
//! account.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;

use satchel_api::Filter;
use satchel_model::{Error, FileId, Kind, Refusal, Status, Upload, UserId};
use satchel_table::keys::{Item, Key, MONTHS, SHARED};
use satchel_table::write::Write;
use satchel_table::{StoreError, item, read};

use super::Uploads;

/// The index across owners: partition `month`, sorted by `id`, with `owner`.
const INDEX: &str = "shared-files";

/// The most pages of the index that one request reads. A page of results may therefore be short although more
/// follow.
const MAX_INDEX_PAGES: usize = 5;

/// The most keys that one `BatchGetItem` takes.
const MAX_BATCH: usize = 100;

/// The months that this process has noted in the table.
#[derive(Clone, Default)]
pub(crate) struct Months(Arc<Mutex<BTreeSet<String>>>);

/// The files that one request found in the index.
struct Found {
    files: Vec<Named>,
    /// The oldest id up to which the index was read; `None` if it was read to its end.
    down_to: Option<FileId>,
}

/// The id and the owner of a shared file, as stored in the index.
struct Named {
    id: FileId,
    owner: UserId,
}

/// The attributes of an account that readers of its shared files need.
#[derive(Deserialize)]
struct Owner {
    id: UserId,
    is_active: bool,
}

/// For the transaction that changes `before` to `after`, or deletes it: the writes of the copy.
pub(crate) fn copies(before: &Upload, after: Option<&Upload>) -> Result<Vec<Write>, StoreError> {
    let key = Key::shared_file(before.id);
    match after.filter(|after| after.is_shared()) {
        Some(after) => {
            let mut copy: Item = item(&key, after, None)?;
            copy.insert("month".to_owned(), AttributeValue::S(month(after.id)));
            Ok(vec![Write::put(copy)])
        }
        None if before.is_shared() => Ok(vec![Write::delete(key)]),
        None => Ok(Vec::new()),
    }
}

impl Uploads {
    /// Finds a file that `caller` may see: their own, in any state, or a shared one whose account is open.
    ///
    /// Only another account's file needs a second call, because its copy names the account to check.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if there is no such file.
    pub async fn find_visible(&self, caller: UserId, id: FileId) -> Result<Upload, Error> {
        let keys = [Key::upload(caller, Kind::File, id), Key::shared_file(id)];
        let [own, shared] = self.table.get_all(keys).await?;
        if let Some(own) = own {
            let own: Upload = read(own).map_err(StoreError::from)?;
            return Some(own)
                .filter(|own| own.status != Status::Deleting)
                .ok_or(Error::Refused(Refusal::NotFound));
        }
        let shared: Upload = read(shared.ok_or(Refusal::NotFound)?).map_err(StoreError::from)?;
        let owners = self.table.get_many(&[Key::user(shared.owner)]).await?;
        if open_among(owners)?.contains(&shared.owner) { Ok(shared) } else { Err(Refusal::NotFound.into()) }
    }

    /// Lists up to `limit` files that `caller` may see and that follow `after`, newest first, and returns the
    /// id after which the next page begins.
    ///
    /// These are the caller's own files that pass `own`, and the files that others share.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn list_visible(
        &self,
        caller: UserId,
        own: &Filter,
        limit: usize,
        after: Option<FileId>,
    ) -> Result<(Vec<Upload>, Option<FileId>), StoreError> {
        let own = self.list(caller, Kind::File, own, limit, after);
        let shared = self.shared_by_others(caller, limit, after);
        let ((mut files, own_down_to), shared) = tokio::try_join!(own, shared)?;
        files.extend(self.copies_of(&shared.files).await?);
        // Results are complete only down to where both lists were read.
        let down_to = own_down_to.max(shared.down_to);
        files.retain(|file| down_to.is_none_or(|end| file.id >= end));
        files.sort_by_key(|file| Reverse(file.id));
        if files.len() > limit {
            files.truncate(limit);
            let last = files.last().map(|file| file.id);
            return Ok((files, last));
        }
        Ok((files, down_to))
    }

    /// Records that the index has files in the month of `file`, if the file is shared; once for each process.
    pub(crate) async fn note_month_of(&self, file: &Upload) -> Result<(), StoreError> {
        if !file.is_shared() {
            return Ok(());
        }
        let month = month(file.id);
        if self.months.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&month) {
            return Ok(());
        }
        self.table
            .update(Write::update(Key::month(&month), "SET #noted = :true").flag(":true", true))
            .await?;
        self.months.0.lock().unwrap_or_else(PoisonError::into_inner).insert(month);
        Ok(())
    }

    async fn shared_by_others(
        &self,
        caller: UserId,
        limit: usize,
        after: Option<FileId>,
    ) -> Result<Found, StoreError> {
        let newest = after.map(month);
        let months = self.noted_months().await?;
        let mut months =
            months.into_iter().rev().filter(|month| newest.as_ref().is_none_or(|newest| month <= newest));
        let mut found = Found { files: Vec::new(), down_to: None };
        let (mut current, mut start) = (months.next(), None);
        for _ in 0..MAX_INDEX_PAGES {
            let Some(month) = &current else { break };
            let (files, end) =
                self.index_page(caller, month, after, limit - found.files.len(), start).await?;
            found.files.extend(files);
            found.down_to = match &end {
                _ if found.files.len() >= limit => found.files.last().map(|file| file.id),
                Some(key) => key.get("id").and_then(|id| id.as_s().ok()?.parse().ok()),
                None => month_start(month),
            };
            if found.files.len() >= limit {
                return Ok(found);
            }
            if end.is_none() {
                current = months.next();
            }
            start = end;
        }
        if current.is_none() {
            found.down_to = None;
        }
        Ok(found)
    }

    async fn index_page(
        &self,
        caller: UserId,
        month: &str,
        after: Option<FileId>,
        limit: usize,
        start: Option<Item>,
    ) -> Result<(Vec<Named>, Option<Item>), StoreError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        // On the first page, `~` sorts after every id.
        let before = after.map_or_else(|| "~".to_owned(), |id| id.to_string());
        let query = self.table.client.query().table_name(&self.table.name).index_name(INDEX);
        let query = query
            .key_condition_expression("#month = :month AND #id < :before")
            .filter_expression("#owner <> :caller")
            .set_expression_attribute_names(satchel_table::write::names_in(&["#month #id #owner"]))
            .expression_attribute_values(":month", text(month))
            .expression_attribute_values(":before", text(&before))
            .expression_attribute_values(":caller", text(&caller.to_string()))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        let answer = query.send().await?;
        let named = |item: &Item| {
            let text = |name: &str| item.get(name)?.as_s().ok();
            Some(Named { id: text("id")?.parse().ok()?, owner: text("owner")?.parse().ok()? })
        };
        let files = answer.items.unwrap_or_default().iter().filter_map(named).collect();
        Ok((files, answer.last_evaluated_key))
    }

    async fn noted_months(&self) -> Result<BTreeSet<String>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = query.key_condition_expression("pk = :pk").consistent_read(true);
        let query = query.expression_attribute_values(":pk", AttributeValue::S(MONTHS.to_owned()));
        let items = query.send().await?.items.unwrap_or_default();
        Ok(items.iter().filter_map(|item| Some(item.get("sk")?.as_s().ok()?.clone())).collect())
    }

    /// Selects the files that are still shared and whose accounts are open: the copies and the accounts are read in one
    /// call.
    async fn copies_of(&self, files: &[Named]) -> Result<Vec<Upload>, StoreError> {
        let owners: BTreeSet<_> = files.iter().map(|file| file.owner).collect();
        let copies = files.iter().map(|file| Key::shared_file(file.id));
        let keys: Vec<_> = copies.chain(owners.into_iter().map(Key::user)).collect();
        let batches = keys.chunks(MAX_BATCH).map(|keys| self.table.get_many(keys));
        let found = try_join_all(batches).await?.into_iter().flatten();
        let (copies, owners): (Vec<_>, Vec<_>) = found.partition(is_copy);
        let open = open_among(owners)?;
        let copies = copies.into_iter().map(read::<Upload>).collect::<Result<Vec<_>, _>>()?;
        Ok(copies.into_iter().filter(|copy| open.contains(&copy.owner)).collect())
    }
}

fn is_copy(record: &Item) -> bool {
    Key::of(record).is_some_and(|key| key.partition.starts_with(SHARED))
}

/// Selects the accounts that are open: neither closed by staff nor deleted.
fn open_among(accounts: Vec<Item>) -> Result<BTreeSet<UserId>, StoreError> {
    let owners = accounts.into_iter().map(read::<Owner>).collect::<Result<Vec<_>, _>>()?;
    Ok(owners.into_iter().filter(|owner| owner.is_active).map(|owner| owner.id).collect())
}

/// The month in which an id was created, such as `2026-11`.
fn month(id: FileId) -> String {
    id.made_at().strftime("%Y-%m").to_string()
}

/// The smallest possible id of a month.
fn month_start(month: &str) -> Option<FileId> {
    let start: Timestamp = format!("{month}-01T00:00:00Z").parse().ok()?;
    Some(FileId::first_at(start))
}
