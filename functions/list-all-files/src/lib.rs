//! `GET /api/all_files`: lists all files that the caller may see.

use futures_util::future::try_join_all;
use satchel_api::Filter;
use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_http::{ApiResult, ListQuery, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, FileId, Visibility};
use satchel_objects::Objects;
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns a page of the caller's files and of shared files, newest first; with `visibility=members`, only of
/// shared files.
///
/// # Errors
/// 401; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |caller| {
        let mut query = ListQuery::of(&request);
        let filter = Filter { visibility: query.optional("visibility", only_members), ..Filter::default() };
        let page = query.page::<FileId>()?;
        let found = app.uploads.list_visible(caller, &filter, page.limit, page.after).await?;
        Ok::<_, Error>((page, filter, found))
    };
    let (_, (page, filter, (files, last))) = Box::pin(app.auth.caller_and(request.bearer()?, load)).await?;
    let now = app.clock.now();
    let files = try_join_all(files.iter().map(|file| app.objects.file_view(file, now))).await?;
    let next = last.map(|last| page.next(&request, &filter.query(), &last));
    ok(&json!({ "files": files, "next": next }))
}

/// Parses `visibility`, which can only leave out private files.
fn only_members(text: &str) -> Result<Visibility, Vec<String>> {
    let refused = || vec![format!("\"{text}\" is not a valid choice.")];
    text.parse().ok().filter(|visibility| *visibility == Visibility::Members).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, file, hides_failures, page, refuses_strangers, seen, signed_in, user,
        with,
    };
    use serde_json::Value;

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-all-files.json");

    fn replies() -> [Reply; 4] {
        let month = page(&[json!({"pk": "MONTHS", "sk": "2026-03"})]).about("MONTHS");
        let index = page(&[json!({"id": OTHER, "owner": BOB})]).about("shared-files");
        [signed_in(), month, index, page(&[file("ready")])]
    }

    /// A file that another account shares, newer than the caller's.
    const OTHER: &str = "019ce36f-2530-7000-8000-000000000008";

    /// Another file of the caller, older than [`FILE`].
    const OLDER: &str = "019ce36f-2530-7000-8000-000000000001";

    /// The account that shares the file.
    const BOB: &str = "019ce36f-2530-7000-8000-00000000000c";

    /// The listed ids, if the index names these records.
    async fn listed(records: &[Value]) -> Vec<String> {
        let aws = CannedAws::answering([replies().to_vec(), vec![seen(records)]].concat()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["next"]), (200, &Value::Null));
        let read = aws.calls_of("BatchGetItem").into_iter().find(|call| call.text().contains("SHARED#"));
        let keys = read.unwrap().json()["RequestItems"]["satchel"]["Keys"].take();
        assert_eq!(keys.as_array().unwrap().len(), 2, "the copy and its account, in one call");
        let files = answer.body["files"].as_array().unwrap().iter();
        files.map(|file| file["id"].as_str().unwrap().to_owned()).collect()
    }

    fn shared() -> Value {
        with(
            file("ready"),
            &json!({
                "pk": format!("SHARED#{OTHER}"), "sk": "FILE", "id": OTHER, "owner": BOB, "visibility": "members",
            }),
        )
    }

    fn bob(is_active: bool) -> Value {
        with(user(), &json!({"pk": format!("USER#{BOB}"), "id": BOB, "is_active": is_active}))
    }

    #[tokio::test]
    async fn own_files_and_shared_files_are_in_one_list() {
        assert_eq!(listed(&[shared(), bob(true)]).await, [OTHER, FILE]);
    }

    #[tokio::test]
    async fn files_shared_by_a_closed_or_deleted_account_are_not_listed() {
        for records in [vec![shared(), bob(false)], vec![shared()]] {
            assert_eq!(listed(&records).await, [FILE]);
        }
    }

    #[tokio::test]
    async fn the_visibility_filters_the_callers_files_and_stays_in_the_url_of_the_next_page() {
        let own = with(file("ready"), &json!({"visibility": "members"}));
        let older = with(own.clone(), &json!({"id": OLDER, "sk": format!("FILE#{OLDER}")}));
        let [caller, month, _, _] = replies();
        let index = page(&[]).about("shared-files");
        let aws = CannedAws::answering([caller, month, index, page(&[own, older])]).await;
        let event = Event::of(EVENT).signed_in().query("visibility=members&limit=1");
        let answer = aws.ask(handle, event).await;
        assert_eq!((answer.status, &answer.body["files"][0]["id"]), (200, &FILE.into()));
        let next = answer.body["next"].as_str().unwrap();
        assert!(next.contains("/api/all_files?visibility=members&limit=1&cursor="), "{next}");
        let query =
            aws.calls_of("Query").into_iter().find(|call| call.text().contains("OWNER#")).unwrap().json();
        assert_eq!(query["FilterExpression"], "#status <> :deleting AND #visibility = :visibility");
        assert_eq!(query["ExpressionAttributeValues"][":visibility"]["S"], "members");
    }

    #[tokio::test]
    async fn the_only_filter_is_for_shared_files() {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().query("visibility=private&page=2");
        let errors = json!({
            "page": ["Unknown parameter."], "visibility": ["\"private\" is not a valid choice."],
        });
        assert_eq!(aws.ask(handle, event).await.outcome(), (400, errors));
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &[&replies()[..], &[seen(&[])]].concat(), handle).await;
    }
}
