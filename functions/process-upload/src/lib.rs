//! What S3's object-created events start: looks at what was uploaded and settles its record.
//!
//! Events come at least once and in any order, so every step may be repeated: the record decides what is done.

mod inspect;

use std::collections::BTreeSet;

use aws_lambda_events::s3::{S3Event, S3EventRecord};
use lambda_runtime::Diagnostic;
use satchel_aws::Aws;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::model::{FileId, Kind, Status, Upload, UserId, VersionId};
use satchel_core::telemetry::chain;
use satchel_objects::{ObjectError, Objects};
use satchel_store::{Settled, StoreError, Table, Tiers, Uploads};
use satchel_thumbnails as thumbnails;
use tracing::{error, info};

use inspect::Verdict;

/// What this function needs.
pub struct App {
    uploads: Uploads,
    tiers: Tiers,
    objects: Objects,
    clock: Clock,
}

/// Why an event has to come again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// S3 did not answer.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// Decoding stopped in the middle.
    #[error(transparent)]
    Thumbnails(#[from] satchel_thumbnails::ThumbnailError),
}

impl From<Failure> for Diagnostic {
    /// What stands in the on-failure queue beside the event.
    fn from(failure: Failure) -> Self {
        Self { error_type: "UploadNotSettled".to_owned(), error_message: chain(&failure) }
    }
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Self {
            uploads: Uploads::new(table.clone()),
            tiers: Tiers::new(table),
            objects: Objects::new(&aws, config),
            clock: Clock::System,
        }
    }
}

/// Settles the record of every object in `event`.
///
/// # Errors
/// If a service did not answer: Lambda sends the event again, and in the end to the on-failure queue.
pub async fn handle(app: &App, event: S3Event) -> Result<(), Failure> {
    for record in &event.records {
        let settled = process(app, record).await;
        settled.inspect_err(|failure| error!(cause = chain(failure), "upload not settled"))?;
    }
    Ok(())
}

async fn process(app: &App, event: &S3EventRecord) -> Result<(), Failure> {
    let key = event.s3.object.key.as_deref().unwrap_or_default();
    let sequencer = event.s3.object.sequencer.as_deref();
    // Our keys are written in characters that the form encoding of events leaves alone.
    let Some((owner, id, version)) = parse_key(key) else {
        info!(key, "not a key of ours");
        return Ok(());
    };
    let (upload, tiers) = tokio::try_join!(app.uploads.of_object(owner, id), app.tiers.all())?;
    let sizes = tiers.iter().flat_map(|tier| &tier.thumbnail_sizes).copied().collect::<BTreeSet<_>>();
    let sizes = sizes.into_iter().collect::<Vec<_>>();
    let upload = match upload {
        Some(pending) if pending.version == version && pending.status == Status::Pending => {
            if settle(app, &pending, &sizes, sequencer).await? == Settled::Now {
                return Ok(());
            }
            // By another delivery of this event, or by its owner, who has deleted it while it was looked at.
            app.uploads.of_object(owner, id).await?
        }
        other => other,
    };
    match upload {
        Some(upload)
            if upload.version == version && matches!(upload.status, Status::Pending | Status::Ready) =>
        {
            Ok(())
        }
        // What a URL brought that was still good after its record was deleted, rejected or replaced, and the thumbnails
        // that may have been made of it.
        unwanted => {
            app.objects.delete_original(key).await?;
            // Without a record, which went with its account, nobody knows whether it was an image.
            if unwanted.is_none_or(|upload| upload.kind == Kind::Image) {
                thumbnails::discard(&app.objects, id, version, &sizes).await?;
            }
            Ok(())
        }
    }
}

/// Looks at the bytes of a pending upload and writes down what was found; what is missing needs no more.
async fn settle(
    app: &App,
    upload: &Upload,
    sizes: &[u32],
    sequencer: Option<&str>,
) -> Result<Settled, Failure> {
    let now = app.clock.now();
    match inspect::inspect(&app.objects, upload, sizes).await? {
        Verdict::Missing => Ok(Settled::Now),
        Verdict::Good(picture) => {
            Ok(app.uploads.make_ready(upload, picture.as_ref(), sequencer, now).await?)
        }
        Verdict::Bad(reason) => {
            // The record first: killed in between, the repeated event finds it rejected and deletes the bytes.
            let settled = app.uploads.reject(upload, reason, now).await?;
            if settled == Settled::Now {
                app.objects.delete_original(&upload.key()).await?;
            }
            Ok(settled)
        }
    }
}

fn parse_key(key: &str) -> Option<(UserId, FileId, VersionId)> {
    let mut parts = key.split('/');
    let ids = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() { None } else { Some(ids) }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, FILE, IMAGE, Reply, USER, VERSION, denied, done, empty_tiers, file, found_all, image,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/process-upload.json");
    const TEXT: &[u8] = b"The quick brown fox.\n";
    const PIXEL: &[u8] = include_bytes!("../../../shared/images/tests/fixtures/one_pixel.png");

    /// The event of an object of `USER`.
    fn event(id: &str, version: &str) -> S3Event {
        let mut event: Value = serde_json::from_str(EVENT).unwrap();
        event["Records"][0]["s3"]["object"]["key"] = format!("{USER}/{id}/{version}").into();
        serde_json::from_value(event).unwrap()
    }

    fn object(bytes: &'static [u8]) -> Reply {
        let range = format!("bytes 0-{}/{}", bytes.len() - 1, bytes.len());
        Reply::new("GetObject", bytes).header("content-range", &range)
    }

    async fn processed(event: S3Event, replies: impl Into<Vec<Reply>>) -> CannedAws {
        let aws = CannedAws::answering(replies).await;
        handle(&App::new(&aws.config()), event).await.unwrap();
        aws
    }

    fn settled(aws: &CannedAws) -> Value {
        aws.call("TransactWriteItems").json()["TransactItems"][0]["Update"]["ExpressionAttributeValues"]
            .clone()
    }

    #[tokio::test]
    async fn a_pending_file_with_its_bytes_becomes_ready() {
        let replies =
            [found_all(&[file("pending")]), empty_tiers(), object(TEXT), done("TransactWriteItems")];
        let aws = processed(serde_json::from_str(EVENT).unwrap(), replies).await;
        let values = settled(&aws);
        assert_eq!(values[":to"]["S"], "ready");
        assert_eq!(values[":sequencer"]["S"], "0069B30E9E0A1B2C3D");
        assert_eq!(aws.call("GetObject").path, format!("/originals/{USER}/{FILE}/{VERSION}?x-id=GetObject"));
    }

    #[tokio::test]
    async fn a_pending_image_becomes_ready_with_the_thumbnails_of_every_tier() {
        let replies = [
            found_all(&[image("pending")]),
            empty_tiers(),
            object(PIXEL),
            done("PutObject"),
            done("TransactWriteItems"),
        ];
        let aws = processed(event(IMAGE, VERSION), replies).await;
        let values = settled(&aws);
        assert_eq!(values[":to"]["S"], "ready");
        let sizes = values[":picture"]["M"]["renditions"]["L"].as_array().unwrap().iter();
        let mut sizes: Vec<_> = sizes.map(|rendition| rendition["M"]["size"]["N"].clone()).collect();
        sizes.sort_by_key(Value::to_string);
        assert_eq!(sizes, ["200", "400"]);
    }

    #[tokio::test]
    async fn what_is_not_as_announced_is_rejected_with_a_reason_and_its_bytes_deleted() {
        let mut pdf = file("pending");
        (pdf["content_type"], pdf["size"]) = ("application/pdf".into(), PIXEL.len().into());
        let mut larger = file("pending");
        larger["size"] = 22.into();
        let mut text = image("pending");
        text["size"] = TEXT.len().into();
        for (record, id, bytes, reason) in [
            (pdf, FILE, PIXEL, "content_type_mismatch"),
            (larger, FILE, TEXT, "size_mismatch"),
            (text, IMAGE, TEXT, "content_type_mismatch"),
        ] {
            let replies = [
                found_all(&[record]),
                empty_tiers(),
                object(bytes),
                done("TransactWriteItems"),
                done("DeleteObject"),
            ];
            let aws = processed(event(id, VERSION), replies).await;
            let values = settled(&aws);
            assert_eq!((&values[":to"]["S"], &values[":reason"]["S"]), (&json!("rejected"), &json!(reason)));
            assert_eq!(aws.calls().pop().unwrap().operation, "DeleteObject", "the record goes first");
        }
    }

    #[tokio::test]
    async fn an_event_that_comes_again_changes_nothing() {
        let aws = processed(event(FILE, VERSION), [found_all(&[file("ready")]), empty_tiers()]).await;
        assert_eq!(aws.operations(), ["BatchGetItem", "Query"]);
    }

    #[tokio::test]
    async fn bytes_that_no_record_waits_for_are_deleted() {
        for (record, version) in [
            (file("deleting"), VERSION),
            (file("rejected"), VERSION),
            (file("pending"), "019ce36f-2530-7000-8000-000000000009"),
        ] {
            let replies = [found_all(&[record]), empty_tiers(), done("DeleteObject")];
            let aws = processed(event(FILE, version), replies).await;
            let path = format!("/originals/{USER}/{FILE}/{version}?x-id=DeleteObject");
            assert_eq!(aws.call("DeleteObject").path, path);
        }
    }

    #[tokio::test]
    async fn what_may_have_been_made_of_a_deleted_image_is_deleted_with_its_bytes() {
        // Its record went with its account, or is a tombstone.
        for record in [vec![], vec![image("deleting")]] {
            let replies = [found_all(&record), empty_tiers(), done("DeleteObject")];
            let aws = processed(event(IMAGE, VERSION), replies).await;
            let deleted: BTreeSet<_> = aws.calls().into_iter().skip(2).map(|call| call.path).collect();
            let paths = ["200.jpg", "200.png", "400.jpg", "400.png"]
                .map(|name| format!("renditions/{IMAGE}/{VERSION}/{name}"));
            let paths = paths.into_iter().chain([format!("originals/{USER}/{IMAGE}/{VERSION}")]);
            assert_eq!(deleted, paths.map(|path| format!("/{path}?x-id=DeleteObject")).collect());
        }
    }

    #[tokio::test]
    async fn an_object_that_is_gone_and_a_key_that_is_none_of_ours_are_left_alone() {
        let gone = Reply::new("GetObject", "<Error><Code>NoSuchKey</Code></Error>").status(404);
        let aws = processed(event(FILE, VERSION), [found_all(&[file("pending")]), empty_tiers(), gone]).await;
        assert_eq!(aws.operations(), ["BatchGetItem", "GetObject", "Query"]);
        let aws = processed(event(FILE, &format!("{VERSION}/more")), []).await;
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn an_event_comes_again_whichever_call_fails() {
        let replies =
            [found_all(&[file("pending")]), empty_tiers(), object(TEXT), done("TransactWriteItems")];
        for operation in ["BatchGetItem", "Query", "GetObject", "TransactWriteItems"] {
            let aws = CannedAws::answering([vec![denied(operation)], replies.to_vec()].concat()).await;
            let result = handle(&App::new(&aws.config()), event(FILE, VERSION)).await;
            assert!(result.is_err(), "{operation}");
        }
    }
}
