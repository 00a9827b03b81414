//! `GET /api/download/{id}`: redirects to the content of a file.

use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, url_answer};
use satchel_model::Refusal;
use satchel_model::clock::Clock;
use satchel_objects::{Download, Objects};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Redirects to a signed URL that saves the file under its own name.
///
/// Programs that accept JSON get the URL in the body.
///
/// # Errors
/// 401; 404 if the caller sees no such file; 409 if the file is not ready.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |caller| app.uploads.find_visible(caller, request.path("id")?).await;
    let (_, file) = app.auth.caller_and(request.bearer()?, load).await?;
    if !file.is_ready() {
        return Err(Refusal::NotReady.into());
    }
    let signed = app.objects.sign_original(&file, Download::Save, app.clock.now()).await?;
    url_answer(&request, &signed.url, signed.expires_at)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, file, found_all, hides_failures, refuses_strangers,
        seen, signed_in, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    /// Accepts JSON.
    const EVENT: &str = include_str!("../../../events/download-file.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), seen(&[file("ready")])]
    }

    fn url() -> String {
        format!("signed:/originals/{USER}/{FILE}/{VERSION}")
    }

    #[tokio::test]
    async fn a_program_gets_the_url_and_its_expiry() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"url": url(), "expires_at": "2026-03-12T19:18:58Z"})));
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_browser_is_redirected_to_an_attachment_with_the_files_name() {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().header("accept", Some("text/html,*/*"));
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("location"), url());
        assert_eq!(answer.header("cache-control"), "no-store");
        let whole = answer.headers["location"].to_str().unwrap();
        let disposition = "response-content-disposition=attachment%3B%20filename%3D%22notes.txt%22";
        assert!(whole.contains(disposition), "{whole}");
    }

    #[tokio::test]
    async fn a_missing_or_unready_file_is_not_sent() {
        let not_ready = json!({"detail": "The file is not ready."});
        for (record, outcome) in [
            (None, (404, json!({"detail": "Not found."}))),
            (Some(file("deleting")), (404, json!({"detail": "Not found."}))),
            (Some(file("pending")), (409, not_ready.clone())),
            (Some(file("rejected")), (409, not_ready)),
        ] {
            let aws = CannedAws::answering([signed_in(), seen(record.as_slice())]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), outcome);
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
