//! `DELETE /api/users/{id}/images/{image_id}`: deletes an image of any account, for staff.

use satchel_files::{Disposal, Uploads};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, no_content};
use satchel_model::Kind;
use satchel_model::clock::Clock;
use satchel_runtime::app;
use tracing::info;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, disposal: Disposal, clock: Clock }
}

/// Deletes an image as its owner would, and logs which member of staff did so.
///
/// # Errors
/// 401; 404 unless the caller is staff and the account has such an image.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| app.uploads.find(request.path("id")?, Kind::Image, request.path("image_id")?).await;
    let (caller, image) = app.auth.staff_and(request.bearer()?, load).await?;
    let deleted = app.disposal.delete_for_staff(&caller, image, app.clock.now()).await?;
    info!(staff_id = %caller.user.id, user_id = %deleted.owner, image_id = %deleted.id, "image deleted by staff");
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, USER, VERSION, cancelled, done, found, hides_failures, image,
        refuses_strangers, signed_in, signed_in_as_staff, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-user-image.json");
    /// The owner of the image; the caller is another account.
    const OWNER: &str = "019ce36f-2530-7000-8000-00000000000c";

    fn replies() -> [Reply; 4] {
        let theirs = with(image("ready"), &json!({"owner": OWNER, "pk": format!("OWNER#{OWNER}")}));
        [signed_in_as_staff(), found(Some(theirs)), done("TransactWriteItems"), done("DeleteObject")]
    }

    #[tokio::test]
    async fn staff_delete_the_record_with_its_reservation_and_then_the_bytes() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let write = aws.call("TransactWriteItems");
        assert_eq!(write.changed(2)["status"], "deleting");
        let items = write.json()["TransactItems"].take();
        let caller = &items[1]["ConditionCheck"];
        assert_eq!(caller["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(
            caller["ConditionExpression"],
            "#auth_epoch = :epoch AND #is_active = :true AND #is_staff = :true"
        );
        let quota = &items.as_array().unwrap().last().unwrap()["Update"];
        assert_eq!(quota["Key"]["pk"]["S"], format!("USER#{OWNER}"), "the owner's, not the caller's");
        assert_eq!(quota["ExpressionAttributeValues"][":more"]["N"], "-69");
        let deleted: Vec<_> = aws.calls_of("DeleteObject").into_iter().map(|call| call.path).collect();
        assert!(
            deleted.contains(&format!("/originals/{OWNER}/{IMAGE}/{VERSION}?x-id=DeleteObject")),
            "{deleted:?}"
        );
    }

    #[tokio::test]
    async fn the_route_is_not_found_unless_the_caller_is_staff() {
        let [_, found, write, delete] = replies();
        let aws = CannedAws::answering([signed_in(), found, write, delete]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        assert!(aws.calls_of("TransactWriteItems").is_empty());
    }

    #[tokio::test]
    async fn an_unknown_image_and_a_caller_no_longer_on_the_staff_are_not_found() {
        let [staff, theirs, ..] = replies();
        let no_staff = cancelled(&["None", "ConditionalCheckFailed", "None", "None"]);
        let gone = cancelled(&["None", "None", "ConditionalCheckFailed", "None"]);
        let erased = cancelled(&["None", "None", "None", "ConditionalCheckFailed"]);
        for replies in [
            vec![staff.clone(), found(None)],
            vec![staff.clone(), found(Some(image("deleting")))],
            vec![staff.clone(), theirs.clone(), no_staff],
            vec![staff.clone(), theirs.clone(), gone],
            vec![staff, theirs, erased],
        ] {
            let aws = CannedAws::answering(replies).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
            assert!(aws.calls_of("DeleteObject").is_empty());
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
