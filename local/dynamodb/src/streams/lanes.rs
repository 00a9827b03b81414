//! Lanes: parallel delivery of one stream.
//!
//! As in Lambda, all records of an item go to the same lane and thus stay in order. A batch that fails delays only its
//! own lane.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::delivery::Delivery;
use super::event;
use super::progress::Progress;
use super::target::Target;

/// The lanes of one stream. Dropping them stops the delivery.
pub(super) struct Lanes {
    senders: Vec<mpsc::UnboundedSender<Vec<Value>>>,
    _tasks: JoinSet<()>,
}

impl Lanes {
    /// Starts `count` lanes, at least one.
    pub(super) fn open<T: Target>(
        count: usize,
        batch_size: usize,
        delivery: &Delivery<T>,
        progress: &Arc<Progress>,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let mut senders = Vec::new();
        for _ in 0..count.max(1) {
            let (sender, records) = mpsc::unbounded_channel();
            senders.push(sender);
            tasks.spawn(run(records, batch_size, delivery.clone(), Arc::clone(progress)));
        }
        Self { senders, _tasks: tasks }
    }

    /// Passes each record to its lane.
    pub(super) fn send(&self, records: Vec<Value>) {
        let mut by_lane = vec![Vec::new(); self.senders.len()];
        for record in records {
            let lane = item(&record) % by_lane.len() as u64;
            by_lane[usize::try_from(lane).unwrap_or_default()].push(record);
        }
        for (sender, records) in self.senders.iter().zip(by_lane) {
            if !records.is_empty() {
                // The receiver exists, because a lane ends only when its sender is dropped.
                _ = sender.send(records);
            }
        }
    }
}

/// A hash of a record's keys, which does not depend on the order of the keys.
fn item(record: &Value) -> u64 {
    let keys = record["dynamodb"]["Keys"].as_object().into_iter().flatten();
    let keys: BTreeMap<_, _> = keys.map(|(name, value)| (name, value.to_string())).collect();
    let mut hasher = DefaultHasher::new();
    keys.hash(&mut hasher);
    hasher.finish()
}

async fn run<T: Target>(
    mut records: mpsc::UnboundedReceiver<Vec<Value>>,
    batch_size: usize,
    delivery: Delivery<T>,
    progress: Arc<Progress>,
) {
    while let Some(mut waiting) = records.recv().await {
        while let Ok(more) = records.try_recv() {
            waiting.extend(more);
        }
        for batch in event::batches(&waiting, batch_size) {
            delivery.deliver(&waiting[batch.clone()]).await;
            progress.delivered(waiting[batch].iter().map(event::sequence_number));
        }
    }
}
