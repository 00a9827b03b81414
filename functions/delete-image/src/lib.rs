//! `DELETE /api/images/{id}`: deletes an image of the caller.

use satchel_files::{Disposal, Uploads};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, no_content};
use satchel_model::Kind;
use satchel_model::clock::Clock;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, disposal: Disposal, clock: Clock }
}

/// Deletes the record first, so that no record points to deleted bytes, and then the original and the
/// thumbnails.
///
/// # Errors
/// 401; 404 if the caller has no such image.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::Image, request.path("id")?).await;
    let (caller, image) = app.auth.caller_and(request.bearer()?, load).await?;
    app.disposal.delete(&caller, image, app.clock.now()).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, USER, VERSION, cancelled_on, done, found, hides_failures, image,
        refuses_strangers, signed_in, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-image.json");

    fn replies() -> [Reply; 5] {
        let (original, thumbnail) =
            (done("DeleteObject").about("/originals/"), done("DeleteObject").about("/renditions/"));
        [signed_in(), found(Some(image("ready"))), done("TransactWriteItems"), original, thumbnail]
    }

    #[tokio::test]
    async fn the_record_is_deleted_before_the_original_and_the_thumbnails() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let calls = aws.calls();
        assert_eq!(calls[2].operation, "TransactWriteItems");
        let mut deleted: Vec<_> = calls[3..].iter().map(|call| call.path.as_str()).collect();
        deleted.sort_unstable();
        let original = format!("/originals/{USER}/{IMAGE}/{VERSION}?x-id=DeleteObject");
        let thumbnail = format!("/renditions/{IMAGE}/{VERSION}/200.jpg?x-id=DeleteObject");
        assert_eq!(deleted, [original, thumbnail]);
    }

    #[tokio::test]
    async fn an_image_that_became_ready_meanwhile_is_deleted_with_its_thumbnails() {
        let ready = with(image("ready"), &json!({"revision": 8}));
        let changed = cancelled_on(&[None, None, Some(ready)]).once();
        let [caller, _, write, original, thumbnail] = replies();
        let before = found(Some(image("pending")));
        let aws = CannedAws::answering([caller, before, changed, write, original, thumbnail]).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 204);
        let writes = aws.calls_of("TransactWriteItems");
        let record = writes[1].changed(2);
        assert_eq!((&record["status"], writes[1].quota()), (&json!("deleting"), -69));
        assert_eq!(record["picture"]["renditions"][0]["size"], 200);
        let deleted = aws.calls_of("DeleteObject");
        assert!(deleted.iter().any(|call| call.path.starts_with("/renditions/")), "{deleted:?}");
    }

    #[tokio::test]
    async fn only_the_callers_images_are_looked_up() {
        let aws = CannedAws::answering([signed_in(), found(None)]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        let key = json!({"pk": {"S": format!("OWNER#{USER}")}, "sk": {"S": format!("IMAGE#{IMAGE}")}});
        assert_eq!(aws.call("GetItem").json()["Key"], key);
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
