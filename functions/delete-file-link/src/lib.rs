//! `DELETE /api/files/{id}/links/{link_id}`: revokes a share link of a file of the caller.

use satchel_http::{ApiResult, Request, no_content};
use satchel_links::RevokedShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: RevokedShares }
}

/// Deletes the link, which stops working at once.
///
/// # Errors
/// 401; 404 if the caller has no such file, or the file no such link.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (id, link) = (request.path("id"), request.path("link_id"));
    app.shares.revoke(Kind::File, request.bearer()?, id, link).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, done, file, found, hides_failures, refuses_strangers, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-file-link.json");

    fn entry() -> Reply {
        found(Some(json!({"pk": "SHARES#1", "sk": "SHARE#1", "hash": "h"}))).about("SHARES#")
    }

    fn replies() -> [Reply; 4] {
        [signed_in(), entry(), found(Some(file("ready"))), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_link_is_deleted_with_its_list_entry() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.status, 204);
        let written = aws.call("TransactWriteItems").json();
        assert_eq!(written["TransactItems"][2]["Delete"]["Key"]["pk"]["S"], "SHARE#h");
        assert!(
            written["TransactItems"][3]["Delete"]["Key"]["pk"]["S"].as_str().unwrap().starts_with("SHARES#")
        );
    }

    #[tokio::test]
    async fn a_missing_link_is_not_found() {
        let [caller, _, found_it, _] = replies();
        let aws = CannedAws::answering([caller, found(None).about("SHARES#"), found_it]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
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
