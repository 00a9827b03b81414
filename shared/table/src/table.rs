//! The table: reads by key, and transactions that are retried after conflicts.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};

use satchel_model::random::Random;
use satchel_runtime::{StartError, Wired, Wiring};

use crate::StoreError;
use crate::error::{is_throttled, is_uncertain};
use crate::keys::{Item, Key};
use crate::write::{MARK, Write};

/// How long a call is retried that fails only because of conflicts or throttling.
const PATIENCE: Duration = Duration::from_secs(2);
const FIRST_WAIT_MS: u64 = 25;
const LONGEST_WAIT_MS: u64 = 400;
/// The number of attempts for a single update whose responses are lost.
const UNCERTAIN_ATTEMPTS: usize = 3;

/// Satchel's table in DynamoDB.
#[derive(Clone)]
pub struct Table {
    pub client: Client,
    pub name: String,
    random: Random,
}

/// The result of a transaction.
pub enum Outcome {
    Done,
    /// At least one condition failed; there is one reason for each write, in order.
    ///
    /// Other cancellations do not appear here: conflicts and throttling are retried, the others are errors.
    Cancelled(Vec<CancellationReason>),
}

impl Wired for Table {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let client = Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_DYNAMODB"));
        Ok(Self { client, name: wiring.text("TABLE_NAME"), random: wiring.random() })
    }
}

impl Table {
    /// Reads one record, with strong consistency.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let request =
            self.client.get_item().table_name(&self.name).set_key(Some(key.item())).consistent_read(true);
        Ok(request.send().await?.item.map(read).transpose()?)
    }

    /// Reads several records with strong consistency, in the order of `keys`.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn get_all<const N: usize>(&self, keys: [Key; N]) -> Result<[Option<Item>; N], StoreError> {
        let mut found = self.get_many(&keys).await?;
        Ok(keys.map(|key| {
            let place = found.iter().position(|item| has_key(item, &key))?;
            Some(found.swap_remove(place))
        }))
    }

    /// Reads up to 100 records with strong consistency, and returns those that exist, in any order.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn get_many(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let failed = |error: BuildError| StoreError::Aws(error.into());
        let wanted = KeysAndAttributes::builder().consistent_read(true);
        let wanted = wanted.set_keys(Some(keys.iter().map(Key::item).collect())).build().map_err(failed)?;
        let mut wanted = HashMap::from([(self.name.clone(), wanted)]);
        let mut patience = Patience::new(self.random);
        let mut found = Vec::new();
        loop {
            let answer = self.client.batch_get_item().set_request_items(Some(wanted)).send().await?;
            let records = answer.responses.and_then(|mut tables| tables.remove(&self.name));
            found.extend(records.unwrap_or_default());
            // DynamoDB leaves keys unprocessed because of the size of the response or its load.
            wanted = match answer.unprocessed_keys.filter(|left| !left.is_empty()) {
                Some(left) => left,
                None => return Ok(found),
            };
            patience.wait(StoreError::Throttled).await?;
        }
    }

    /// Writes all records or none. Conflicts with other transactions and throttling are retried for a short
    /// time.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<Outcome, StoreError> {
        let items: Vec<_> = writes.into_iter().map(|write| write.in_transaction(&self.name)).collect();
        let mut patience = Patience::new(self.random);
        let mut token = self.token();
        loop {
            // If a response is lost, the SDK repeats the request with the same token, and DynamoDB carries it
            // out only once.
            let request = self.client.transact_write_items().client_request_token(&token);
            let Err(error) = request.set_transact_items(Some(items.clone())).send().await else {
                return Ok(Outcome::Done);
            };
            let obstacle = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    match Obstacle::of(reasons) {
                        Obstacle::Condition => return Ok(Outcome::Cancelled(reasons.to_vec())),
                        Obstacle::Other => return Err(error.into()),
                        Obstacle::Conflict => {
                            token = self.token();
                            StoreError::Conflict
                        }
                        Obstacle::Throttling => {
                            token = self.token();
                            StoreError::Throttled
                        }
                    }
                }
                // An earlier attempt with this token is still in progress.
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => StoreError::Conflict,
                _ => return Err(error.into()),
            };
            patience.wait(obstacle).await?;
        }
    }

    /// Updates one record and returns whether its condition held. Costs half as much as a transaction.
    ///
    /// An update may be carried out although its response is lost. So each update stores a random mark in the
    /// record. A repetition that finds its own mark does not update again and reports that the condition
    /// held.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn update(&self, write: Write) -> Result<bool, StoreError> {
        let mark = self.token();
        let write = write.marked(&mark);
        let mut patience = Patience::new(self.random);
        let mut uncertain = 0;
        loop {
            let request = write.clone().into_update(self.client.update_item().table_name(&self.name));
            // With the SDK's own retries, we would not learn of an earlier attempt.
            let once = Builder::new().retry_config(RetryConfig::disabled());
            let Err(error) = request.customize().config_override(once).send().await else { return Ok(true) };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    return Ok(failed.item().is_some_and(|item| is_marked(item, &mark)));
                }
                Some(UpdateItemError::TransactionConflictException(_)) => {
                    patience.wait(StoreError::Conflict).await?;
                }
                _ if is_throttled(&error) => patience.wait(StoreError::Throttled).await?,
                _ if is_uncertain(&error) && uncertain + 1 < UNCERTAIN_ATTEMPTS => {
                    uncertain += 1;
                    sleep(patience.pause()).await;
                }
                _ => return Err(error.into()),
            }
        }
    }

    /// A new random mark for an update ([`Write::marked`]).
    #[must_use]
    pub fn mark(&self) -> String {
        self.token()
    }

    /// A new random token.
    fn token(&self) -> String {
        uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().to_string()
    }
}

/// Why a transaction was cancelled
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>, cancellation reasons).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    /// At least one condition failed.
    Condition,
    /// Another transaction or write used one of the records; it can be retried.
    Conflict,
    /// Too many calls for the table, an index or a partition; it can be retried.
    Throttling,
    /// The transaction itself is invalid, or DynamoDB gives no reason.
    Other,
}

impl Obstacle {
    fn of(reasons: &[CancellationReason]) -> Self {
        let codes = reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None");
        let obstacle = |code: &str| match code {
            "ConditionalCheckFailed" => Self::Condition,
            "TransactionConflict" => Self::Conflict,
            "ThrottlingError" | "ProvisionedThroughputExceeded" => Self::Throttling,
            _ => Self::Other,
        };
        let obstacles: Vec<_> = codes.map(obstacle).collect();
        let any = |one| obstacles.contains(&one);
        let by_weight = [Self::Condition, Self::Other, Self::Throttling, Self::Conflict];
        by_weight.into_iter().find(|one| any(*one)).unwrap_or(Self::Other)
    }
}

/// Waits between attempts, with full jitter
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
struct Patience {
    random: Random,
    give_up: Instant,
    ceiling: u64,
}

impl Patience {
    fn new(random: Random) -> Self {
        Self { random, give_up: Instant::now() + PATIENCE, ceiling: FIRST_WAIT_MS }
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// Returns `obstacle` if there is no time for another attempt.
    async fn wait(&mut self, obstacle: StoreError) -> Result<(), StoreError> {
        let pause = self.pause();
        if Instant::now() + pause > self.give_up {
            return Err(obstacle);
        }
        sleep(pause).await;
        Ok(())
    }

    fn pause(&mut self) -> Duration {
        let pause = Duration::from_millis(u64::from_le_bytes(self.random.bytes()) % self.ceiling);
        self.ceiling = (self.ceiling * 2).min(LONGEST_WAIT_MS);
        pause
    }
}

/// Builds the item of a record, with its key and, if it expires, the time after which DynamoDB may delete it
/// (epoch seconds).
///
/// # Errors
/// If the record cannot be converted.
pub fn item<T: Serialize>(key: &Key, record: &T, ttl: Option<i64>) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record)?;
    item.extend(key.item());
    if let Some(ttl) = ttl {
        item.insert("ttl".to_owned(), AttributeValue::N(ttl.to_string()));
    }
    Ok(item)
}

/// Reads a record from its item.
///
/// # Errors
/// If the record cannot be converted.
pub fn read<T: DeserializeOwned>(item: Item) -> Result<T, serde_dynamo::Error> {
    serde_dynamo::from_item(item)
}

/// The codes of `reasons`. They may be logged, unlike the records that the reasons contain.
#[must_use]
pub fn codes(reasons: &[CancellationReason]) -> Vec<&str> {
    reasons.iter().map(|reason| reason.code().unwrap_or_default()).collect()
}

/// Whether the condition of the write at `place` failed.
pub fn failed(reasons: &[CancellationReason], place: usize) -> bool {
    reasons.get(place).and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
}

fn is_marked(item: &Item, mark: &str) -> bool {
    item.get(MARK).and_then(|value| value.as_s().ok()).is_some_and(|found| found == mark)
}

fn has_key(item: &Item, key: &Key) -> bool {
    let is = |name: &str, text: &str| {
        item.get(name).and_then(|value| value.as_s().ok()).is_some_and(|s| s == text)
    };
    is("pk", &key.partition) && is("sk", &key.sort)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cancellation_code_is_classified_and_a_failed_condition_takes_precedence() {
        let reasons = |codes: &[&str]| -> Vec<_> {
            codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect()
        };
        // Every code that the API reference lists, alone and beside a failed condition.
        for (code, expected) in [
            ("ConditionalCheckFailed", Obstacle::Condition),
            ("ItemCollectionSizeLimitExceeded", Obstacle::Other),
            ("TransactionConflict", Obstacle::Conflict),
            ("ProvisionedThroughputExceeded", Obstacle::Throttling),
            ("ThrottlingError", Obstacle::Throttling),
            ("ValidationError", Obstacle::Other),
            ("SomethingNew", Obstacle::Other),
        ] {
            assert_eq!(Obstacle::of(&reasons(&["None", code, "None"])), expected, "{code}");
            let beside = reasons(&[code, "ConditionalCheckFailed"]);
            assert_eq!(Obstacle::of(&beside), Obstacle::Condition, "{code}");
        }
        let both = reasons(&["TransactionConflict", "ThrottlingError"]);
        assert_eq!(Obstacle::of(&both), Obstacle::Throttling);
        assert_eq!(Obstacle::of(&reasons(&["None", "None"])), Obstacle::Other);
        assert_eq!(Obstacle::of(&[]), Obstacle::Other);
    }
}
