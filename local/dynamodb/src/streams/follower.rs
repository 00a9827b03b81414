//! Followers, which read table streams and pass the records on for delivery. There is one for each stream event of the
//! template.

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

/// How often a follower reads its stream without having been woken. Only writes to the file by another process need
/// this.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// The number of records in a read, unless a batch is larger.
const PAGE: usize = 100;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A table stream cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum StreamsError {
    #[error("{function} follows the table {table}, which has no stream")]
    NoStream { function: String, table: String },
    #[error("FilterCriteria of {function}: {reason}")]
    Filter { function: String, reason: String },
    #[error("cannot read the positions in the streams: {0}")]
    Positions(#[from] std::io::Error),
    #[error("cannot read the streams: {0}")]
    Store(#[from] dynoxide::DynoxideError),
}

/// The delivery of all table streams. It stops when this is dropped.
pub struct Streams {
    store: Store,
    /// For each follower, the count of writes up to which all records were delivered.
    done: Vec<watch::Receiver<u64>>,
    tasks: JoinSet<()>,
}

/// Starts the delivery of every stream event of the deployment.
///
/// Each continues at the position where the stack last stopped, or starts at the beginning of the stream.
///
/// # Errors
/// If the template names a table without a stream or an invalid filter, or if the streams or their positions cannot be
/// read.
pub fn follow(
    dynamodb: &DynamoDb,
    deployment: &Deployment,
    data: &DataDir,
    invoker: &Invoker,
) -> Result<Streams, StreamsError> {
    let positions = Positions::open(data.file("streams.json"))?;
    follow_with(&dynamodb.store, &dynamodb.region, deployment, positions, invoker)
}

/// Like [`follow`], but for any target.
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
                writes: store.subscribe(),
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
    /// Waits until every record that was written before this call is delivered, given up or filtered out. Records that
    /// functions write meanwhile do not count.
    pub async fn settled(&self) {
        let count = self.store.notify();
        for done in &self.done {
            // An error means that the follower has ended.
            _ = done.clone().wait_for(|done| *done >= count).await;
        }
    }

    /// Stops the delivery. Batches that are being processed are delivered again after a restart.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Follows one table's stream for one function.
struct Follower {
    name: String,
    stream: Stream,
    filters: Vec<Pattern>,
    /// The number of records in a read.
    page: usize,
    lanes: Lanes,
    progress: Arc<Progress>,
    /// Records after the initial position that an earlier run has delivered.
    delivered: BTreeSet<String>,
    writes: watch::Receiver<u64>,
}

impl Follower {
    async fn run(mut self) {
        let mut position = self.progress.position();
        loop {
            let count = *self.writes.borrow_and_update();
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
                    self.progress.caught_up(position.as_deref(), count);
                }
                Err(error) => tracing::warn!(stream = self.name, %error, "cannot read the stream"),
            }
            if let Ok(Err(_)) = tokio::time::timeout(POLL_INTERVAL, self.writes.changed()).await {
                return;
            }
        }
    }

    async fn read(&self, position: Option<String>) -> Result<Vec<Value>, BoxError> {
        let (stream, page) = (self.stream.clone(), self.page);
        // This blocks, because it waits for the store's lock and reads a file.
        Ok(tokio::task::spawn_blocking(move || stream.after(position.as_deref(), page)).await??)
    }

    /// Passes the records that match the filters to the lanes.
    fn send(&mut self, records: Vec<Value>) {
        let mut wanted = Vec::new();
        for record in records {
            let number = event::sequence_number(&record);
            if self.delivered.remove(number) {
                self.progress.already_delivered(number);
            } else if self.wants(&record) {
                self.progress.begin(number);
                wanted.push(record);
            } else {
                self.progress.filtered_out(number);
            }
        }
        self.lanes.send(wanted);
    }

    fn wants(&self, record: &Value) -> bool {
        // Unlike DynamoDB, dynoxide also records writes that change nothing.
        let images = &record["dynamodb"];
        if images["OldImage"].is_object() && images["OldImage"] == images["NewImage"] {
            return false;
        }
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }
}
