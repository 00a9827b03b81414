//! `GET /api/users/{id}/files`: lists the files of any account, for staff.

use futures_util::future::try_join_all;
use satchel_accounts::Users;
use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_http::{ApiResult, ListQuery, Listing, Request, ok};
use satchel_links::Shares;
use satchel_model::clock::Clock;
use satchel_model::{Error, FileId, Kind, Refusal};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        users: Users,
        uploads: Uploads,
        shares: Shares,
        objects: Objects,
        clock: Clock,
    }
}

/// Returns a page of files as their owner sees them, newest first, each with the number of its share links.
///
/// # Errors
/// 401; 404 unless the caller is staff and the account exists; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| {
        let owner = request.path("id")?;
        let mut query = ListQuery::of(&request);
        let (filter, page) = (query.filter(), query.page::<FileId>()?);
        let files = app.uploads.list(owner, Kind::File, &filter, page.limit, page.after);
        let (account, files) = tokio::try_join!(app.users.get(owner), files)?;
        account.ok_or(Refusal::NotFound)?;
        Ok::<_, Error>((owner, page, filter, files))
    };
    // Boxed, because two concurrent lookups make a large future.
    let (_, (owner, page, filter, (files, last))) =
        Box::pin(app.auth.staff_and(request.bearer()?, load)).await?;
    let now = app.clock.now();
    let links = app.shares.counts(owner, &files, now).await?;
    let views = files.iter().map(async |file| {
        let view = app.objects.file_view(file, now).await?;
        Ok::<_, Error>(view.with_links(links.get(&file.id).copied().unwrap_or_default()))
    });
    let next = last.map(|last| page.next(&request, &filter.query(), &last));
    ok(&Listing { next, results: try_join_all(views).await? })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, file, found, hides_failures, page, refuses_strangers,
        signed_in, signed_in_as_staff, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    /// `?limit=2&status=ready`
    const EVENT: &str = include_str!("../../../events/list-user-files.json");
    /// The owner of the files; the caller is another account.
    const OWNER: &str = "019ce36f-2530-7000-8000-00000000000c";

    /// The owner's account.
    fn owner() -> Value {
        with(user(), &json!({"id": OWNER, "pk": format!("USER#{OWNER}"), "tier": "basic"}))
    }

    /// A link to the file, and a link to another upload, whose id is between the first and the last of the
    /// page.
    fn links() -> Reply {
        let link = |file: &str, number: u8| {
            let id = format!("019ce36f-2530-7000-8000-0000000000{number:02}");
            json!({"pk": format!("SHARES#{OWNER}"), "sk": format!("SHARE#{file}#{id}")})
        };
        page(&[link(FILE, 20), link(FILE, 21), link(VERSION, 22)]).about("SHARES#")
    }

    fn replies() -> [Reply; 4] {
        let files = page(&[file("ready")]).about("FILE#");
        [signed_in_as_staff(), found(Some(owner())), files, links()]
    }

    #[tokio::test]
    async fn staff_see_the_owners_page_with_the_number_of_links() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let seen = json!({
            "id": FILE, "title": "A title", "filename": "notes.txt", "content_type": "text/plain", "size": 21,
            "sha256": null, "visibility": "private", "uploaded_by": "ada", "owner": USER, "status": "ready",
            "created_at": "2026-03-12T19:03:58Z", "updated_at": "2026-03-12T19:03:58Z",
            "file": format!("signed:/originals/{USER}/{FILE}/{VERSION}"), "links": 2,
        });
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [seen]})));
        assert_eq!(answer.header("cache-control"), "no-store");
        let counted = aws.calls_of("Query").into_iter().filter(|call| call.text().contains("SHARES#"));
        assert_eq!(counted.count(), 1, "one query for the whole page");
    }

    #[tokio::test]
    async fn a_page_without_files_has_no_links_to_count() {
        let empty = [signed_in_as_staff(), found(Some(owner())), page(&[])];
        let aws = CannedAws::answering(empty).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
        assert!(!aws.calls().iter().any(|call| call.text().contains("SHARES#")));
    }

    #[tokio::test]
    async fn unless_the_caller_is_staff_and_the_account_exists_the_route_is_not_found() {
        let not_staff = [vec![signed_in()], replies().to_vec()].concat();
        let nobody = [vec![signed_in_as_staff(), found(None)], replies().to_vec()].concat();
        for replies in [not_staff, nobody] {
            let aws = CannedAws::answering(replies).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
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
