//! What the table's stream starts: removes what a closed account leaves.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use satchel_aws::Aws;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::model::Upload;
use satchel_objects::{ObjectError, Objects};
use satchel_store::{Erasure, Erasures, Failures, StoreError, Table, work_through};
use tracing::info;

/// As many files as one run surely has the time for; the next goes on.
const UPLOADS_A_RUN: i32 = 500;
const RESOURCES_A_RUN: i32 = 1000;
const KEYS_A_RUN: i32 = 1000;
const SESSIONS_A_RUN: i32 = 1000;
const AT_ONCE: usize = 16;

/// What this function needs.
pub struct App {
    erasures: Erasures,
    objects: Objects,
    clock: Clock,
    uploads_a_run: i32,
}

/// Why an account is not erased yet.
#[derive(Debug, thiserror::Error)]
enum Unerased {
    #[error("the record is no order to erase: {0}")]
    Record(#[from] serde_dynamo::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Object(#[from] ObjectError),
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Self {
            erasures: Erasures::new(table),
            objects: Objects::new(&aws, config),
            clock: Clock::System,
            uploads_a_run: UPLOADS_A_RUN,
        }
    }
}

/// Erases each account of the batch as far as one run goes. What was done stays done, so whoever is killed half-way
/// is simply sent again.
pub async fn handle(app: &App, event: Event) -> Failures {
    work_through(event, |record| Box::pin(erase(app, record))).await
}

/// Files first, then resources, what Idempotency-Keys were used for, and sessions, then the account with its name: while anything is there, nobody else has the name.
async fn erase(app: &App, record: EventRecord) -> Result<(), Unerased> {
    let erasure: Erasure = serde_dynamo::from_item(record.change.new_image)?;
    let (uploads, more_uploads) = app.erasures.uploads(erasure.user_id, app.uploads_a_run).await?;
    let count = uploads.len();
    let removals = stream::iter(uploads.into_iter().map(|upload| remove(app, upload)));
    removals.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    if more_uploads
        || app.erasures.forget_resources(erasure.user_id, RESOURCES_A_RUN).await?
        || app.erasures.forget_keys(erasure.user_id, KEYS_A_RUN).await?
        || app.erasures.forget_sessions(erasure.user_id, SESSIONS_A_RUN).await?
    {
        app.erasures.go_on(&erasure, app.clock.now()).await?;
        info!(user_id = %erasure.user_id, uploads = count, "account is being erased");
        return Ok(());
    }
    app.erasures.finish(&erasure).await?;
    info!(user_id = %erasure.user_id, uploads = count, "account erased");
    Ok(())
}

/// Bytes first: they are found by the record.
async fn remove(app: &App, upload: Upload) -> Result<(), Unerased> {
    app.objects.delete(&upload).await?;
    Ok(app.erasures.forget(&upload).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, FILE, IMAGE, NOW, RESOURCE, Reply, USER, VERSION, cancelled, denied, done, file, found,
        image, page, page_that_goes_on, resource, session, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/erase-account.json");

    fn uploads() -> Reply {
        page(&[file("pending"), image("ready")]).about("OWNER#")
    }

    /// What an Idempotency-Key of the account was used for.
    fn key() -> Value {
        json!({"pk": format!("IDEMPOTENCY#{USER}"), "sk": "5e884898", "made": FILE, "ttl": 1_773_428_638})
    }

    fn replies() -> [Reply; 8] {
        [
            uploads(),
            page(&[resource()]).about("RESOURCES#"),
            page(&[key()]).about("IDEMPOTENCY#"),
            page(&[session()]).about("SESSION#"),
            done("DeleteObject"),
            done("DeleteItem"),
            found(Some(user())),
            done("TransactWriteItems"),
        ]
    }

    /// What became of the event, with as many files a run as the two that there are.
    async fn handled(replies: impl Into<Vec<Reply>>) -> (CannedAws, Value) {
        let aws = CannedAws::answering(replies).await;
        let app = App { uploads_a_run: 2, clock: Clock::Fixed(NOW), ..App::new(&aws.config()) };
        let failures = handle(&app, serde_json::from_str(EVENT).unwrap()).await;
        (aws, json!(failures))
    }

    fn written(aws: &CannedAws) -> Value {
        aws.call("TransactWriteItems").json()["TransactItems"].take()
    }

    #[tokio::test]
    async fn bytes_and_records_go_and_the_name_last() {
        let (aws, failures) = handled(replies()).await;
        assert_eq!(failures, json!({"batchItemFailures": []}));
        let calls = aws.calls();
        let mut objects: Vec<_> = calls.iter().filter(|call| call.operation == "DeleteObject").collect();
        objects.sort_by_key(|call| &call.path);
        let paths = [
            format!("/originals/{USER}/{FILE}/{VERSION}"),
            format!("/originals/{USER}/{IMAGE}/{VERSION}"),
            format!("/renditions/{IMAGE}/{VERSION}/200.jpg"),
        ];
        assert_eq!(
            objects.iter().map(|call| call.path.replace("?x-id=DeleteObject", "")).collect::<Vec<_>>(),
            paths
        );
        assert_eq!(aws.operations().iter().filter(|name| *name == "DeleteItem").count(), 5);
        assert_eq!(calls.last().unwrap().operation, "TransactWriteItems");
        let removed = written(&aws);
        let removed = removed.as_array().unwrap().iter().map(|write| {
            let key = &write["Delete"]["Key"];
            ["pk", "sk"].map(|name| key[name]["S"].as_str().unwrap().to_owned()).join(" ")
        });
        let expected = [
            format!("ERASE#{USER} ERASE"),
            "NAME#ada LOGIN".to_owned(),
            format!("USER#{USER} USER"),
            "EMAIL#ada@example.com EMAIL".to_owned(),
            format!("EMAIL#ada@example.com WAITS#{USER}"),
        ];
        assert_eq!(removed.collect::<Vec<_>>(), expected);
    }

    #[tokio::test]
    async fn more_than_one_run_takes_is_left_to_the_next() {
        let [uploads, resources, keys, sessions, objects, items, user, write] = replies();
        let more_uploads = page_that_goes_on(&[file("ready"), image("ready")]).about("OWNER#");
        // A page may end before its limit.
        let more_bytes = page_that_goes_on(&[file("ready")]).about("OWNER#");
        let more_sessions = page_that_goes_on(&[session()]).about("SESSION#");
        let more_resources = page_that_goes_on(&[resource()]).about("RESOURCES#");
        let more_keys = page_that_goes_on(&[key()]).about("IDEMPOTENCY#");
        for pages in [
            [more_uploads, resources.clone(), keys.clone(), sessions.clone()],
            [more_bytes, resources.clone(), keys.clone(), sessions.clone()],
            [uploads.clone(), more_resources, keys.clone(), sessions.clone()],
            [uploads.clone(), resources.clone(), more_keys, sessions],
            [uploads, resources, keys, more_sessions],
        ] {
            let rest = [objects.clone(), items.clone(), user.clone(), write.clone()];
            let (aws, failures) = handled([pages.to_vec(), rest.to_vec()].concat()).await;
            assert_eq!(failures, json!({"batchItemFailures": []}));
            let writes = written(&aws);
            assert_eq!(writes.as_array().unwrap().len(), 1);
            assert_eq!(writes[0]["Put"]["ConditionExpression"], "#rounds = :rounds");
            assert_eq!(writes[0]["Put"]["ExpressionAttributeValues"], json!({":rounds": {"N": "0"}}));
            let next = aws.call("TransactWriteItems").put(0);
            let expected = json!({
                "pk": format!("ERASE#{USER}"), "sk": "ERASE", "user_id": USER, "rounds": 1,
                "due": "1", "due_at": "2026-03-13T08:03:58.000Z",
            });
            assert_eq!(next, expected);
            let first = aws.calls().into_iter().find(|call| call.operation == "Query").unwrap();
            assert_eq!(first.json()["Limit"], 2);
        }
    }

    #[tokio::test]
    async fn an_account_that_is_gone_already_gives_up_its_order_alone() {
        let nothing = [page(&[]), found(None), done("TransactWriteItems")];
        let (aws, failures) = handled(nothing).await;
        assert_eq!(failures, json!({"batchItemFailures": []}));
        let writes = written(&aws);
        assert_eq!(writes.as_array().unwrap().len(), 1);
        assert_eq!(writes[0]["Delete"]["Key"]["pk"]["S"], format!("ERASE#{USER}"));
    }

    #[tokio::test]
    async fn resources_and_what_requests_made_go_one_by_one_by_their_keys() {
        let (aws, _) = handled(replies()).await;
        let deleted: Vec<_> = aws.calls().into_iter().filter(|call| call.operation == "DeleteItem").collect();
        for (pk, sk) in [
            (format!("RESOURCES#{USER}"), format!("RESOURCE#{RESOURCE}")),
            (format!("IDEMPOTENCY#{USER}"), "5e884898".to_owned()),
        ] {
            let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
            assert!(deleted.iter().any(|call| call.json()["Key"] == key), "{pk}: {deleted:?}");
        }
    }

    #[tokio::test]
    async fn an_account_in_another_tier_is_counted_out_of_it_once() {
        let mut premium = user();
        premium["tier"] = "premium".into();
        let (aws, _) = handled([vec![found(Some(premium))], replies().to_vec()].concat()).await;
        let writes = written(&aws);
        let (account, count) = (&writes[2]["Delete"], &writes[3]["Update"]);
        assert_eq!(
            (&account["Key"]["sk"]["S"], &account["ConditionExpression"]),
            (&json!("USER"), &json!("attribute_exists(pk)"))
        );
        assert_eq!(count["Key"], json!({"pk": {"S": "TIERCOUNT"}, "sk": {"S": "premium"}}));
        assert_eq!(count["ExpressionAttributeValues"], json!({":more": {"N": "-1"}}));
    }

    #[tokio::test]
    async fn an_erasure_comes_again_whichever_call_fails() {
        let again = json!({"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]});
        for operation in ["Query", "DeleteObject", "DeleteItem", "GetItem", "TransactWriteItems"] {
            let (_, failures) = handled([vec![denied(operation)], replies().to_vec()].concat()).await;
            assert_eq!(failures, again, "{operation}");
        }
        let taken = cancelled(&["None", "None", "None", "ConditionalCheckFailed", "None"]);
        let (_, failures) = handled([vec![taken], replies().to_vec()].concat()).await;
        assert_eq!(failures, again, "an address of somebody else");
    }

    #[tokio::test]
    async fn a_record_that_is_no_order_comes_again() {
        let aws = CannedAws::answering(replies()).await;
        let mut event: Event = serde_json::from_str(EVENT).unwrap();
        event.records[0].change.new_image.remove("user_id");
        let failures = handle(&App::new(&aws.config()), event).await;
        assert_eq!(failures.batch_item_failures.len(), 1);
        assert!(aws.calls().is_empty());
    }
}
