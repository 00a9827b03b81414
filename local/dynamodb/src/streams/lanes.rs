//! Lanes: the batches of one stream that are under way at once.
//!
//! As on Lambda, all records of one item take one lane, so that they stay in order, and a batch that fails holds up
//! nothing but its own lane.

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

/// Where the records of a stream go; dropping it stops the delivery.
pub(super) struct Lanes {
    entrances: Vec<mpsc::UnboundedSender<Vec<Value>>>,
    _tasks: JoinSet<()>,
}

impl Lanes {
    /// Opens `count` lanes.
    pub(super) fn open<T: Target>(
        count: usize,
        batch_size: usize,
        delivery: &Delivery<T>,
        progress: &Arc<Progress>,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let mut entrances = Vec::new();
        for _ in 0..count.max(1) {
            let (entrance, records) = mpsc::unbounded_channel();
            entrances.push(entrance);
            tasks.spawn(run(records, batch_size, delivery.clone(), Arc::clone(progress)));
        }
        Self { entrances, _tasks: tasks }
    }

    /// Sends records on their way, each in its lane.
    pub(super) fn send(&self, records: Vec<Value>) {
        let mut shares = vec![Vec::new(); self.entrances.len()];
        for record in records {
            let lane = item(&record) % shares.len() as u64;
            shares[usize::try_from(lane).unwrap_or_default()].push(record);
        }
        for (entrance, share) in self.entrances.iter().zip(shares) {
            if !share.is_empty() {
                // A lane ends when its entrance is dropped, so somebody is there to receive.
                _ = entrance.send(share);
            }
        }
    }
}

/// The same number for all records of one item, in whatever order they name its keys.
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
