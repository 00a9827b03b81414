//! `DELETE /api/files/{id}`: deletes a file.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, no_content};
use satchel_core::model::Kind;
use satchel_objects::Objects;
use satchel_store::{Auth, Table, Uploads};

/// What this function needs.
pub struct App {
    auth: Auth,
    uploads: Uploads,
    objects: Objects,
    clock: Clock,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            uploads: Uploads::new(table),
            objects: Objects::new(&aws, config),
            clock: Clock::System,
        })
    }
}

/// `DELETE /api/files/{id}`: deletes a file of the caller: its record first, so that nothing points to bytes that
/// are gone, then its bytes.
///
/// # Errors
/// 401; 404 if the caller has no such file.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request, load).await?;
    let deleted = app.uploads.delete(&caller, file, app.clock.now()).await?;
    app.objects.delete(&deleted).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, FILE, Reply, USER, VERSION, cancelled, done, file, found, hides_failures,
        refuses_strangers, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-file.json");

    async fn handler(config: &Config, request: Request) -> ApiResult {
        handle(&App::new(config).unwrap(), &request).await
    }

    fn replies() -> [Reply; 4] {
        [signed_in(), found(Some(file("ready"))), done("TransactWriteItems"), done("DeleteObject")]
    }

    #[tokio::test]
    async fn the_record_goes_first_with_its_reservation_and_then_the_bytes() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handler, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let writes = aws.call("TransactWriteItems").json();
        let (account, record) =
            (&writes["TransactItems"][1]["Update"], &writes["TransactItems"][2]["Update"]);
        assert_eq!(account["ExpressionAttributeValues"][":less"]["N"], "-21");
        assert_eq!(record["ExpressionAttributeValues"][":deleting"]["S"], "deleting");
        let last = aws.calls().pop().unwrap();
        assert_eq!(last.path, format!("/originals/{USER}/{FILE}/{VERSION}?x-id=DeleteObject"));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_any_more_is_not_found() {
        let deleted_meanwhile = cancelled(&["None", "None", "ConditionalCheckFailed"]);
        for replies in [
            vec![signed_in(), found(None)],
            vec![signed_in(), found(Some(file("deleting")))],
            vec![signed_in(), found(Some(file("ready"))), deleted_meanwhile],
        ] {
            let aws = CannedAws::answering(replies).await;
            let answer = aws.ask(handler, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
    }

    #[tokio::test]
    async fn a_rejected_file_has_no_reservation_left_to_give_back() {
        let [caller, _, write, delete] = replies();
        let aws = CannedAws::answering([caller, found(Some(file("rejected"))), write, delete]).await;
        aws.ask(handler, Event::of(EVENT).signed_in()).await;
        let writes = aws.call("TransactWriteItems").json();
        let values = &writes["TransactItems"][1]["Update"]["ExpressionAttributeValues"];
        assert_eq!(values[":less"]["N"], "0");
    }

    #[tokio::test]
    async fn only_a_caller_who_is_signed_in_is_answered() {
        refuses_strangers(EVENT, handler).await;
    }

    #[tokio::test]
    async fn a_failure_stays_inside() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handler).await;
    }
}
