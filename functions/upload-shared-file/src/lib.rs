//! `POST /upload-files`: stores a file that all users see, in the dialect of the file-sharing service.

use http::StatusCode;
use satchel_api::{Announcement, Fields, Input};
use satchel_files::{FormUploads, Tiers, tier_of};
use satchel_guard::{Auth, Caller, Idempotency, IdempotentRequest};
use satchel_http::{Accepts, ApiError, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, Refusal, Tier, Title, Upload, Visibility};
use satchel_objects::{Download, Objects};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        tiers: Tiers,
        forms: FormUploads,
        idempotency: Idempotency,
        objects: Objects,
        clock: Clock,
    }
}

/// Stores a file from a form, with `title` and `uploaded_by`, that every signed-in user sees.
///
/// # Errors
/// 400 if a field is invalid, in this dialect; 401; 413 above a size limit; 403 above the quota.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request.bearer()?, async |_| app.tiers.all().await).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    let input = request.input(Accepts::Multipart).await?;
    let idempotent = app.idempotency.of(request.idempotency_key(&input)?.as_ref());
    let file = store(app, &caller, &tier, &input, &idempotent).await.map_err(in_this_dialect)?;
    let signed = app.objects.sign_original(&file, Download::View, app.clock.now()).await?;
    ok(&json!({
        "status_code": 200,
        "status_message": "SUCCESS",
        "id": file.id,
        "title": file.title,
        "uploaded_by": file.uploaded_by,
        "file": signed.url,
    }))
}

async fn store(
    app: &App,
    caller: &Caller,
    tier: &Tier,
    input: &Input,
    idempotent: &IdempotentRequest,
) -> Result<Upload, Error> {
    let mut fields = Fields::of(input);
    let title = fields.required("title", Title::parse);
    // This name is only for display and need not belong to an account.
    let uploaded_by = fields.required("uploaded_by", Title::parse);
    let mut errors = fields.errors().clone();
    let form = Announcement::of_form(input, &["file"]);
    if let Err(Refusal::Fields(more)) = &form {
        errors.extend(
            more.iter().filter(|(name, _)| *name == "file").map(|(name, says)| (name.clone(), says.clone())),
        );
    }
    let (Some(_), Some(uploaded_by), true) = (title, uploaded_by, errors.is_empty()) else {
        return Err(Refusal::Fields(errors).into());
    };
    let (mut announced, part) = form?;
    announced.uploaded_by = Some(uploaded_by.as_str().to_owned());
    announced.visibility.get_or_insert(Visibility::Members);
    app.forms.store_file(caller, tier, announced, part, idempotent).await
}

fn in_this_dialect(error: Error) -> ApiError {
    let Error::Refused(Refusal::Fields(errors)) = error else { return error.into() };
    let body = json!({
        "status_code": 400,
        "status_message": "Invalid request packet",
        "internal_message": "parameter missing in request packet",
        "errors": errors,
    });
    ApiError::Body(StatusCode::BAD_REQUEST, body)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, done, empty_tiers, hides_failures, refuses_strangers, signed_in,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/upload-shared-file.json");

    fn replies() -> [Reply; 5] {
        let month = done("UpdateItem").about("MONTHS");
        [signed_in(), empty_tiers(), done("TransactWriteItems"), done("PutObject"), month]
    }

    #[tokio::test]
    async fn a_file_is_stored_for_all_users_with_the_given_name() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["status_message"]), (200, &json!("SUCCESS")));
        assert_eq!((&answer.body["title"], &answer.body["uploaded_by"]), (&json!("Notes"), &json!("ada")));
        let calls = aws.calls();
        let writes = |text: &str| {
            calls.iter().filter(|call| String::from_utf8_lossy(&call.body).contains(text)).count()
        };
        assert_eq!((writes("MONTHS"), writes(r#""S":"members""#)), (1, 2), "the record and its copy");
        let ready = &aws.calls_of("TransactWriteItems")[1];
        let (record, copy) = (ready.changed(0), ready.put(1));
        assert_eq!((&record["status"], &record["uploaded_by"]), (&json!("ready"), &json!("ada")));
        let pk = copy["pk"].as_str().unwrap();
        assert_eq!(pk, format!("SHARED#{}", answer.body["id"].as_str().unwrap()));
        assert_eq!(copy["revision"], record["revision"]);
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    }
}
