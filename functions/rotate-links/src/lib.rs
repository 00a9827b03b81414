//! Rotates the secret of share links. An operator invokes it; it has no route.

use satchel_links::{LinkRotation, Renewal, Rotated, RotationError};
use satchel_model::clock::Clock;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::keys::Key;
use serde::{Deserialize, Serialize};
use tracing::info;

/// Milliseconds before the function's timeout at which a run renews no further link.
const RESERVE: u64 = 20_000;

app! {
    /// What this function needs.
    pub struct App { links: LinkRotation, clock: Clock }
}

/// The operator's order: `{"generation":2}` or, after a leak, `{"generation":2,"drop":true}`.
///
/// The same order can be repeated; it continues where the last run stopped.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The generation that is to be current: the present one, or the one after it.
    pub generation: u32,
    /// Whether to give derived links new URLs and to delete older links, so that no URL from before works.
    #[serde(default)]
    pub drop: bool,
    /// Where to begin: `next` from the report of the last run.
    #[serde(default)]
    pub from: Option<Place>,
}

/// A place in the scan of the table: a key, after which the scan continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub pk: String,
    pub sk: String,
}

/// How far the rotation is.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub generation: u32,
    /// Whether the order is carried out; if not, repeat it.
    pub done: bool,
    /// Seconds to wait before the order is repeated: until then, functions may use the earlier secret.
    pub wait_seconds: i64,
    /// How many links got a new URL in this run.
    pub renewed: u64,
    /// How many links were deleted in this run: they had random tokens, or their account is being erased.
    pub ended: u64,
    /// Where the next run is to begin, if this one ran out of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Place>,
}

/// Why the order failed.
#[derive(Debug)]
pub struct NotRotated(RotationError);

impl From<NotRotated> for Diagnostic {
    fn from(NotRotated(failure): NotRotated) -> Self {
        Self { error_type: "LinksNotRotated".to_owned(), error_message: chain(&failure) }
    }
}

/// Makes a generation of the secret current and, if the order says `drop`, gives derived links new URLs and deletes
/// older links.
///
/// # Errors
/// If `generation` is neither the current one nor the next; if `drop` is set and there was never an earlier generation;
/// if other requests change a link all the time; or if a service fails.
pub async fn handle(
    app: &'static App,
    Invocation { payload: order, deadline }: Invocation<Order>,
) -> Result<Report, NotRotated> {
    let rotated = app.links.turn_to(order.generation, order.drop).await.map_err(NotRotated)?;
    let mut report = Report { generation: order.generation, ..Report::default() };
    if !order.drop {
        report.done = true;
    } else if rotated.wait_seconds > 0 {
        report.wait_seconds = rotated.wait_seconds;
    } else {
        renew(app, &rotated, order.from, deadline, &mut report).await.map_err(NotRotated)?;
    }
    info!(
        links.generation = report.generation,
        links.renewed = report.renewed,
        links.ended = report.ended,
        links.done = report.done,
        "share links rotated"
    );
    Ok(report)
}

/// Gives derived links new URLs and deletes older links, page by page, until the end or until the time runs out.
async fn renew(
    app: &App,
    rotated: &Rotated,
    from: Option<Place>,
    deadline: u64,
    report: &mut Report,
) -> Result<(), RotationError> {
    let is_over = || {
        let now = u64::try_from(app.clock.now().as_millisecond()).unwrap_or_default();
        now > deadline.saturating_sub(RESERVE)
    };
    let mut from = from.map(Key::from);
    loop {
        let (links, more) = app.links.links(&rotated.secret, from.as_ref()).await?;
        for link in links {
            match app.links.renew(&link, &rotated.secret).await? {
                Renewal::Renewed => report.renewed += 1,
                Renewal::Ended => report.ended += 1,
                Renewal::Unchanged => {}
            }
            if is_over() {
                // The next run reads this page again, without the links that are done.
                report.next = from.map(Place::from);
                return Ok(());
            }
        }
        if more.is_none() {
            app.links.forget_earlier(report.generation).await?;
            report.done = true;
            return Ok(());
        }
        from = more;
        if is_over() {
            report.next = from.map(Place::from);
            return Ok(());
        }
    }
}

impl From<Place> for Key {
    fn from(place: Place) -> Self {
        Self { partition: place.pk, sort: place.sk }
    }
}

impl From<Key> for Place {
    fn from(key: Key) -> Self {
        Self { pk: key.partition, sk: key.sort }
    }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Reply, cancelled, denied, done, found, invocation, link_secret, scanned, share, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/rotate-links.json");

    fn order(generation: u32, drop: bool) -> Order {
        Order { generation, drop, from: None }
    }

    async fn rotated(
        replies: impl Into<Vec<Reply>>,
        order: Order,
    ) -> (CannedAws, Result<Report, NotRotated>) {
        let aws = CannedAws::answering(replies).await;
        let rotated = handle(aws.app(), invocation(order)).await;
        (aws, rotated)
    }

    /// The replies to a run that finds a link of the first generation, changed by `change`.
    fn replies(change: &Value) -> Vec<Reply> {
        let key = json!({"pk": "SHARE#the-hash", "sk": "SHARE"});
        let link = found(Some(with(share("file"), change)));
        let writes = [done("TransactWriteItems"), done("PutSecretValue")];
        [vec![link_secret(), scanned(&[key], None), link], writes.to_vec()].concat()
    }

    #[test]
    fn the_sample_event_is_an_order() {
        let order: Order = serde_json::from_str(EVENT).unwrap();
        assert_eq!((order.generation, order.drop), (1, false));
    }

    #[tokio::test]
    async fn the_next_generation_gets_a_new_secret_and_the_earlier_ones_stay() {
        let (aws, report) = rotated([link_secret(), done("PutSecretValue")], order(3, false)).await;
        assert!(report.unwrap().done);
        let written = aws.call("PutSecretValue").json();
        let secret: Value = serde_json::from_str(written["SecretString"].as_str().unwrap()).unwrap();
        assert_eq!((&secret["generation"], secret["earlier"].as_array().map(Vec::len)), (&json!(3), Some(2)));
        assert!(!["first", "second"].contains(&secret["secret"].as_str().unwrap()));
    }

    #[tokio::test]
    async fn links_are_derived_anew_only_when_every_function_knows_the_new_secret() {
        let (aws, report) = rotated([link_secret(), done("PutSecretValue")], order(3, true)).await;
        let report = report.unwrap();
        assert_eq!((report.done, report.wait_seconds), (false, 600), "twice 300 seconds");
        assert_eq!(aws.operations(), ["GetSecretValue", "PutSecretValue"]);
    }

    #[tokio::test]
    async fn a_link_of_an_earlier_generation_moves_to_the_hash_of_its_new_token() {
        let (aws, report) = rotated(replies(&json!({"last_update": "mark"})), order(2, true)).await;
        assert_eq!(report.unwrap().renewed, 1);
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes[0]["Delete"]["Key"]["pk"]["S"], "SHARE#the-hash");
        assert_eq!(writes[0]["Delete"]["ConditionExpression"], "#last_update = :mark");
        let hash = satchel_model::secret::sha256(satchel_testing::share_token(2).as_bytes());
        assert_eq!(writes[2]["Put"]["Item"]["pk"]["S"], format!("SHARE#{hash}"));
        assert_eq!(writes[3]["Update"]["ExpressionAttributeValues"][":new"]["S"], hash);
        let kept = aws.call("PutSecretValue").json();
        assert!(!kept["SecretString"].as_str().unwrap().contains("first"), "no link needs it any more");
    }

    #[tokio::test]
    async fn a_link_with_a_random_token_ends_and_a_link_of_the_current_generation_stays() {
        for (generation, renewed, ended) in [(Value::Null, 0, 1), (json!(2), 0, 0)] {
            let replies = replies(&json!({"generation": generation}));
            let (_, report) = rotated(replies, order(2, true)).await;
            let report = report.unwrap();
            assert_eq!((report.done, report.renewed, report.ended), (true, renewed, ended));
        }
    }

    #[tokio::test]
    async fn a_link_of_an_account_that_is_being_erased_is_deleted() {
        let mut replies = replies(&json!({}));
        replies[3] = cancelled(&["None", "ConditionalCheckFailed", "None", "None"]).once();
        replies.push(done("TransactWriteItems"));
        let (aws, report) = rotated(replies, order(2, true)).await;
        assert_eq!(report.unwrap().ended, 1);
        assert_eq!(aws.calls_of("TransactWriteItems").len(), 2);
    }

    #[tokio::test]
    async fn a_run_without_time_says_where_the_next_one_begins() {
        let last = json!({"pk": "USER#1", "sk": "USER"});
        let aws = CannedAws::answering([link_secret(), scanned(&[], Some(&last))]).await;
        let late = Invocation { payload: order(2, true), deadline: 0 };
        let report = handle(aws.app(), late).await.unwrap();
        let next = Place { pk: "USER#1".to_owned(), sk: "USER".to_owned() };
        assert_eq!((report.done, &report.next), (false, &Some(next.clone())));

        let aws = CannedAws::answering([link_secret(), scanned(&[], None), done("PutSecretValue")]).await;
        let again = Order { from: Some(next), ..order(2, true) };
        assert!(handle(aws.app(), invocation(again)).await.unwrap().done);
        assert_eq!(aws.call("Scan").json()["ExclusiveStartKey"]["pk"]["S"], "USER#1");
    }

    #[tokio::test]
    async fn a_failure_is_reported_to_the_operator() {
        let (_, skipped) = rotated([link_secret()], order(5, false)).await;
        let words = Diagnostic::from(skipped.unwrap_err()).error_message;
        assert_eq!(words, "the secret of share links is in generation 2; order generation 2 or 3");
        let first = json!({"generation": 1, "secret": "first"}).to_string();
        let first = Reply::new("GetSecretValue", json!({"SecretString": first}).to_string());
        let (_, skipped) = rotated([first], order(1, true)).await;
        let words = Diagnostic::from(skipped.unwrap_err()).error_message;
        assert!(words.ends_with("no earlier one can be dropped; order generation 2"), "{words}");
        let (_, refused) = rotated([denied("GetSecretValue")], order(3, false)).await;
        let words = Diagnostic::from(refused.unwrap_err()).error_message;
        assert!(words.starts_with("cannot read the secret: "), "{words}");
    }
}
