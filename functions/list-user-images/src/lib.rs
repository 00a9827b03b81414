//! `GET /api/users/{id}/images`: lists the images of any account, for staff.

use futures_util::future::try_join_all;
use satchel_accounts::Users;
use satchel_api::Filter;
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Listing, PageQuery, Request, ok};
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
        tiers: Tiers,
        uploads: Uploads,
        shares: Shares,
        objects: Objects,
        clock: Clock,
    }
}

/// Returns a page of images as their owner sees them, newest first, each with the number of its share links.
///
/// # Errors
/// 401; 404 unless the caller is staff and the account exists; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| {
        let (owner, page) = (request.path("id")?, PageQuery::<FileId>::read(&request)?);
        let everything = Filter::default();
        let images = app.uploads.list(owner, Kind::Image, &everything, page.limit, page.after);
        let (account, images, tiers) = tokio::try_join!(app.users.get(owner), images, app.tiers.all())?;
        Ok::<_, Error>((account.ok_or(Refusal::NotFound)?, page, images, tiers))
    };
    // Boxed, because three concurrent lookups make a large future.
    let (_, (account, page, (images, last), tiers)) =
        Box::pin(app.auth.staff_and(request.bearer()?, load)).await?;
    let (tier, now) = (tier_of(tiers, &account.tier), app.clock.now());
    let (links, base_url) = (app.shares.counts(account.id, &images, now).await?, &request.viewer().base_url);
    let views = images.iter().map(async |image| {
        let view = app.objects.image_view(image, &tier, base_url, now).await?;
        Ok::<_, Error>(view.with_links(links.get(&image.id).copied().unwrap_or_default()))
    });
    let next = last.map(|last| page.next(&request, &[], &last));
    ok(&Listing { next, results: try_join_all(views).await? })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, VERSION, empty_tiers, found, hides_failures, image, page,
        refuses_strangers, signed_in, signed_in_as_staff, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    /// `?limit=2`
    const EVENT: &str = include_str!("../../../events/list-user-images.json");
    /// The owner of the images; the caller is another account.
    const OWNER: &str = "019ce36f-2530-7000-8000-00000000000c";

    /// The owner's account.
    fn owner() -> Value {
        with(user(), &json!({"id": OWNER, "pk": format!("USER#{OWNER}"), "tier": "basic"}))
    }

    /// A link to the image, and a link to another upload, whose id is between the first and the last of the
    /// page.
    fn links() -> Reply {
        let link = |file: &str, number: u8| {
            let id = format!("019ce36f-2530-7000-8000-0000000000{number:02}");
            json!({"pk": format!("SHARES#{OWNER}"), "sk": format!("SHARE#{file}#{id}")})
        };
        page(&[link(IMAGE, 20), link(IMAGE, 21), link(VERSION, 22)]).about("SHARES#")
    }

    fn replies() -> [Reply; 5] {
        let images = page(&[image("ready")]).about("IMAGE#");
        [signed_in_as_staff(), found(Some(owner())), images, empty_tiers(), links()]
    }

    #[tokio::test]
    async fn staff_see_the_owners_page_with_the_number_of_links() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let seen = json!({
            "id": IMAGE, "title": "A title", "filename": "dot.png", "content_type": "image/png", "size": 69,
            "width": 1, "height": 1, "status": "ready",
            "thumbnails": {"200": format!("signed:/renditions/{IMAGE}/{VERSION}/200.jpg")},
            "original": null, "created_at": "2026-03-12T19:03:58Z", "links": 2,
        });
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [seen]})));
        assert_eq!(answer.header("cache-control"), "no-store");
        let counted = aws.calls_of("Query").into_iter().filter(|call| call.text().contains("SHARES#"));
        assert_eq!(counted.count(), 1, "one query for the whole page");
    }

    #[tokio::test]
    async fn a_page_without_images_has_no_links_to_count() {
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
