//! `PUT` and `PATCH /api/files/{id}`: changes the description of a file, or replaces its content.

use satchel_api::{Announcement, Description};
use satchel_files::{Disposal, FormUploads, Tiers, Uploads, tier_of};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, Kind, Upload};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        tiers: Tiers,
        forms: FormUploads,
        disposal: Disposal,
        uploads: Uploads,
        objects: Objects,
        clock: Clock,
    }
}

/// Replaces the content with a file from a form (PUT only), or changes title, name and visibility from a JSON
/// body.
///
/// PATCH takes any of these fields; PUT needs all that have no default.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 if a field is invalid. New content also gets 413 above a size
/// limit, 403 above the quota, and 409 if another request replaced the content first.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let is_put = request.method() == "PUT";
    let file = if is_put && request.is_multipart() {
        replace(app, &request).await?
    } else {
        describe(app, &request, is_put).await?
    };
    ok(&app.objects.file_view(&file, app.clock.now()).await?)
}

async fn replace(app: &App, request: &Request) -> Result<Upload, ApiError> {
    let load = async |owner| {
        let found = app.uploads.find(owner, Kind::File, request.path("id")?);
        let (file, tiers) = tokio::join!(found, app.tiers.all());
        Ok::<_, Error>((file?, tiers?))
    };
    let (caller, (file, tiers)) = Box::pin(app.auth.caller_and(request.bearer()?, load)).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    let input = request.input(Accepts::Multipart).await?;
    let (announced, part) = Announcement::of_form(&input, &["file", "pdf"])?;
    Ok(app.forms.replace(&caller, &tier, file, announced, part, &app.disposal).await?)
}

async fn describe(app: &App, request: &Request, whole: bool) -> Result<Upload, ApiError> {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request.bearer()?, load).await?;
    let change = Description::read(&request.input(Accepts::Json).await?, whole)?;
    Ok(app.uploads.describe(&caller, file, &change, app.clock.now()).await?)
}

#[cfg(test)]
mod tests;
