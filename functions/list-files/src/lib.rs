//! `GET /api/files`: lists the caller's files.

use futures_util::future::try_join_all;
use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_http::{ApiResult, ListQuery, Listing, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, FileId, Kind};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns a page of files, newest first.
///
/// # Errors
/// 401; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let mut query = ListQuery::of(&request);
        let (filter, page) = (query.filter(), query.page::<FileId>()?);
        let (files, last) = app.uploads.list(owner, Kind::File, &filter, page.limit, page.after).await?;
        Ok::<_, Error>((page, filter, files, last))
    };
    let (_, (page, filter, files, last)) = app.auth.caller_and(request.bearer()?, load).await?;
    let now = app.clock.now();
    let results = try_join_all(files.iter().map(|file| app.objects.file_view(file, now))).await?;
    let next = last.map(|last| page.next(&request, &filter.query(), &last));
    ok(&Listing { next, results })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, file, hides_failures, page, refuses_strangers,
        signed_in,
    };
    use serde_json::json;

    use super::*;

    /// `?limit=2&status=ready`
    const EVENT: &str = include_str!("../../../events/list-files.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), page(&[file("ready"), file("ready"), file("ready")])]
    }

    #[tokio::test]
    async fn a_full_page_contains_the_url_of_the_next_page_with_the_same_filters() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let seen = json!({
            "id": FILE, "title": "A title", "filename": "notes.txt", "content_type": "text/plain", "size": 21,
            "sha256": null, "visibility": "private", "uploaded_by": "ada", "owner": USER, "status": "ready",
            "created_at": "2026-03-12T19:03:58Z", "updated_at": "2026-03-12T19:03:58Z",
            "file": format!("signed:/originals/{USER}/{FILE}/{VERSION}"),
        });
        // printf %s <id> | basenc --base64url
        let cursor = "MDE5Y2UzNmYtMjUzMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAz";
        let base = "https://abc123.execute-api.us-east-1.amazonaws.com";
        let next = format!("{base}/api/files?status=ready&limit=2&cursor={cursor}");
        assert_eq!(answer.outcome(), (200, json!({"next": next, "results": [seen, seen]})));
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_cursor_always_continues_in_the_callers_own_list() {
        let cursor = "MDE5Y2UzNmYtMjUzMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAz";
        let aws = CannedAws::answering([signed_in(), page(&[])]).await;
        let event = Event::of(EVENT).signed_in().query(&format!("cursor={cursor}"));
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
        let start = json!({"pk": {"S": format!("OWNER#{USER}")}, "sk": {"S": format!("FILE#{FILE}")}});
        assert_eq!(aws.call("Query").json()["ExclusiveStartKey"], start);
    }

    #[tokio::test]
    async fn an_invalid_query_is_refused() {
        for (query, words) in [
            ("limit=ten", json!({"limit": ["A valid integer is required."]})),
            ("cursor=!", json!({"cursor": ["Invalid cursor."]})),
            ("status=gone", json!({"status": ["\"gone\" is not a valid choice."]})),
        ] {
            let aws = CannedAws::answering([signed_in()]).await;
            let event = Event::of(EVENT).signed_in().query(query);
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (400, words));
        }
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
