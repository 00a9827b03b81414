//! `POST /api/files/{id}/complete`: settles an upload as ready or rejected, without waiting for the event from
//! S3.

mod parts;

use http::StatusCode;
use satchel_api::Input;
use satchel_files::{Outcome, Settling, Uploads};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Kind, Status, Upload};
use satchel_objects::{ObjectError, Objects};
use satchel_runtime::app;
use satchel_runtime::telemetry::chain;
use tracing::warn;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        uploads: Uploads,
        objects: Objects,
        settling: Settling,
        clock: Clock,
    }
}

/// Assembles the parts of a multipart upload, checks the content, and returns the updated file.
///
/// Once a file is ready or rejected, repeated requests get the same answer.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 if nothing was sent, or with a message for each part that is
/// missing or differs; 409 if a part was replaced during the request, or S3 refuses to show this file; 415 if the body
/// is not JSON.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (_, file) = app.auth.caller_and(request.bearer()?, load).await?;
    let input = request.input(Accepts::Json).await?;
    let file = if file.status == Status::Pending { settle(app, &input, file).await? } else { file };
    ok(&app.objects.file_view(&file, app.clock.now()).await?)
}

async fn settle(app: &App, input: &Input, file: Upload) -> Result<Upload, ApiError> {
    if let Some(multipart) = &file.multipart {
        let given = parts::read(input)?;
        parts::put_together(&app.objects, &file, multipart, &given).await?;
    }
    match app.settling.settle_file(&file, app.clock.now()).await? {
        Outcome::Settled(settled) => return Ok(*settled),
        Outcome::Refused(refusal) => return Err(refused(app, &file, refusal).await),
        Outcome::Missing | Outcome::Before => {}
    }
    // Another request settled, deleted or replaced the file in the meantime, or nothing was sent.
    let found = app.uploads.find(file.owner, Kind::File, file.id).await?;
    if found.status == Status::Pending {
        return Err(ApiError::field("file", "No file was submitted."));
    }
    Ok(found)
}

/// The error for bytes that S3 refuses to show. If it shows others, only this upload is locked, for example by a scanner:
/// anybody can cause that, so it is no error of ours.
async fn refused(app: &App, file: &Upload, refusal: ObjectError) -> ApiError {
    match app.objects.can_read_others(&file.key()).await {
        Ok(true) => {
            warn!(cause = chain(&refusal), "S3 refuses to show an object; the sweep will try again");
            ApiError::Detail(StatusCode::CONFLICT, "The file cannot be read yet.")
        }
        _ => refusal.into(),
    }
}

#[cfg(test)]
mod tests;
