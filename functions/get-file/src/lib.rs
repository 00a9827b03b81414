//! `GET /api/files/{id}`: shows a file of the caller, or one that another account shares.

use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns the file, with a signed URL if it is ready.
///
/// # Errors
/// 401; 404 if the caller sees no such file.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |caller| app.uploads.find_visible(caller, request.path("id")?).await;
    let (_, file) = app.auth.caller_and(request.bearer()?, load).await?;
    ok(&app.objects.file_view(&file, app.clock.now()).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, file, found_all, hides_failures, refuses_strangers,
        seen, signed_in, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-file.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), seen(&[file("ready")])]
    }

    fn shown(status: &str, url: Value) -> Value {
        json!({
            "id": FILE, "title": "A title", "filename": "notes.txt", "content_type": "text/plain", "size": 21,
            "sha256": null, "visibility": "private", "uploaded_by": "ada", "owner": USER, "status": status,
            "created_at": "2026-03-12T19:03:58Z", "updated_at": "2026-03-12T19:03:58Z", "file": url,
        })
    }

    #[tokio::test]
    async fn a_ready_file_is_shown_with_a_signed_url() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let url = format!("signed:/originals/{USER}/{FILE}/{VERSION}");
        assert_eq!(answer.outcome(), (200, shown("ready", url.into())));
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_file_that_is_not_ready_has_no_url() {
        let mut rejected = shown("rejected", Value::Null);
        rejected["reason"] = "size_mismatch".into();
        let mut rejected_record = file("rejected");
        rejected_record["reason"] = "size_mismatch".into();
        for (record, shown) in [(file("pending"), shown("pending", Value::Null)), (rejected_record, rejected)]
        {
            let aws = CannedAws::answering([signed_in(), seen(&[record])]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (200, shown));
        }
    }

    #[tokio::test]
    async fn only_the_callers_files_and_shared_files_are_looked_up() {
        let aws = CannedAws::answering([signed_in(), seen(&[])]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        let asked =
            |text: &str| aws.calls().iter().any(|call| String::from_utf8_lossy(&call.body).contains(text));
        assert!(
            asked(&format!("OWNER#{USER}"))
                && asked(&format!("FILE#{FILE}"))
                && asked(&format!("SHARED#{FILE}"))
        );
    }

    #[tokio::test]
    async fn a_deleted_file_and_an_invalid_id_are_not_found() {
        let event = Event::of(EVENT).signed_in();
        for event in [event.clone(), event.path("id", "1")] {
            let aws = CannedAws::answering([signed_in(), seen(&[file("deleting")])]).await;
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
    }

    /// The status for a file that another account shares, if that account has the record `owner`.
    async fn shared_by(owner: Option<Value>) -> u16 {
        let bob = "019ce36f-2530-7000-8000-00000000000c";
        let place =
            json!({"pk": format!("SHARED#{FILE}"), "sk": "FILE", "owner": bob, "visibility": "members"});
        let owner = owner.map(|change| {
            let id = json!({"pk": format!("USER#{bob}"), "id": bob});
            with(with(user(), &id), &change)
        });
        let account = found_all(owner.as_slice()).about(r#""USER#019ce36f-2530-7000-8000-00000000000c""#);
        let aws = CannedAws::answering([signed_in(), seen(&[with(file("ready"), &place)]), account]).await;
        aws.ask(handle, Event::of(EVENT).signed_in()).await.status
    }

    #[tokio::test]
    async fn files_shared_by_a_closed_or_deleted_account_are_not_found() {
        assert_eq!(shared_by(Some(json!({}))).await, 200);
        assert_eq!(shared_by(Some(json!({"is_active": false}))).await, 404);
        assert_eq!(shared_by(None).await, 404);
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
