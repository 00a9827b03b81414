//! Settles the records of uploaded objects: checks the content and marks the record as ready or rejected. S3's
//! object-created events start it.
//!
//! Events arrive at least once and in any order, so every step can be repeated. The record determines what
//! happens.
//!
//! The bucket of originals is the one that the event names. Only the stack's own account may send events, and the role
//! has rights on the stack's own bucket only, so an event of any other bucket fails.

use aws_lambda_events::s3::{S3Event, S3EventRecord};
use jiff::{SignedDuration, Timestamp};
use satchel_files::{Disposal, Failure, Outcome, Settling, Tiers, Uploads, sizes_of, thumbnails};
use satchel_model::clock::Clock;
use satchel_model::{FileId, Kind, Status, UserId, VersionId};
use satchel_objects::{ObjectError, Objects};
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::StoreError;
use tracing::{error, info, warn};

/// How long S3 may refuse to show an object after its event, for example while a scanner checks it. Lambda repeats a
/// failed event after one and after three minutes.
const REFUSED_AT_FIRST: SignedDuration = SignedDuration::from_secs(150);

app! {
    /// What this function needs.
    pub struct App {
        uploads: Uploads,
        tiers: Tiers,
        objects: Objects,
        settling: Settling,
        disposal: Disposal,
        clock: Clock,
    }
}

/// Why an event must be processed again.
#[derive(Debug)]
pub struct Unsettled(Failure);

impl From<Unsettled> for Diagnostic {
    /// The error that the on-failure queue stores with the event.
    fn from(unsettled: Unsettled) -> Self {
        Self { error_type: "UploadNotSettled".to_owned(), error_message: chain(&unsettled.0) }
    }
}

/// Settles the record of every object in `event`.
///
/// # Errors
/// If a service fails. Lambda then sends the event again, and finally to the on-failure queue.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<S3Event>,
) -> Result<(), Unsettled> {
    for record in &event.records {
        let settled = process(app, record).await;
        settled
            .inspect_err(|failure| match failure {
                // Not an error: a scanner may still be at work, and anybody can upload what it locks. An event that
                // fails for good ends in the queue, which has an alarm.
                Failure::Objects(ObjectError::Refused(_)) => {
                    warn!(cause = chain(failure), "upload not settled yet");
                }
                _ => error!(cause = chain(failure), "upload not settled"),
            })
            .map_err(Unsettled)?;
    }
    Ok(())
}

async fn process(app: &App, event: &S3EventRecord) -> Result<(), Failure> {
    let key = event.s3.object.key.as_deref().unwrap_or_default();
    let sequencer = event.s3.object.sequencer.as_deref();
    // Satchel's keys contain only characters that S3 does not encode in events.
    let Some((owner, id, version)) = parse_key(key) else {
        info!(key, "not a key of ours");
        return Ok(());
    };
    let bucket = event.s3.bucket.name.as_deref().unwrap_or_default();
    let (objects, settling) = (app.objects.in_bucket(bucket), app.settling.in_bucket(bucket));
    let (upload, tiers) = tokio::try_join!(app.uploads.of_object(owner, id), app.tiers.all())?;
    let sizes = sizes_of(&tiers);
    let upload = match upload {
        Some(pending) if pending.version == version && pending.status == Status::Pending => {
            let now = app.clock.now();
            match settling.settle(&pending, &sizes, sequencer, now).await {
                Ok(Outcome::Missing | Outcome::Settled(_)) => return Ok(()),
                Ok(Outcome::Refused(refusal)) => {
                    let announced = Timestamp::from_millisecond(event.event_time.timestamp_millis());
                    let age =
                        announced.map_or(SignedDuration::ZERO, |announced| now.duration_since(announced));
                    return refused(&objects, key, age, refusal).await;
                }
                // Another delivery of this event has settled it, or its owner deleted it during the check.
                Ok(Outcome::Before) => app.uploads.of_object(owner, id).await?,
                // Its account was deleted during the check: the bytes have no owner.
                Err(Failure::Store(StoreError::Unowned)) => None,
                Err(failure) => return Err(failure),
            }
        }
        other => other,
    };
    match upload {
        Some(upload) if upload.keeps(version) => Ok(()),
        // Deletes bytes that came through a URL that outlived its record or its replacement, and any thumbnails
        // that were made of them.
        unwanted => {
            let has_counted = |object: Option<&str>| {
                unwanted.as_ref().is_some_and(|upload| upload.has_counted_object(version, object))
            };
            app.disposal.in_bucket(bucket).discard(owner, id, version, has_counted, app.clock.now()).await?;
            // Without a record or an account, it is unknown whether the object was an image.
            if unwanted.is_none_or(|upload| upload.kind == Kind::Image) {
                thumbnails::discard(&objects, id, version, &sizes).await?;
            }
            Ok(())
        }
    }
}

/// Fails for an object that S3 refuses to show `age` after its event, so that Lambda repeats the event.
///
/// On the last attempt, it succeeds and leaves the object to the sweep, unless nothing in the bucket can be
/// read.
async fn refused(
    objects: &Objects,
    key: &str,
    age: SignedDuration,
    refusal: ObjectError,
) -> Result<(), Failure> {
    if age < REFUSED_AT_FIRST || !objects.can_read_others(key).await? {
        return Err(refusal.into());
    }
    warn!(key, cause = chain(&refusal), "S3 refuses to show an object; the sweep will try again");
    Ok(())
}

fn parse_key(key: &str) -> Option<(UserId, FileId, VersionId)> {
    let mut parts = key.split('/');
    let ids = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() { None } else { Some(ids) }
}

#[cfg(test)]
mod tests;
