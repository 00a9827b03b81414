//! Versions that are not current, and delete markers.
//!
//! The table `objects` has the current object of each key. The table `versions` has everything else, oldest first. If a
//! key has no current object but has versions, the last of them is a delete marker.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>

use local_deployment::Versioning;
use rusqlite::{OptionalExtension as _, Transaction};
use uuid::Uuid;

use super::objects::{find, insert};
use super::schema::{Store, time};
use crate::conditional::WriteCondition;
use crate::errors::StoreError;
use crate::events::Change;
use crate::record::{NULL_VERSION, Object, Segment, Version};

/// What a deletion removed or created.
#[derive(Debug, Default)]
pub(crate) struct Removal {
    /// The segments that are not used any more.
    pub unused: Vec<Segment>,
    /// The id of the removed version, or of the new delete marker.
    pub version: Option<String>,
    /// Whether that is a delete marker.
    pub is_marker: bool,
}

/// What a key has under the id of a version.
#[derive(Debug)]
pub(crate) enum Found {
    Object(Box<Object>),
    Marker,
    Missing,
}

/// A row of `versions`.
struct Row {
    place: i64,
    id: String,
    /// `None` for a delete marker.
    object: Option<Object>,
}

impl Store {
    /// Removes the current object of a key, if it exists and `condition` holds. A bucket with versioning gets a delete
    /// marker, even if there is no object, and keeps the object unless its id is `null` and versioning is suspended.
    pub fn remove(&self, change: &Change, condition: &WriteCondition) -> Result<Removal, StoreError> {
        self.change(|transaction| {
            let existing = find(transaction, &change.bucket, &change.key)?;
            let versioning = self.versioning_of(&change.bucket);
            match &existing {
                Some(existing) => condition.check(Some(&existing.etag))?,
                None if versioning == Versioning::Off => return Ok(Removal::default()),
                None => {}
            }
            let subject = existing.as_ref().map(|existing| (existing.size, existing.etag.clone()));
            let unused = self.retire(transaction, &change.bucket, &change.key, existing)?;
            transaction
                .prepare_cached("DELETE FROM objects WHERE bucket = ?1 AND key = ?2")?
                .execute((&change.bucket, &change.key))?;
            if versioning == Versioning::Off {
                let (size, etag) = subject.unwrap_or_default();
                self.record_events(transaction, change, size, &etag, None)?;
                return Ok(Removal { unused, ..Removal::default() });
            }
            let id = self.new_version(&change.bucket).unwrap_or_else(|| NULL_VERSION.to_owned());
            append(transaction, &change.bucket, &change.key, &id, change.at.as_millisecond(), None)?;
            let marked = Change { event: "ObjectRemoved:DeleteMarkerCreated", ..change.clone() };
            self.record_events(transaction, &marked, 0, "", Some(&id))?;
            Ok(Removal { unused, version: Some(id), is_marker: true })
        })
    }

    /// Removes one version or delete marker for good. The version before it becomes current, if the removed one was.
    pub fn remove_version(&self, change: &Change, id: &str) -> Result<Removal, StoreError> {
        self.change(|transaction| {
            let (bucket, key) = (change.bucket.as_str(), change.key.as_str());
            let current = find(transaction, bucket, key)?;
            let mut removal = Removal { version: Some(id.to_owned()), ..Removal::default() };
            if let Some(current) = current.filter(|current| current.details.version_id() == id) {
                transaction
                    .prepare_cached("DELETE FROM objects WHERE bucket = ?1 AND key = ?2")?
                    .execute((bucket, key))?;
                removal.unused = current.details.body;
                promote(transaction, bucket, key)?;
            } else if let Some(row) = version(transaction, bucket, key, Some(id))? {
                forget(transaction, row.place)?;
                removal.is_marker = row.object.is_none();
                removal.unused = row.object.map(|object| object.details.body).unwrap_or_default();
                if find(transaction, bucket, key)?.is_none() {
                    promote(transaction, bucket, key)?;
                }
            } else {
                return Ok(removal);
            }
            self.record_events(transaction, change, 0, "", Some(id))?;
            Ok(removal)
        })
    }

    /// One version of a key.
    pub fn version(&self, bucket: &str, key: &str, id: &str) -> Result<Found, StoreError> {
        self.change(|transaction| {
            let current = find(transaction, bucket, key)?;
            if let Some(current) = current.filter(|current| current.details.version_id() == id) {
                return Ok(Found::Object(Box::new(current)));
            }
            Ok(match version(transaction, bucket, key, Some(id))? {
                Some(Row { object: Some(object), .. }) => Found::Object(Box::new(object)),
                Some(Row { object: None, .. }) => Found::Marker,
                None => Found::Missing,
            })
        })
    }

    /// The id of the delete marker that is the current version of a key, if it is one.
    pub fn current_marker(&self, bucket: &str, key: &str) -> Result<Option<String>, StoreError> {
        self.change(|transaction| {
            if find(transaction, bucket, key)?.is_some() {
                return Ok(None);
            }
            Ok(version(transaction, bucket, key, None)?.map(|row| row.id))
        })
    }

    /// All versions and delete markers of the keys that begin with `prefix`: by key, and latest first.
    pub fn versions(&self, bucket: &str, prefix: &str) -> Result<Vec<Version>, StoreError> {
        let connection = self.connection();
        // The current object of a key is later than all of its rows in `versions`.
        let mut query = connection.prepare_cached(
            "SELECT key, coalesce(json_extract(details, '$.version'), 'null'), size, etag, modified,
                 9223372036854775807 AS place
             FROM objects WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2
             UNION ALL SELECT key, id, size, etag, modified, place
             FROM versions WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2
             ORDER BY key, place DESC",
        )?;
        let mut rows = query.query((bucket, prefix))?;
        let mut versions: Vec<Version> = Vec::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            let size: Option<u64> = row.get(2)?;
            let etag: Option<String> = row.get(3)?;
            let is_latest = versions.last().is_none_or(|last| last.key != key);
            let (id, modified) = (row.get(1)?, time(row.get(4)?));
            versions.push(Version { key, id, is_latest, modified, object: size.zip(etag) });
        }
        Ok(versions)
    }

    /// The id of a new version of an object in this bucket; `None` for the null version.
    pub(super) fn new_version(&self, bucket: &str) -> Option<String> {
        let is_enabled = self.versioning_of(bucket) == Versioning::Enabled;
        is_enabled.then(|| Uuid::now_v7().simple().to_string())
    }

    /// The id as responses and events show it: none at all for a bucket that never had versions.
    pub(crate) fn shown_version(&self, bucket: &str, id: &str) -> Option<String> {
        (self.versioning_of(bucket) != Versioning::Off).then(|| id.to_owned())
    }

    /// Makes room for a new version: moves the current object to the versions, unless the new version replaces it.
    /// Returns the segments that are not used any more.
    pub(super) fn retire(
        &self,
        transaction: &Transaction<'_>,
        bucket: &str,
        key: &str,
        current: Option<Object>,
    ) -> Result<Vec<Segment>, StoreError> {
        let replaces_null = self.versioning_of(bucket) != Versioning::Enabled;
        let mut unused = Vec::new();
        if replaces_null && let Some(row) = version(transaction, bucket, key, Some(NULL_VERSION))? {
            forget(transaction, row.place)?;
            unused.extend(row.object.into_iter().flat_map(|object| object.details.body));
        }
        match current {
            Some(current) if replaces_null && current.details.version.is_none() => {
                unused.extend(current.details.body);
            }
            Some(current) => {
                let id = current.details.version_id().to_owned();
                append(transaction, bucket, key, &id, current.modified.as_millisecond(), Some(&current))?;
            }
            None => {}
        }
        Ok(unused)
    }
}

/// The version of a key with this id, or the latest one that is not the current object.
fn version(
    transaction: &Transaction<'_>,
    bucket: &str,
    key: &str,
    id: Option<&str>,
) -> Result<Option<Row>, StoreError> {
    let row = transaction
        .prepare_cached(
            "SELECT place, id, size, etag, modified, details FROM versions
             WHERE bucket = ?1 AND key = ?2 AND (?3 IS NULL OR id = ?3) ORDER BY place DESC LIMIT 1",
        )?
        .query_row((bucket, key, id), |row| {
            let object: Option<(u64, String, i64, String)> = match row.get::<_, Option<String>>(5)? {
                Some(details) => Some((row.get(2)?, row.get(3)?, row.get(4)?, details)),
                None => None,
            };
            Ok((row.get(0)?, row.get(1)?, object))
        })
        .optional()?;
    let Some((place, id, object)) = row else { return Ok(None) };
    let object = object.map(|(size, etag, modified, details)| {
        Ok::<_, StoreError>(Object {
            size,
            etag,
            modified: time(modified),
            details: serde_json::from_str(&details)?,
        })
    });
    Ok(Some(Row { place, id, object: object.transpose()? }))
}

fn append(
    transaction: &Transaction<'_>,
    bucket: &str,
    key: &str,
    id: &str,
    modified: i64,
    object: Option<&Object>,
) -> Result<(), StoreError> {
    let details = object.map(|object| serde_json::to_string(&object.details)).transpose()?;
    transaction
        .prepare_cached(
            "INSERT INTO versions (bucket, key, id, size, etag, modified, details)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            bucket,
            key,
            id,
            object.map(|object| object.size),
            object.map(|object| &object.etag),
            modified,
            details,
        ))?;
    Ok(())
}

/// Makes the latest version current, unless it is a delete marker.
fn promote(transaction: &Transaction<'_>, bucket: &str, key: &str) -> Result<(), StoreError> {
    let latest = version(transaction, bucket, key, None)?;
    if let Some(Row { place, object: Some(object), .. }) = latest {
        insert(transaction, bucket, key, &object)?;
        forget(transaction, place)?;
    }
    Ok(())
}

fn forget(transaction: &Transaction<'_>, place: i64) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM versions WHERE place = ?1")?.execute([place])?;
    Ok(())
}
