//! Deleting a bucket with everything in it.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::console::Console;
use crate::failure::{Failure, doing};

/// Deletes all versions, delete markers and unfinished uploads of a bucket, and the bucket. A bucket that does not
/// exist is no error.
///
/// # Errors
/// If S3 refuses.
pub async fn delete(client: &Client, bucket: &str, console: Console) -> Result<(), Failure> {
    match client.head_bucket().bucket(bucket).send().await {
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => return Ok(()),
        answer => answer.map(|_| ()).map_err(doing(format!("find the bucket {bucket}")))?,
    }
    console.progress(format!("emptying the bucket {bucket}"));
    let mut count = 0;
    loop {
        let listed = client.list_object_versions().bucket(bucket).send().await;
        let listed = listed.map_err(doing(format!("list the bucket {bucket}")))?;
        let versions = listed.versions().iter().map(|version| (version.key(), version.version_id()));
        let markers = listed.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
        let batch: Vec<ObjectIdentifier> =
            versions.chain(markers).filter_map(identifier).take(1000).collect();
        if batch.is_empty() {
            break;
        }
        count += batch.len();
        let delete = Delete::builder()
            .set_objects(Some(batch))
            .quiet(true)
            .build()
            .map_err(doing("delete objects"))?;
        let answer = client.delete_objects().bucket(bucket).delete(delete).send().await;
        let answer = answer.map_err(doing(format!("empty the bucket {bucket}")))?;
        if let Some(error) = answer.errors().first() {
            let (key, why) = (error.key().unwrap_or_default(), error.message().unwrap_or_default());
            return Err(Failure::new(format!("cannot delete {key} in {bucket}: {why}")));
        }
        console.progress(format!("  {count} objects and versions deleted"));
    }
    abort_uploads(client, bucket).await?;
    client
        .delete_bucket()
        .bucket(bucket)
        .send()
        .await
        .map_err(doing(format!("delete the bucket {bucket}")))?;
    console.progress(format!("deleted the bucket {bucket}"));
    Ok(())
}

fn identifier((key, version): (Option<&str>, Option<&str>)) -> Option<ObjectIdentifier> {
    ObjectIdentifier::builder().key(key?).set_version_id(version.map(ToOwned::to_owned)).build().ok()
}

async fn abort_uploads(client: &Client, bucket: &str) -> Result<(), Failure> {
    loop {
        let listed = client.list_multipart_uploads().bucket(bucket).send().await;
        let listed = listed.map_err(doing(format!("list the uploads of {bucket}")))?;
        if listed.uploads().is_empty() {
            return Ok(());
        }
        for upload in listed.uploads() {
            let abort = client.abort_multipart_upload().bucket(bucket);
            let abort = abort.set_key(upload.key.clone()).set_upload_id(upload.upload_id.clone());
            abort.send().await.map_err(doing(format!("abort an upload to {bucket}")))?;
        }
    }
}
