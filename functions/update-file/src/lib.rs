//! `PUT` and `PATCH /api/files/{id}`: changes what is said of a file.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Request, no_store, ok};
use satchel_core::model::Kind;
use satchel_objects::Objects;
use satchel_store::{Auth, Description, Table, Uploads};

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

/// `PUT` and `PATCH /api/files/{id}`: changes title, name and visibility of a file of the caller's; PATCH any of them,
/// PUT all that have no default.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 for what is wrong with the fields.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request, load).await?;
    let input = request.input(Accepts::Json).await?;
    let change = Description::read(&input, request.method() == "PUT")?;
    let now = app.clock.now();
    let file = app.uploads.describe(&caller, file, &change, now).await?;
    ok(&app.objects.file_view(&file, now).await?).map(no_store)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, cancelled, done, file, found, hides_failures, refuses_strangers, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-file.json");

    async fn handler(config: &Config, request: Request) -> ApiResult {
        handle(&App::new(config).unwrap(), &request).await
    }

    fn replies() -> [Reply; 3] {
        [signed_in(), found(Some(file("ready"))), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn what_is_given_is_changed_in_the_record_as_it_was_read() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handler, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["title"]), (200, &json!("Other notes")));
        assert_eq!(answer.body["filename"], "notes.txt");
        let write = aws.call("TransactWriteItems").json()["TransactItems"][2]["Update"].take();
        assert_eq!(write["ConditionExpression"], "#revision = :revision AND #status = :status");
        assert_eq!(write["ExpressionAttributeValues"][":title"]["S"], "Other notes");
    }

    #[tokio::test]
    async fn a_file_that_comes_to_be_shared_gets_its_copy_in_the_same_transaction() {
        let month = done("UpdateItem").about("MONTHS");
        let aws = CannedAws::answering([replies().to_vec(), vec![month]].concat()).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"visibility": "members"}));
        assert_eq!(aws.ask(handler, event).await.status, 200);
        let copy = aws.call("TransactWriteItems").json()["TransactItems"][3]["Put"]["Item"].take();
        assert_eq!(copy["month"]["S"], "2026-03");
        assert!(copy["pk"]["S"].as_str().unwrap().starts_with("SHARED#"));
    }

    #[tokio::test]
    async fn a_caller_who_is_signed_out_meanwhile_changes_nothing() {
        let [caller, found, _] = replies();
        let signed_out = cancelled(&["ConditionalCheckFailed", "None", "None"]);
        let aws = CannedAws::answering([caller, found, signed_out]).await;
        let answer = aws.ask(handler, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["code"]), (401, &json!("token_not_valid")));
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
