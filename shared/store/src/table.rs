//! The table: reads by key, and transactions that outlast conflicts.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, KeysAndAttributes};
use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::random::Random;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};

use crate::StoreError;
use crate::keys::{Item, Key};
use crate::write::Write;

/// How long a transaction is tried again while only conflicts stand in its way.
const CONFLICT_PATIENCE: Duration = Duration::from_secs(2);
const FIRST_WAIT_MS: u64 = 25;
const LONGEST_WAIT_MS: u64 = 400;

/// Satchel's table in DynamoDB.
#[derive(Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    random: Random,
}

/// What became of a transaction.
pub(crate) enum Outcome {
    Done,
    /// A condition failed; a reason for each write, in order.
    Cancelled(Vec<CancellationReason>),
}

impl Table {
    /// The table that `config` names.
    #[must_use]
    pub fn new(aws: &Aws, config: &Config) -> Self {
        let client = Client::new(&aws.service(config.aws.dynamodb_endpoint.as_ref()));
        Self { client, name: config.table.clone(), random: Random::System }
    }

    /// One record, as last written.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let request =
            self.client.get_item().table_name(&self.name).set_key(Some(key.item())).consistent_read(true);
        Ok(request.send().await?.item.map(read).transpose()?)
    }

    /// Several records, as last written, in the order asked for.
    pub(crate) async fn get_all<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        let mut found = self.get_many(&keys).await?;
        Ok(keys.map(|key| {
            let place = found.iter().position(|item| has_key(item, &key))?;
            Some(found.swap_remove(place))
        }))
    }

    /// Those of up to 100 records that are there, as last written, in any order.
    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(Key::item).collect()))
            .consistent_read(true)
            .build()
            .map_err(|error| StoreError::Aws(error.into()))?;
        let answer = self.client.batch_get_item().request_items(&self.name, wanted).send().await?;
        if answer.unprocessed_keys().is_some_and(|left| !left.is_empty()) {
            return Err(StoreError::Busy);
        }
        Ok(answer.responses.and_then(|mut tables| tables.remove(&self.name)).unwrap_or_default())
    }

    /// All writes or none; conflicts with other transactions are waited out.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<Outcome, StoreError> {
        let items: Vec<_> = writes.into_iter().map(|write| write.in_transaction(&self.name)).collect();
        let mut patience = Patience::new(self.random);
        loop {
            // A token for each try: it covers the SDK's own retries, whose answer may have been lost.
            let token = uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().to_string();
            let request = self.client.transact_write_items().client_request_token(token);
            let cancelled = match request.set_transact_items(Some(items.clone())).send().await {
                Ok(_) => return Ok(Outcome::Done),
                Err(error) => match error.as_service_error() {
                    Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                        cancelled.cancellation_reasons().to_vec()
                    }
                    _ => return Err(error.into()),
                },
            };
            if !only_conflicts(&cancelled) {
                return Ok(Outcome::Cancelled(cancelled));
            }
            patience.wait().await?;
        }
    }

    /// One update by itself; says whether its condition held. Half the price of a transaction.
    pub(crate) async fn update(&self, write: Write) -> Result<bool, StoreError> {
        let mut patience = Patience::new(self.random);
        loop {
            let request = write.clone().into_update(self.client.update_item().table_name(&self.name));
            let Err(error) = request.send().await else { return Ok(true) };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => return Ok(false),
                Some(UpdateItemError::TransactionConflictException(_)) => patience.wait().await?,
                _ => return Err(error.into()),
            }
        }
    }
}

/// Waits out conflicts with full jitter
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
struct Patience {
    random: Random,
    give_up: Instant,
    ceiling: u64,
}

impl Patience {
    fn new(random: Random) -> Self {
        Self { random, give_up: Instant::now() + CONFLICT_PATIENCE, ceiling: FIRST_WAIT_MS }
    }

    /// # Errors
    /// If it waited long enough.
    async fn wait(&mut self) -> Result<(), StoreError> {
        let wait = Duration::from_millis(u64::from_le_bytes(self.random.bytes()) % self.ceiling);
        if Instant::now() + wait > self.give_up {
            return Err(StoreError::Busy);
        }
        sleep(wait).await;
        self.ceiling = (self.ceiling * 2).min(LONGEST_WAIT_MS);
        Ok(())
    }
}

/// A record with its key and, if it may vanish by itself, when (epoch seconds).
pub(crate) fn item<T: Serialize>(key: &Key, record: &T, ttl: Option<i64>) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record)?;
    item.extend(key.item());
    if let Some(ttl) = ttl {
        item.insert("ttl".to_owned(), AttributeValue::N(ttl.to_string()));
    }
    Ok(item)
}

/// A record from its item.
pub(crate) fn read<T: DeserializeOwned>(item: Item) -> Result<T, serde_dynamo::Error> {
    serde_dynamo::from_item(item)
}

/// Whether the write at `place` failed on its condition.
pub(crate) fn failed(reasons: &[CancellationReason], place: usize) -> bool {
    reasons.get(place).and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
}

fn only_conflicts(reasons: &[CancellationReason]) -> bool {
    let mut codes =
        reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").peekable();
    codes.peek().is_some() && codes.all(|code| code == "TransactionConflict")
}

fn has_key(item: &Item, key: &Key) -> bool {
    let is = |name: &str, text: &str| {
        item.get(name).and_then(|value| value.as_s().ok()).is_some_and(|s| s == text)
    };
    is("pk", &key.partition) && is("sk", &key.sort)
}
