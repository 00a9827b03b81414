//! `DELETE /api/files/{id}`: deletes a file of the caller.

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

/// Deletes the record first, so that no record points to deleted bytes, and then the bytes.
///
/// # Errors
/// 401; 404 if the caller has no such file.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request.bearer()?, load).await?;
    app.disposal.delete(&caller, file, app.clock.now()).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, cancelled, cancelled_on, done, file, found,
        hides_failures, large_file, refuses_strangers, signed_in, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-file.json");

    fn replies() -> [Reply; 4] {
        [signed_in(), found(Some(file("ready"))), done("TransactWriteItems"), done("DeleteObject")]
    }

    #[tokio::test]
    async fn the_record_is_deleted_with_its_reservation_before_the_bytes() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let write = aws.call("TransactWriteItems");
        assert_eq!((write.quota(), &write.changed(2)["status"]), (-21, &json!("deleting")));
        let last = aws.calls().pop().unwrap();
        assert_eq!(last.path, format!("/originals/{USER}/{FILE}/{VERSION}?x-id=DeleteObject"));
    }

    #[tokio::test]
    async fn a_file_that_was_deleted_meanwhile_is_not_found() {
        let deleted_meanwhile = cancelled(&["None", "None", "ConditionalCheckFailed"]);
        for replies in [
            vec![signed_in(), found(None)],
            vec![signed_in(), found(Some(file("deleting")))],
            vec![signed_in(), found(Some(file("ready"))), deleted_meanwhile],
        ] {
            let aws = CannedAws::answering(replies).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
    }

    #[tokio::test]
    async fn deleting_a_rejected_file_releases_no_quota() {
        let [caller, _, write, delete] = replies();
        let aws = CannedAws::answering([caller, found(Some(file("rejected"))), write, delete]).await;
        aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let write = aws.call("TransactWriteItems");
        assert_eq!((write.quota(), &write.changed(2)["status"]), (0, &json!("deleting")));
        let account = &write.json()["TransactItems"][1]["ConditionCheck"];
        assert_eq!(account["ConditionExpression"], "#auth_epoch = :epoch AND #is_active = :true");
    }

    #[tokio::test]
    async fn a_file_that_was_changed_meanwhile_is_deleted_in_its_new_state() {
        let now = with(file("ready"), &json!({"revision": 8, "size": 30}));
        let changed = cancelled_on(&[None, None, Some(now)]).once();
        let [caller, _, write, delete] = replies();
        let before = found(Some(file("pending")));
        let aws = CannedAws::answering([caller, before, changed, write, delete]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.status, 204);
        let writes = aws.calls_of("TransactWriteItems");
        assert_eq!((writes[0].quota(), writes[1].quota()), (-21, -30));
        assert_eq!(
            (writes[0].changed(2)["revision"].clone(), writes[1].changed(2)["revision"].clone()),
            (8.into(), 9.into())
        );
    }

    #[tokio::test]
    async fn all_contents_are_deleted_and_the_multipart_upload_is_aborted() {
        let other = |number: u8| format!("019ce36f-2530-7000-8000-0000000000{number}0");
        let replaced = json!({"version": other(1), "until": "2026-03-12T20:03:58Z", "readable": true});
        let coming = json!({"version": other(2), "size": 40, "until": "2026-03-12T20:03:58Z"});
        let file =
            with(large_file(Some("upload-1")), &json!({"old_versions": [replaced], "replacement": coming}));
        let [caller, _, write, delete] = replies();
        let replies = [caller, found(Some(file)), write, delete, done("AbortMultipartUpload")];
        let aws = CannedAws::answering(replies).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 204);
        assert_eq!(aws.call("TransactWriteItems").quota(), -(110_100_501 + 40));
        let mut deleted: Vec<_> = aws.calls_of("DeleteObject").into_iter().map(|call| call.path).collect();
        deleted.sort();
        let path = |version: &str| format!("/originals/{USER}/{FILE}/{version}?x-id=DeleteObject");
        assert_eq!(deleted, [path(VERSION), path(&other(1)), path(&other(2))]);
        let aborted = aws.call("AbortMultipartUpload").path;
        assert!(aborted.starts_with(&format!("/originals/{USER}/{FILE}/{VERSION}?")), "{aborted}");
        assert!(aborted.ends_with("uploadId=upload-1"), "{aborted}");
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
