//! Processes one record of which something has expired.
//!
//! If the bytes might still be used, the record changes before they are deleted; otherwise they are deleted
//! first. If the run is killed in between, the record is still due and the next run continues.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use satchel_accounts::Erasure;
use satchel_files::{Failure, KeptRecord, Outcome, thumbnails};
use satchel_model::clock::later;
use satchel_model::{Kind, Reason, Status, Upload};
use satchel_objects::ObjectError;
use satchel_runtime::telemetry::chain;
use satchel_table::StoreError;
use satchel_table::keys::Key;
use tracing::{error, warn};

use super::{App, POSTPONED, Report, is_over};

/// How long S3 may refuse to show an object after its upload should have been complete.
const REFUSED_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

const LOOKED_AT: Report = Report {
    looked_at: 1,
    settled: 0,
    expired: 0,
    unreadable: 0,
    cleared: 0,
    removed: 0,
    erasures: 0,
    subtracted: 0,
    failed: 0,
    more: false,
};

/// Settles or rejects an upload that has waited too long, then removes what is no longer needed.
///
/// An upload whose account is gone or being erased is removed completely. `end` is when the run ends, in
/// milliseconds since 1970.
pub async fn upload(
    app: &App,
    upload: &Upload,
    sizes: &[u32],
    now: Timestamp,
    end: u64,
) -> Result<Report, Failure> {
    match owned_upload(app, upload, sizes, now, end).await {
        Err(Failure::Store(StoreError::Unowned)) => {
            app.objects.delete(upload).await?;
            discard_unowned(app, upload, sizes).await?;
            // If the record has changed in the meantime, it is due again in the next run.
            let removed = app.erasures.forget(upload).await?;
            Ok(Report { removed: removed.into(), ..LOOKED_AT })
        }
        report => report,
    }
}

async fn owned_upload(
    app: &App,
    upload: &Upload,
    sizes: &[u32],
    now: Timestamp,
    end: u64,
) -> Result<Report, Failure> {
    let mut report = LOOKED_AT;
    let mut upload = upload.clone();
    if upload.status == Status::Pending && upload.pending_until <= now {
        // Only one image is processed at a time, and none after the run's time is up.
        let turn = match upload.kind {
            Kind::Image => Some(app.one_image.0.acquire().await.expect("never closed")),
            Kind::File => None,
        };
        if turn.is_some() && is_over(app, end) {
            return Ok(Report { more: true, ..Report::default() });
        }
        if turn.is_some() {
            begin(app, &upload, now).await?;
        }
        match settle(app, &upload, sizes, now).await? {
            Some(settled) => upload = settled,
            // Another run was first, or the upload has to wait. A later run does the rest.
            None => return Ok(report),
        }
        match upload.reason {
            Some(Reason::Expired) => report.expired += 1,
            Some(Reason::Unreadable) => report.unreadable += 1,
            _ => report.settled += 1,
        }
    }
    if upload.replacement.as_ref().is_some_and(|replacement| replacement.until <= now)
        && upload.status != Status::Deleting
    {
        let Some(given_up) = app.uploads.give_up_replacement(&upload, now).await? else { return Ok(report) };
        upload = given_up;
        report.expired += 1;
    }
    if upload.due_at().is_some_and(|at| at <= now) {
        clear(app, &upload, sizes, now).await?;
        report.cleared += 1;
        if upload.status == Status::Deleting || upload.removed_at().is_some_and(|at| at <= now) {
            app.uploads.forget(&upload).await?;
            report.removed += 1;
        } else {
            app.uploads.tidy(&upload, now).await?;
        }
    }
    Ok(report)
}

/// Restarts an unfinished erasure, which continues with what is left.
///
/// If the account is gone, all URLs that were signed for it have expired, and any objects that they stored are
/// deleted, even if their events were lost.
pub async fn erasure(app: &App, erasure: &Erasure, now: Timestamp) -> Result<Report, Failure> {
    if erasure.is_emptied {
        app.objects.delete_all_of(erasure.user_id).await?;
        app.erasures.close(erasure).await?;
        return Ok(Report { removed: 1, ..LOOKED_AT });
    }
    app.erasures.go_on(erasure, now).await?;
    Ok(Report { erasures: 1, ..LOOKED_AT })
}

/// Subtracts bytes from the kept bytes of their account, because S3 has deleted them by now.
pub async fn kept(app: &App, key: &Key, record: &KeptRecord) -> Result<Report, Failure> {
    let subtracted = app.uploads.subtract_kept(key, record).await?;
    Ok(Report { subtracted: subtracted.into(), ..LOOKED_AT })
}

/// Puts an image at the end of the queue before it is decoded: if decoding ends the process, the next run begins with
/// other records.
async fn begin(app: &App, image: &Upload, now: Timestamp) -> Result<(), Failure> {
    if image.sweeps > 0 {
        error!(image = %image.id, owner = %image.owner, runs = image.sweeps, "earlier runs did not settle this image");
    }
    Ok(app.agenda.begin(image, later(now, POSTPONED)).await?)
}

/// Settles the upload if its bytes exist and only the event was lost; otherwise rejects it as expired.
///
/// Returns `None` if another run was first, or the bytes cannot be read yet.
async fn settle(
    app: &App,
    upload: &Upload,
    sizes: &[u32],
    now: Timestamp,
) -> Result<Option<Upload>, Failure> {
    match app.settling.settle(upload, sizes, None, now).await? {
        Outcome::Settled(settled) => Ok(Some(*settled)),
        Outcome::Before => {
            discard_unowned(app, upload, sizes).await?;
            Ok(None)
        }
        Outcome::Refused(refusal) => refused(app, upload, refusal, now).await,
        Outcome::Missing => {
            if upload.multipart.is_some() {
                app.objects.abort_all_parts(&upload.key()).await?;
            }
            Ok(app.uploads.reject(upload, Reason::Expired, now).await?)
        }
    }
}

/// Removes thumbnails of an image whose record or account was deleted while they were made. No record
/// references them.
async fn discard_unowned(app: &App, upload: &Upload, sizes: &[u32]) -> Result<(), Failure> {
    let found = app.uploads.of_object(upload.owner, upload.id).await?;
    if upload.kind == Kind::Image && !found.is_some_and(|found| found.keeps(upload.version)) {
        thumbnails::discard(&app.objects, upload.id, upload.version, sizes).await?;
    }
    Ok(())
}

/// Rejects an upload if S3 has refused to show its bytes for a day and still shows other objects. Keeps the
/// bytes.
async fn refused(
    app: &App,
    upload: &Upload,
    refusal: ObjectError,
    now: Timestamp,
) -> Result<Option<Upload>, Failure> {
    if !app.objects.can_read_others(&upload.key()).await? {
        return Err(refusal.into());
    }
    warn!(upload = %upload.id, owner = %upload.owner, cause = chain(&refusal), "S3 refuses to show an object");
    if now.duration_since(upload.pending_until) >= REFUSED_AT_MOST {
        return Ok(app.uploads.reject(upload, Reason::Unreadable, now).await?);
    }
    app.agenda.wait(upload, later(now, POSTPONED)).await?;
    Ok(None)
}

/// Deletes the bytes that can never be used again.
async fn clear(app: &App, upload: &Upload, sizes: &[u32], now: Timestamp) -> Result<(), Failure> {
    let is_deleted = upload.status == Status::Deleting;
    let old = upload.old_versions.iter().filter(|old| is_deleted || old.until <= now);
    for old in old.clone().filter(|old| old.in_parts) {
        app.objects.abort_all_parts(&upload.key_of(old.version)).await?;
    }
    let mut versions: Vec<_> = old.map(|old| old.version).collect();
    if is_deleted {
        versions.extend(upload.replacement.as_ref().map(|replacement| replacement.version));
    }
    if is_deleted || (upload.status == Status::Rejected && !upload.is_unreadable()) {
        versions.push(upload.version);
        if upload.kind == Kind::Image {
            // Includes thumbnails of sizes that have since been removed from the tiers.
            let made = upload.picture.iter().flat_map(|picture| &picture.renditions).map(|made| made.size);
            let sizes: BTreeSet<u32> = sizes.iter().copied().chain(made).collect();
            let sizes: Vec<u32> = sizes.into_iter().collect();
            thumbnails::discard(&app.objects, upload.id, upload.version, &sizes).await?;
        }
    }
    if upload.multipart.is_some() && upload.upload_until.is_some_and(|until| until <= now) {
        app.objects.abort_all_parts(&upload.key()).await?;
    }
    app.disposal.discard_versions(upload, &versions, now).await
}

#[cfg(test)]
mod tests;
