//! `POST /api/files`: takes a file from a form, or returns URLs for uploading one.

use satchel_api::{Announcement, FileView, Input};
use satchel_files::{
    DefaultVisibility, FormUploads, MAX_OBJECT_BYTES, MAX_PUT_BYTES, Tiers, UploadLifetimes, Uploads,
    in_parts, pending_upload, tier_of,
};
use satchel_guard::{Auth, Caller, Idempotency, IdempotentRequest};
use satchel_http::{Accepts, ApiError, ApiResult, Request, created};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::{Kind, SizeLimit, Tier, Visibility};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        tiers: Tiers,
        uploads: Uploads,
        objects: Objects,
        forms: FormUploads,
        idempotency: Idempotency,
        default_visibility: DefaultVisibility,
        lifetimes: UploadLifetimes,
        clock: Clock,
        random: Random,
    }
}

/// Stores a file from a form, or announces a file from a JSON body.
///
/// A file from a form is ready at once. The answer to an announcement tells where to send the bytes.
///
/// # Errors
/// 400 if a field is invalid; 401; 413 above a size limit; 403 above the quota.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request.bearer()?, async |_| app.tiers.all().await).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    let accepted = if request.is_multipart() { Accepts::Multipart } else { Accepts::Json };
    let input = request.input(accepted).await?;
    let idempotent = app.idempotency.of(request.idempotency_key(&input)?.as_ref());
    let view = match accepted {
        Accepts::Multipart => store(app, &caller, &tier, &input, &idempotent).await?,
        _ => announce(app, &caller, &tier, &input, &idempotent).await?,
    };
    created(&view)
}

async fn announce(
    app: &App,
    caller: &Caller,
    tier: &Tier,
    input: &Input,
    idempotent: &IdempotentRequest,
) -> Result<FileView, ApiError> {
    let announced = Announcement::of_json(input)?;
    announced.at_most(tier.max_file_bytes, SizeLimit::Tier)?;
    announced.at_most(MAX_OBJECT_BYTES, SizeLimit::Store)?;
    let now = app.clock.now();
    let file = pending_upload(
        announced,
        Kind::File,
        &caller.user,
        app.default_visibility.0,
        app.lifetimes,
        app.random,
        now,
    );
    let file = if file.size > MAX_PUT_BYTES { in_parts(file, tier, app.lifetimes, now) } else { file };
    let file = app.uploads.create(caller, file, tier.max_total_bytes, idempotent).await?;
    let way = app.objects.upload_way(&file, now).await?;
    Ok(app.objects.file_view(&file, now).await?.with_upload(way))
}

async fn store(
    app: &App,
    caller: &Caller,
    tier: &Tier,
    input: &Input,
    idempotent: &IdempotentRequest,
) -> Result<FileView, ApiError> {
    let (mut announced, part) = Announcement::of_form(input, &["file", "pdf"])?;
    // The service whose form had the field `pdf` shared every file with every user.
    let visibility = if part.name == "pdf" { Visibility::Members } else { app.default_visibility.0 };
    announced.visibility.get_or_insert(visibility);
    let file = app.forms.store_file(caller, tier, announced, part, idempotent).await?;
    Ok(app.objects.file_view(&file, app.clock.now()).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, cancelled_on, done, empty_tiers, found_all, hides_failures,
        refuses_strangers, session, signed_in, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-file.json");
    const FORM: &str = include_str!("../../../events/create-file_form.json");
    /// A UUIDv7 of `NOW` whose random bytes are all 7.
    const ID: &str = "019ce36f-2530-7707-8707-070707070707";

    fn replies() -> [Reply; 3] {
        [signed_in(), empty_tiers(), done("TransactWriteItems")]
    }

    /// Replies for a form: the bytes are stored, then the record is made ready.
    fn replies_to_a_form() -> [Reply; 5] {
        let [caller, tiers, create] = replies();
        [caller, tiers, done("PutObject"), done("TransactWriteItems").about("#revision"), create]
    }

    fn file(status: &str, sha256: Value, url: Value) -> Value {
        json!({
            "id": ID, "title": "Notes", "filename": "notes.txt", "content_type": "text/plain", "size": 21,
            "sha256": sha256, "visibility": "private", "uploaded_by": "ada", "owner": USER, "status": status,
            "created_at": "2026-03-12T19:03:58Z", "updated_at": "2026-03-12T19:03:58Z", "file": url,
        })
    }

    #[tokio::test]
    async fn an_announced_file_is_pending_and_gets_an_upload_url() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let mut pending = file("pending", Value::Null, Value::Null);
        pending["upload"] = json!({
            "method": "PUT",
            "url": format!("signed:/originals/{USER}/{ID}/{ID}"),
            "headers": {"content-type": "text/plain", "if-none-match": "*"},
            "expires_at": "2026-03-12T19:18:58Z",
        });
        assert_eq!(answer.outcome(), (201, pending));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(aws.operations(), ["BatchGetItem", "Query", "TransactWriteItems"]);
    }

    #[tokio::test]
    async fn the_file_of_a_form_is_stored_and_ready_at_once() {
        let aws = CannedAws::answering(replies_to_a_form()).await;
        let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
        assert_eq!(
            aws.steps(&["BatchGetItem", "Query"]),
            ["TransactWriteItems", "PutObject", "TransactWriteItems"]
        );
        let ready = aws.calls_of("TransactWriteItems")[1].changed(0);
        assert_eq!(
            (&ready["id"], &ready["status"], &ready["revision"]),
            (&json!(ID), &json!("ready"), &json!(1))
        );
        // The SHA-256 of the output of `printf 'The quick brown fox.\n'`.
        let sha256 = "3deaf29ffc9b61f9f29549c1166e955de82bcb383c72d3318f5f770c0e04d448";
        let url = format!("signed:/originals/{USER}/{ID}/{ID}");
        assert_eq!(answer.outcome(), (201, file("ready", sha256.into(), url.into())));
        assert_eq!(aws.call("PutObject").body, "The quick brown fox.\n");
    }

    #[tokio::test]
    async fn the_size_is_reserved_with_the_record() {
        let aws = CannedAws::answering(replies()).await;
        aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let writes = aws.call("TransactWriteItems").json();
        let account = &writes["TransactItems"][1]["Update"];
        assert_eq!(account["UpdateExpression"], "ADD #used_bytes :more");
        assert_eq!(account["ExpressionAttributeValues"][":more"]["N"], "21");
        // The quota of the tier Basic: 1 GiB.
        assert_eq!(account["ExpressionAttributeValues"][":room"]["N"], (1_073_741_824 - 21).to_string());
        assert_eq!(writes["TransactItems"][2]["Put"]["ConditionExpression"], "attribute_not_exists(pk)");
        let record = aws.call("TransactWriteItems").put(2);
        assert_eq!((&record["status"], &record["revision"]), (&json!("pending"), &json!(0)));
        // The sweep checks the file when its time is over.
        assert_eq!((&record["due"], &record["due_at"]), (&json!("7"), &json!("2026-03-12T20:03:58.000Z")));
    }

    #[tokio::test]
    async fn a_file_too_large_for_one_put_is_uploaded_in_parts_with_more_time() {
        // Premium: files of up to 1 GiB.
        let mut premium = user();
        premium["tier"] = "premium".into();
        let caller = found_all(&[session(), premium]).about("SESSION#");
        let [_, tiers, create] = replies();
        let aws = CannedAws::answering([caller, tiers, create]).await;
        let body = json!({"filename": "notes.txt", "content_type": "text/plain", "size": 104_857_601});
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        let way = json!({"type": "multipart", "part_size": 16_777_216, "part_count": 7});
        assert_eq!((answer.status, &answer.body["upload"]), (201, &way));
        let record = aws.call("TransactWriteItems").put(2);
        assert_eq!(record["multipart"], json!({"part_size": 16_777_216, "upload_id": null}));
        assert_eq!(record["pending_until"], "2026-03-13T19:03:58Z");
        // URLs for parts may be signed until this time, and are valid for an hour.
        assert_eq!(record["upload_until"], "2026-03-13T20:03:58Z");
    }

    #[tokio::test]
    async fn a_file_above_the_quota_is_refused() {
        let [caller, tiers, _] = replies();
        let full = cancelled_on(&[None, Some(user()), None]);
        let aws = CannedAws::answering([caller, tiers, full]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let refusal = json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"});
        assert_eq!(answer.outcome(), (403, refusal));
    }

    #[tokio::test]
    async fn a_caller_who_signs_out_meanwhile_leaves_no_record() {
        let [caller, tiers, _] = replies();
        let signed_out = cancelled(&["ConditionalCheckFailed", "None", "None"]);
        let aws = CannedAws::answering([caller, tiers, signed_out]).await;
        let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
        assert_eq!((answer.status, &answer.body["code"]), (401, &json!("token_not_valid")));
    }

    #[tokio::test]
    async fn a_file_above_the_limit_of_the_tier_is_refused() {
        let body = json!({"filename": "a.bin", "content_type": "application/zip", "size": 104_857_601});
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().body(&body);
        let answer = aws.ask(handle, event).await;
        let words = "The file is too large: your account tier takes at most 104857600 bytes.";
        assert_eq!(answer.outcome(), (413, json!({"detail": words})));
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
        hides_failures(Event::of(FORM).signed_in(), &replies_to_a_form(), handle).await;
    }
}
