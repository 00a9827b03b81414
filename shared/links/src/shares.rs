//! Stores share links: found by the hash of their token, and listed by their file.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::to_attribute_value;

use satchel_guard::{Caller, IdempotentRequest};
use satchel_model::secret::Secret;
use satchel_model::{Error, FileId, Refusal, Share, ShareId, Upload, User, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key, shares_of, shares_prefix};
use satchel_table::listing::Range;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed, item, read};

/// The maximum number of attempts to write a link while a rotation changes it.
pub(crate) const ATTEMPTS: usize = 3;

/// The list entry of a link, by which its owner finds it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The SHA-256 of the link's token.
    pub hash: String,
}

/// A link, and the hash of its token.
pub struct StoredShare {
    pub share: Share,
    pub hash: String,
}

/// The options that a change names; the others stay as they are stored.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    pub expiry: bool,
    pub password: bool,
    pub limit: bool,
}

/// Stores and finds share links.
#[derive(Clone)]
pub struct Shares {
    pub(crate) table: Table,
}

impl Wired for Shares {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Shares {
    /// Stores a new link of the caller with only the hash of its token.
    ///
    /// A repetition of an idempotent request returns the first link.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime; the errors of
    /// [`IdempotentRequest::made`]; [`Refusal::NotFound`] if the first link has expired or was revoked.
    pub async fn create(
        &self,
        caller: &Caller,
        share: Share,
        token: &Secret,
        idempotent: &IdempotentRequest,
    ) -> Result<StoredShare, Error> {
        let (hash, ttl) = (token.sha256(), Some(share.stored_expiry()));
        let link = Write::put(item(&Key::share(&hash), &share, ttl)?);
        let place = Write::put(item(&key_of(&share), &Entry { hash: hash.clone() }, ttl)?);
        let writes = caller.is_still_good().into_iter().chain([link, place]);
        let writes = writes.chain(idempotent.write(caller, share.id)?);
        match self.table.transact(writes.collect()).await? {
            Outcome::Done => Ok(StoredShare { share, hash }),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                Err(Refusal::TokenNotValid.into())
            }
            Outcome::Cancelled(reasons) => {
                let id = idempotent.made(&reasons)?.ok_or(Refusal::NotFound)?;
                let made = self.find_own(share.owner, share.file_id, id, share.created_at).await?;
                made.ok_or(Error::Refused(Refusal::NotFound))
            }
        }
    }

    /// Finds the link of a token, if it can still be opened.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, token: &Secret, now: Timestamp) -> Result<Option<Share>, StoreError> {
        let share: Option<Share> = self.table.get(&Key::share(&token.sha256())).await?;
        Ok(share.filter(|share| share.is_open(now)))
    }

    /// Finds an unexpired link of one of the owner's files by its id.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find_own(
        &self,
        owner: UserId,
        file: FileId,
        id: ShareId,
        now: Timestamp,
    ) -> Result<Option<StoredShare>, StoreError> {
        let entry: Option<Entry> = self.table.get(&Key::share_of(owner, file, id)).await?;
        let Some(Entry { hash }) = entry else { return Ok(None) };
        let share: Option<Share> = self.table.get(&Key::share(&hash)).await?;
        Ok(share.filter(|share| !share.is_expired(now)).map(|share| StoredShare { share, hash }))
    }

    /// Changes the named options of a link to those of `changed`; returns `false` if it was revoked in the
    /// meantime. Two changes of different options do not undo each other.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime.
    pub async fn change(&self, caller: &Caller, changed: &StoredShare, named: Named) -> Result<bool, Error> {
        let StoredShare { share, hash } = changed;
        // The mark tells a rotation of the secret that it has to read the link again.
        let link = options(Key::share(hash), share, named)?.when("#owner = :caller");
        let link = link.text(":caller", caller.user.id).marked(&self.table.mark());
        let place = if named.expiry {
            Write::update(key_of(share), "SET #ttl = :ttl").number(":ttl", share.stored_expiry())
        } else {
            Write::check(key_of(share))
        };
        let place = place.when("#hash = :hash").text(":hash", hash);
        let [session, account] = caller.is_still_good();
        match self.table.transact(vec![session, account, link, place]).await? {
            Outcome::Done => Ok(true),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                Err(Refusal::TokenNotValid.into())
            }
            Outcome::Cancelled(_) => Ok(false),
        }
    }

    /// Loads the file that a link opens and its owner; `None` unless the file is ready and the owner's account
    /// is open.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn target(&self, share: &Share) -> Result<Option<(Upload, User)>, StoreError> {
        let keys = [Key::upload(share.owner, share.kind, share.file_id), Key::user(share.owner)];
        let [Some(upload), Some(owner)] = self.table.get_all(keys).await? else { return Ok(None) };
        let (upload, owner): (Upload, User) = (read(upload)?, read(owner)?);
        Ok((upload.is_ready() && owner.is_active).then_some((upload, owner)))
    }

    /// Counts an opening; returns `false` if the link was used up or revoked or has expired in the meantime.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn count(&self, token: &Secret, now: Timestamp) -> Result<bool, StoreError> {
        let open = "attribute_exists(pk) AND #ttl > :now AND \
                    (attribute_type(#max_downloads, :null) OR #downloads < #max_downloads)";
        let write = Write::update(Key::share(&token.sha256()), "ADD #downloads :one")
            .when(open)
            .number(":one", 1)
            .number(":now", now.as_second())
            .text(":null", "NULL");
        self.table.update(write).await
    }

    /// Lists up to `limit` unexpired links of a file, latest first, and returns the id after which the next
    /// page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn list(
        &self,
        owner: UserId,
        file: FileId,
        limit: usize,
        after: Option<ShareId>,
        now: Timestamp,
    ) -> Result<(Vec<StoredShare>, Option<ShareId>), StoreError> {
        let range = Range { partition: shares_of(owner), prefix: &shares_prefix(file), filter: None };
        let after = after.map(|id| id.to_string());
        let (entries, last) = range.newest_first(&self.table, limit, after.as_deref()).await?;
        let entries = entries.into_iter().map(read::<Entry>);
        let keys: Vec<_> =
            entries.map(|entry| Ok(Key::share(&entry?.hash))).collect::<Result<_, serde_dynamo::Error>>()?;
        let found = if keys.is_empty() { Vec::new() } else { self.table.get_many(&keys).await? };
        let stored = |item: Item| {
            let hash = Key::of(&item).and_then(|key| key.token_hash().map(ToOwned::to_owned));
            Ok::<_, StoreError>(StoredShare { share: read(item)?, hash: hash.unwrap_or_default() })
        };
        let mut shares: Vec<StoredShare> = found.into_iter().map(stored).collect::<Result<_, _>>()?;
        shares.retain(|stored| !stored.share.is_expired(now));
        shares.sort_by_key(|stored| std::cmp::Reverse(stored.share.id));
        Ok((shares, last.and_then(|id| id.parse().ok())))
    }

    /// The number of unexpired links of each file or image in `uploads`, which belong to `owner`; those
    /// without links are left out.
    ///
    /// One query counts the links of a whole page, because the links of neighbouring files are stored next to
    /// each other.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn counts(
        &self,
        owner: UserId,
        uploads: &[Upload],
        now: Timestamp,
    ) -> Result<BTreeMap<FileId, u64>, StoreError> {
        let files: BTreeSet<_> = uploads.iter().map(|upload| upload.id).collect();
        let mut counts = BTreeMap::new();
        let (Some(first), Some(last)) = (files.first(), files.last()) else { return Ok(counts) };
        let text = AttributeValue::S;
        let query = self.table.client.query().table_name(&self.table.name).consistent_read(true);
        let query = query
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .filter_expression("#ttl > :now")
            .projection_expression("sk")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":pk", text(shares_of(owner)))
            .expression_attribute_values(":first", text(shares_prefix(*first)))
            // `~` sorts after every link's id.
            .expression_attribute_values(":last", text(shares_prefix(*last) + "~"))
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()));
        let mut pages = query.into_paginator().send();
        while let Some(page) = pages.next().await {
            for entry in page?.items.unwrap_or_default() {
                let key = entry.get("sk").and_then(|key| key.as_s().ok()).map(String::as_str);
                let file = key.and_then(|key| key.split('#').nth(1)?.parse().ok());
                if let Some(file) = file.filter(|file| files.contains(file)) {
                    *counts.entry(file).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }

    /// Revokes a link of one of the caller's files; returns `false` if the file has no such link.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime.
    pub async fn revoke(&self, caller: &Caller, file: FileId, id: ShareId) -> Result<bool, Error> {
        let key = Key::share_of(caller.user.id, file, id);
        for _ in 0..ATTEMPTS {
            let Some(entry) = self.table.get::<Entry>(&key).await? else { return Ok(false) };
            let ours = Write::delete(Key::share(&entry.hash));
            let ours = ours.when("#owner = :caller").text(":caller", caller.user.id);
            let place = Write::delete(key.clone()).when("#hash = :hash").text(":hash", &entry.hash);
            let [session, account] = caller.is_still_good();
            match self.table.transact(vec![session, account, ours, place]).await? {
                Outcome::Done => return Ok(true),
                Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                    return Err(Refusal::TokenNotValid.into());
                }
                // The link was revoked, or a rotation has given it another token.
                Outcome::Cancelled(_) => {}
            }
        }
        Ok(false)
    }
}

impl Shares {
    /// Revokes a link again, on a restored table; returns `false` if the file has no such link.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn revoke_again(&self, owner: UserId, file: FileId, id: ShareId) -> Result<bool, StoreError> {
        let key = Key::share_of(owner, file, id);
        for _ in 0..ATTEMPTS {
            let Some(Entry { hash }) = self.table.get(&key).await? else { return Ok(false) };
            let place = Write::delete(key.clone()).when("#hash = :hash").text(":hash", &hash);
            let writes = vec![place, Write::delete(Key::share(&hash))];
            // Otherwise a rotation has given it another token.
            if matches!(self.table.transact(writes).await?, Outcome::Done) {
                return Ok(true);
            }
        }
        Err(StoreError::Conflict)
    }
}

/// The update of the options of a link that a change names.
fn options(key: Key, share: &Share, named: Named) -> Result<Write, StoreError> {
    let sets = [
        (named.expiry, "#expires_at = :expires_at, #ttl = :ttl"),
        (named.password, "#password_hash = :password_hash"),
        (named.limit, "#max_downloads = :max_downloads"),
    ];
    let sets: Vec<_> = sets.iter().filter(|(is_named, _)| *is_named).map(|(_, set)| *set).collect();
    let mut write = Write::update(key, &format!("SET {}", sets.join(", ")));
    if named.expiry {
        let stored = Timestamp::from_second(share.stored_expiry()).unwrap_or(Timestamp::MAX);
        let expires_at = share.expires_at.unwrap_or(stored);
        write = write.text(":expires_at", expires_at).number(":ttl", share.stored_expiry());
    }
    if named.password {
        write = write.value(":password_hash", to_attribute_value(&share.password_hash)?);
    }
    if named.limit {
        write = write.value(":max_downloads", to_attribute_value(share.max_downloads)?);
    }
    Ok(write)
}

/// The key of the list entry of a link.
pub(crate) fn key_of(share: &Share) -> Key {
    Key::share_of(share.owner, share.file_id, share.id)
}
