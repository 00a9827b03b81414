//! `POST /api/files/{id}/parts`: signs upload URLs for parts of a large file.

use futures_util::future::try_join_all;
use satchel_api::{Fields, Input};
use satchel_files::{Uploads, awaited_parts};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Kind, Refusal, Upload};
use satchel_objects::Objects;
use satchel_runtime::app;
use serde_json::{Value, json};

/// Parts that one request may name.
const MOST: usize = 100;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Signs a URL for each requested part.
///
/// The first request starts the multipart upload in the store.
///
/// # Errors
/// 401; 404 if the caller has no such file; 409 if the file is not waiting for parts; 400 if `numbers` is
/// invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (_, file) = app.auth.caller_and(request.bearer()?, load).await?;
    let parts = awaited_parts(&file, app.clock.now())?;
    let numbers = read(&request.input(Accepts::Json).await?, parts.part_count(file.size))?;
    let file = if parts.upload_id.is_some() { file } else { begin(app, file).await? };
    let signed = try_join_all(numbers.into_iter().map(|number| sign(app, &file, number))).await?;
    ok(&json!({ "parts": signed }))
}

fn read(input: &Input, count: u64) -> Result<Vec<u64>, Refusal> {
    let mut fields = Fields::of(input);
    let numbers = fields.numbers("numbers", MOST, 1..=count);
    fields.finish(numbers)
}

/// Starts the multipart upload. If a concurrent request was first, its upload is used instead.
async fn begin(app: &App, file: Upload) -> Result<Upload, ApiError> {
    let now = app.clock.now();
    let upload_id = app.objects.begin_parts(&file).await?;
    let begun = file.with_upload_id(&upload_id, now);
    let named = app.uploads.name_upload(&file, &upload_id, now).await?;
    if named.as_ref().is_none_or(|named| named.multipart != begun.multipart) {
        app.objects.abort_parts(&begun).await?;
    }
    match named {
        Some(named) => Ok(named),
        None => {
            let found = app.uploads.find(file.owner, Kind::File, file.id).await?;
            awaited_parts(&found, now)?;
            // The file is waiting for parts, but its content has been replaced in the meantime.
            Err(ApiError::Busy(1))
        }
    }
}

async fn sign(app: &App, file: &Upload, number: u64) -> Result<Value, ApiError> {
    let now = app.clock.now();
    let parts = awaited_parts(file, now)?;
    let (Some(upload_id), Some(length)) = (&parts.upload_id, parts.part_length(number, file.size)) else {
        return Err(ApiError::not_found());
    };
    let signed = app.objects.sign_part(file, upload_id, number, length, now).await?;
    Ok(json!({ "number": number, "url": signed.url, "expires_at": signed.expires_at }))
}

#[cfg(test)]
mod tests;
