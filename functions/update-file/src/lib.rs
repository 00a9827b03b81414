//! `PUT` and `PATCH /api/files/{id}`: changes what is said of a file, or replaces its content.

use satchel_api::Announcement;
use satchel_api::Description;
use satchel_files::FormUploads;
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiError, ApiResult, Request, no_store, ok};
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
        uploads: Uploads,
        objects: Objects,
        clock: Clock,
    }
}

/// `PUT` and `PATCH /api/files/{id}`: PUT of a form replaces the content of a file of the caller's; JSON changes its
/// title, name and visibility, PATCH any of them, PUT all that have no default.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 for what is wrong with the fields; and of a new content 413 over a limit of
/// size, 403 over the quota, 409 if another request was faster.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let is_put = request.method() == "PUT";
    let file = if is_put && request.is_multipart() {
        replace(app, &request).await?
    } else {
        describe(app, &request, is_put).await?
    };
    ok(&app.objects.file_view(&file, app.clock.now()).await?).map(no_store)
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
    Ok(app.forms.replace(&caller, &tier, file, announced, part).await?)
}

async fn describe(app: &App, request: &Request, whole: bool) -> Result<Upload, ApiError> {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request.bearer()?, load).await?;
    let change = Description::read(&request.input(Accepts::Json).await?, whole)?;
    Ok(app.uploads.describe(&caller, file, &change, app.clock.now()).await?)
}

#[cfg(test)]
mod tests;
