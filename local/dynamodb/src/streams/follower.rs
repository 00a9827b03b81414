//! Followers: one for each stream event of the template, reading in order and sending records on their way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use local_common::DataDir;
use local_deployment::{Deployment, Function, StreamSource};
use local_lambda::Invoker;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::delivery::Delivery;
use super::event;
use super::filter::Pattern;
use super::lanes::Lanes;
use super::positions::Positions;
use super::progress::Progress;
use super::reader::Stream;
use super::target::Target;
use crate::endpoint::DynamoDb;
use crate::store::Store;

/// A write rings a bell, so this is only for what rings none: somebody writing to the file from outside.
const FALLBACK: Duration = Duration::from_secs(5);

/// Records read at once; a full batch if that is more.
const PAGE: usize = 100;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a stream cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum StreamsError {
    #[error("{function} follows the table {table}, which has no stream")]
    NoStream { function: String, table: String },
    #[error("FilterCriteria of {function}: {reason}")]
    Filter { function: String, reason: String },
    #[error("cannot read how far the streams were delivered: {0}")]
    Positions(#[from] std::io::Error),
    #[error("cannot read the streams: {0}")]
    Store(#[from] dynoxide::DynoxideError),
}

/// Table streams being delivered. Dropping it stops the delivery.
pub struct Streams {
    store: Store,
    /// For each follower, the last count of the bell whose writes it is done with.
    done: Vec<watch::Receiver<u64>>,
    tasks: JoinSet<()>,
}

/// Starts delivering every stream event of the deployment, each from where it was when the stack last stopped,
/// or from the stream's beginning.
///
/// # Errors
/// If the template names a table without a stream or a filter that Lambda would refuse.
pub fn follow(
    dynamodb: &DynamoDb,
    deployment: &Deployment,
    data: &DataDir,
    invoker: &Invoker,
) -> Result<Streams, StreamsError> {
    let positions = Positions::open(data.file("streams.json"))?;
    follow_with(&dynamodb.store, &dynamodb.region, deployment, positions, invoker)
}

/// [`follow`], for any target.
pub(super) fn follow_with(
    store: &Store,
    region: &str,
    deployment: &Deployment,
    positions: Positions,
    target: &impl Target,
) -> Result<Streams, StreamsError> {
    let positions = Arc::new(positions);
    let mut streams = Streams { store: store.clone(), done: Vec::new(), tasks: JoinSet::new() };
    for function in deployment.functions.values() {
        for source in &function.streams {
            let (done, is_done) = watch::channel(0);
            let stream = Stream::of(&store.db, &source.table, region)?.ok_or_else(|| {
                StreamsError::NoStream { function: function.name.clone(), table: source.table.clone() }
            })?;
            let delivery = Delivery {
                target: target.clone(),
                function: function.name.clone(),
                region: region.to_owned(),
                stream: stream.clone(),
                retries: source.retries,
                max_age: source.max_age,
                bisect: source.bisect,
                report_item_failures: source.report_item_failures,
                on_failure: source.on_failure.clone(),
            };
            let name = format!("{}/{}", function.name, source.table);
            let (progress, delivered) = Progress::open(name.clone(), Arc::clone(&positions), done);
            let progress = Arc::new(progress);
            let batch_size = source.batch_size.max(1) as usize;
            let follower = Follower {
                name,
                stream,
                filters: filters(function, source)?,
                page: batch_size.max(PAGE),
                lanes: Lanes::open(source.parallel as usize, batch_size, &delivery, &progress),
                progress,
                delivered,
                bell: store.bell(),
            };
            streams.done.push(is_done);
            streams.tasks.spawn(follower.run());
        }
    }
    Ok(streams)
}

fn filters(function: &Function, source: &StreamSource) -> Result<Vec<Pattern>, StreamsError> {
    let failed = |reason| StreamsError::Filter { function: function.name.clone(), reason };
    source.filters.iter().map(|pattern| Pattern::parse(pattern).map_err(failed)).collect()
}

impl Streams {
    /// Waits until every record written before this call is delivered, given up, or filtered out. Records that
    /// the functions write meanwhile are not waited for.
    pub async fn settled(&self) {
        let count = self.store.ring();
        for done in &self.done {
            // An error means that the follower has ended, and nothing will come of it.
            _ = done.clone().wait_for(|done| *done >= count).await;
        }
    }

    /// Stops the delivery. A batch that a function is working on is delivered again after a restart.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Follows one table's stream for one function.
struct Follower {
    name: String,
    stream: Stream,
    filters: Vec<Pattern>,
    /// Records read at once.
    page: usize,
    lanes: Lanes,
    progress: Arc<Progress>,
    /// What an earlier run has delivered of what will be read again.
    delivered: BTreeSet<String>,
    bell: watch::Receiver<u64>,
}

impl Follower {
    async fn run(mut self) {
        let mut position = self.progress.position();
        loop {
            let count = *self.bell.borrow_and_update();
            match self.read(position.clone()).await {
                Ok(records) => {
                    let is_end = records.len() < self.page;
                    if let Some(last) = records.last() {
                        position = Some(event::sequence_number(last).to_owned());
                    }
                    self.send(records);
                    if !is_end {
                        continue;
                    }
                    self.progress.hear(position.as_deref(), count);
                }
                Err(error) => tracing::warn!(stream = self.name, %error, "cannot read the stream"),
            }
            if let Ok(Err(_)) = tokio::time::timeout(FALLBACK, self.bell.changed()).await {
                return;
            }
        }
    }

    async fn read(&self, position: Option<String>) -> Result<Vec<Value>, BoxError> {
        let (stream, page) = (self.stream.clone(), self.page);
        // Waits for the store's lock and reads a file: not on a thread that serves others.
        Ok(tokio::task::spawn_blocking(move || stream.after(position.as_deref(), page)).await??)
    }

    /// Sends what the function wants on its way.
    fn send(&mut self, records: Vec<Value>) {
        let mut wanted = Vec::new();
        for record in records {
            let number = event::sequence_number(&record);
            if self.delivered.remove(number) {
                self.progress.recall(number);
            } else if self.wants(&record) {
                self.progress.begin(number);
                wanted.push(record);
            } else {
                self.progress.leave_out(number);
            }
        }
        self.lanes.send(wanted);
    }

    fn wants(&self, record: &Value) -> bool {
        // dynoxide records a write that changed nothing, DynamoDB does not.
        let images = &record["dynamodb"];
        if images["OldImage"].is_object() && images["OldImage"] == images["NewImage"] {
            return false;
        }
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }
}
