//! `GET /api/files/{id}/parts`: lists the uploaded parts of a large file, for clients that resume an upload.

use satchel_files::{Uploads, awaited_parts};
use satchel_guard::Auth;
use satchel_http::{ApiResult, ListQuery, Request, ok};
use satchel_model::Kind;
use satchel_model::clock::Clock;
use satchel_objects::Objects;
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns number, size and `ETag` of each part in the store, and the size and the number of all parts.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 if the query has a parameter; 409 if the file is not waiting for
/// parts.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let id = request.path("id")?;
        ListQuery::of(&request).finish()?;
        app.uploads.find(owner, Kind::File, id).await
    };
    let (_, file) = app.auth.caller_and(request.bearer()?, load).await?;
    let parts = awaited_parts(&file, app.clock.now())?;
    let stored = match &parts.upload_id {
        Some(upload_id) => app.objects.parts(&file, upload_id).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    let (part_size, part_count) = (parts.part_size, parts.part_count(file.size));
    ok(&json!({ "parts": stored, "part_size": part_size, "part_count": part_count }))
}

#[cfg(test)]
mod tests;
