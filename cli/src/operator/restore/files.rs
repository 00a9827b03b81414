//! Bringing back files that were deleted since the restore point.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Delete, DeleteMarkerEntry, ObjectIdentifier};
use jiff::Timestamp;

use crate::console::Console;
use crate::failure::{Failure, doing};

/// Removes the delete markers of a bucket that are younger than `to`, so that the files below them are there again.
/// Nothing is copied: a copy would be a new upload, and start its processing. Returns how many files came back.
///
/// # Errors
/// If S3 refuses.
pub async fn restore(
    client: &Client,
    bucket: &str,
    to: Timestamp,
    console: Console,
) -> Result<usize, Failure> {
    let mut restored = 0;
    let (mut key, mut version) = (None, None);
    loop {
        let listed = client.list_object_versions().bucket(bucket);
        let listed = listed.set_key_marker(key).set_version_id_marker(version).send().await;
        let listed = listed.map_err(doing(format!("list the versions in {bucket}")))?;
        let markers = listed.delete_markers().iter().filter(|marker| is_since(marker, to));
        let batch: Vec<ObjectIdentifier> = markers.filter_map(identifier).collect();
        if !batch.is_empty() {
            restored += batch.len();
            remove(client, bucket, batch).await?;
            console.progress(format!("  {restored} files are back"));
        }
        if !listed.is_truncated().unwrap_or_default() {
            return Ok(restored);
        }
        (key, version) = (listed.next_key_marker, listed.next_version_id_marker);
    }
}

async fn remove(client: &Client, bucket: &str, markers: Vec<ObjectIdentifier>) -> Result<(), Failure> {
    let delete =
        Delete::builder().set_objects(Some(markers)).quiet(true).build().map_err(doing("remove markers"))?;
    let answer = client.delete_objects().bucket(bucket).delete(delete).send().await;
    let answer = answer.map_err(doing(format!("remove delete markers in {bucket}")))?;
    match answer.errors().first() {
        Some(error) => {
            let (key, why) = (error.key().unwrap_or_default(), error.message().unwrap_or_default());
            Err(Failure::new(format!("cannot bring back {key}: {why}")))
        }
        None => Ok(()),
    }
}

/// Whether a marker hides its file now, and did not at the restore point.
fn is_since(marker: &DeleteMarkerEntry, to: Timestamp) -> bool {
    let is_younger = marker.last_modified().is_some_and(|time| time.secs() >= to.as_second());
    is_younger && marker.is_latest().unwrap_or_default()
}

fn identifier(marker: &DeleteMarkerEntry) -> Option<ObjectIdentifier> {
    let version = marker.version_id()?;
    ObjectIdentifier::builder().key(marker.key()?).version_id(version).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_markers_that_hide_a_file_since_the_restore_point_are_removed() {
        let to: Timestamp = "2026-11-30T08:15:00Z".parse().unwrap();
        let marker = |seconds: i64, latest: bool| {
            let time = aws_smithy_types::DateTime::from_secs(to.as_second() + seconds);
            DeleteMarkerEntry::builder()
                .key("k")
                .version_id("v")
                .last_modified(time)
                .is_latest(latest)
                .build()
        };
        assert!(is_since(&marker(1, true), to) && is_since(&marker(0, true), to));
        assert!(!is_since(&marker(-1, true), to) && !is_since(&marker(1, false), to));
        // Without a version, a deletion would add a marker instead of removing one.
        assert!(identifier(&DeleteMarkerEntry::builder().key("k").build()).is_none());
    }
}
