//! Removes the data of closed accounts. `write-journal` starts it with the records of the table's stream.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use futures_util::stream::{self, StreamExt};
use satchel_accounts::{Addresses, Erasure, Erasures};
use satchel_model::Upload;
use satchel_model::clock::{Clock, later};
use satchel_objects::{ObjectError, Objects};
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::{Failures, StoreError, work_through};
use tracing::info;

/// The number of files that one run can delete within its time. The next run continues.
const UPLOADS_A_RUN: i32 = 500;
const RESOURCES_A_RUN: i32 = 1000;
const KEYS_A_RUN: i32 = 1000;
const LINKS_A_RUN: i32 = 1000;
const SESSIONS_A_RUN: i32 = 1000;
/// Seconds for which a function that started before the account was closed may still be running.
const UNDER_WAY: i64 = 60;
const AT_ONCE: usize = 16;

app! {
    /// What this function needs.
    pub struct App {
        erasures: Erasures,
        marks: Addresses,
        objects: Objects,
        clock: Clock,
    }
}

/// Why a run did not finish an erasure.
#[derive(Debug, thiserror::Error)]
enum Unerased {
    #[error("the record is not a valid erasure order: {0}")]
    Record(#[from] serde_dynamo::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Object(#[from] ObjectError),
}

/// An erasure failed, which its log line explains. Lambda sends the event again.
#[derive(Debug)]
pub struct NotErased;

impl From<NotErased> for Diagnostic {
    fn from(_: NotErased) -> Self {
        let error_message = "an account was not erased; the sweep orders another round".to_owned();
        Self { error_type: "AccountNotErased".to_owned(), error_message }
    }
}

/// Erases the accounts of the orders, each as far as one run gets.
///
/// Every step can be repeated, so after a crash Lambda sends the event again.
///
/// # Errors
/// If a run did not get to its end.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<Event>,
) -> Result<(), NotErased> {
    let Failures { batch_item_failures } = erase_each(app, event, UPLOADS_A_RUN).await;
    if batch_item_failures.is_empty() { Ok(()) } else { Err(NotErased) }
}

/// Like [`handle`], with a limit of `uploads_a_run` files per run.
async fn erase_each(app: &App, event: Event, uploads_a_run: i32) -> Failures {
    work_through(event, |record| Box::pin(erase(app, record, uploads_a_run))).await
}

/// Removes files, then links, resources, idempotency records, mails and sessions, and finally the account with
/// its name. Nobody else can take the name while data is left.
async fn erase(app: &App, record: EventRecord, uploads_a_run: i32) -> Result<(), Unerased> {
    let erasure: Erasure = serde_dynamo::from_item(record.change.new_image)?;
    let (user_id, now) = (erasure.user_id, app.clock.now());
    if erasure.is_emptied {
        // The sweep removes this order after the last URL has expired.
        return Ok(());
    }
    let (uploads, more_uploads) = app.erasures.uploads(user_id, uploads_a_run).await?;
    let count = uploads.len();
    let removals = stream::iter(uploads.into_iter().map(|upload| remove(app, upload)));
    let removed: Vec<_> = removals.buffer_unordered(AT_ONCE).collect().await;
    // If S3 fails to delete an object, everything else is still deleted, and the run fails at its end.
    let (removed, failed): (Vec<_>, Vec<_>) = removed.into_iter().partition(Result::is_ok);
    let is_changed = removed.into_iter().flatten().any(|is_removed| !is_removed);
    if (more_uploads && failed.is_empty())
        || is_changed
        || app.erasures.forget_shares(user_id, LINKS_A_RUN).await?
        || app.erasures.forget_resources(user_id, RESOURCES_A_RUN).await?
        || app.erasures.forget_keys(user_id, KEYS_A_RUN).await?
        || app.erasures.forget_mails_and_sessions(user_id, &app.marks, SESSIONS_A_RUN, now).await?
    {
        app.erasures.go_on(&erasure, now).await?;
        info!(user_id = %user_id, uploads = count, "account partly erased");
        return Ok(());
    }
    if let Some(failure) = failed.into_iter().find_map(Result::err) {
        return Err(failure);
    }
    // After this time, all URLs have expired, including those that a function signed while the account was
    // being closed.
    let url_seconds = app.objects.longest_upload_url() + UNDER_WAY;
    app.erasures.finish(&erasure, later(now, url_seconds)).await?;
    info!(user_id = %user_id, uploads = count, "account erased");
    Ok(())
}

/// Deletes the bytes and then the record, which is needed to find the bytes.
///
/// Returns `false` if the record has changed since it was read. It then stays, because there may be new bytes.
async fn remove(app: &App, upload: Upload) -> Result<bool, Unerased> {
    app.objects.delete(&upload).await?;
    Ok(app.erasures.forget(&upload).await?)
}

#[cfg(test)]
mod tests;
