//! Multipart uploads and their parts.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::schema::{Store, time};
use crate::conditional::WriteCondition;
use crate::errors::{StoreError, no_such_upload};
use crate::events::Change;
use crate::record::{Object, ObjectMetadata, Part, Segment, Upload};

impl Store {
    pub fn begin_upload(
        &self,
        bucket: &str,
        upload: &Upload,
        facts: &ObjectMetadata,
    ) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO uploads (id, bucket, key, initiated, facts) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                &upload.id,
                bucket,
                &upload.key,
                upload.initiated.as_millisecond(),
                serde_json::to_string(facts)?,
            ))?;
        Ok(())
    }

    /// Adds a part, or replaces the one with its number. Returns the segment that it replaces.
    pub fn put_part(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        part: &Part,
    ) -> Result<Vec<Segment>, StoreError> {
        self.change(|transaction| {
            facts(transaction, bucket, key, upload)?;
            let replaced = transaction
                .prepare_cached("SELECT file, size FROM parts WHERE upload = ?1 AND number = ?2")?
                .query_row((upload, part.number), |row| Ok(Segment { file: row.get(0)?, size: row.get(1)? }))
                .optional()?;
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO parts (upload, number, file, size, etag, modified, checksums)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute((
                    upload,
                    part.number,
                    &part.segment.file,
                    part.segment.size,
                    &part.etag,
                    part.modified.as_millisecond(),
                    serde_json::to_string(&part.checksums)?,
                ))?;
            Ok(replaced.into_iter().collect())
        })
    }

    /// The parts of an upload with numbers above `after`, in order, at most `limit`.
    pub fn parts(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        after: i32,
        limit: usize,
    ) -> Result<Vec<Part>, StoreError> {
        let connection = self.connection();
        facts(&connection, bucket, key, upload)?;
        parts(&connection, upload, after, limit)
    }

    /// Ends an upload, and stores the object that `assemble` makes of its parts.
    ///
    /// Returns the object, the segments that are not used any more, and the id of the version. If anything fails, the upload is unchanged.
    pub fn complete(
        &self,
        change: &Change,
        upload: &str,
        condition: &WriteCondition,
        assemble: impl FnOnce(ObjectMetadata, &[Part]) -> Result<Object, StoreError>,
    ) -> Result<(Object, Vec<Segment>, Option<String>), StoreError> {
        self.change(|transaction| {
            let facts = facts(transaction, &change.bucket, &change.key, upload)?;
            let parts = parts(transaction, upload, 0, usize::MAX)?;
            let object = assemble(facts, &parts)?;
            let (mut unused, version) = self.replace(transaction, change, object.clone(), condition)?;
            let used: HashSet<&str> =
                object.details.body.iter().map(|segment| segment.file.as_str()).collect();
            let held = parts.into_iter().map(|part| part.segment);
            unused.extend(held.filter(|segment| !used.contains(segment.file.as_str())));
            end(transaction, upload)?;
            Ok((object, unused, version))
        })
    }

    /// Ends an upload without making an object. Returns its segments.
    pub fn abort(&self, bucket: &str, key: &str, upload: &str) -> Result<Vec<Segment>, StoreError> {
        self.change(|transaction| {
            facts(transaction, bucket, key, upload)?;
            let parts = parts(transaction, upload, 0, usize::MAX)?;
            end(transaction, upload)?;
            Ok(parts.into_iter().map(|part| part.segment).collect())
        })
    }

    /// The unfinished uploads after `after` (key and id), ordered by key and id, at most `limit`.
    pub fn uploads(
        &self,
        bucket: &str,
        prefix: &str,
        after: (&str, &str),
        limit: usize,
    ) -> Result<Vec<Upload>, StoreError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT id, key, initiated FROM uploads
             WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2 AND (key, id) > (?3, ?4)
             ORDER BY key, id LIMIT ?5",
        )?;
        let read =
            |row: &Row<'_>| Ok(Upload { id: row.get(0)?, key: row.get(1)?, initiated: time(row.get(2)?) });
        let rows = query.query_map((bucket, prefix, after.0, after.1, bounded(limit)), read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The metadata that was sent when the upload was created. The upload must belong to this key.
fn facts(
    connection: &Connection,
    bucket: &str,
    key: &str,
    upload: &str,
) -> Result<ObjectMetadata, StoreError> {
    let facts: Option<String> = connection
        .prepare_cached("SELECT facts FROM uploads WHERE id = ?1 AND bucket = ?2 AND key = ?3")?
        .query_row((upload, bucket, key), |row| row.get(0))
        .optional()?;
    Ok(serde_json::from_str(&facts.ok_or_else(no_such_upload)?)?)
}

fn parts(connection: &Connection, upload: &str, after: i32, limit: usize) -> Result<Vec<Part>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT number, file, size, etag, modified, checksums FROM parts
         WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let mut rows = query.query((upload, after, bounded(limit)))?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        parts.push(Part {
            number: row.get(0)?,
            segment: Segment { file: row.get(1)?, size: row.get(2)? },
            etag: row.get(3)?,
            modified: time(row.get(4)?),
            checksums: serde_json::from_str(&row.get::<_, String>(5)?)?,
        });
    }
    Ok(parts)
}

fn end(transaction: &Transaction<'_>, upload: &str) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM uploads WHERE id = ?1")?.execute([upload])?;
    Ok(())
}

fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
