//! `POST /api/files/{id}/complete`: settles an upload as ready or rejected, without waiting for the event from
//! S3.

mod parts;

use satchel_api::Input;
use satchel_files::{Outcome, Settling, Uploads};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Kind, Status, Upload};
use satchel_objects::Objects;
use satchel_runtime::app;

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
/// missing or differs; 409 if a part was replaced during the request; 415 if the body is not JSON.
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
        Outcome::Refused(refusal) => return Err(refusal.into()),
        Outcome::Missing | Outcome::Before => {}
    }
    // Another request settled, deleted or replaced the file in the meantime, or nothing was sent.
    let found = app.uploads.find(file.owner, Kind::File, file.id).await?;
    if found.status == Status::Pending {
        return Err(ApiError::field("file", "No file was submitted."));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
