//! The background work of DynamoDB: removes expired items and old stream records.

use std::path::{Path, PathBuf};
use std::time::Duration;

use local_common::clock;

use super::store::Store;

/// How often expired items are removed. DynamoDB may take days, which would be too long on a local machine.
const INTERVAL: Duration = Duration::from_mins(1);

/// How long DynamoDB keeps stream records.
const STREAM_RETENTION_SECONDS: i64 = 24 * 60 * 60;

/// Removes expired items and old records at intervals. Never returns.
pub(super) async fn forever(store: Store, file: PathBuf) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        let (store, file) = (store.clone(), file.clone());
        // This blocks, possibly for long, so it must not run on the thread that answers requests.
        let swept = tokio::task::spawn_blocking(move || once(&store, &file)).await;
        if let Ok(Err(error)) = swept {
            tracing::warn!(%error, "cannot remove expired items");
        }
    }
}

/// Removes expired items and old stream records, and returns the number of items. The stream attributes the removals to
/// DynamoDB in `userIdentity`.
pub(super) fn once(store: &Store, file: &Path) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let deleted = store.db.sweep_ttl()?;
    if deleted > 0 {
        store.notify();
    }
    let oldest = clock::now().as_second() - STREAM_RETENTION_SECONDS;
    rusqlite::Connection::open(file)?
        .execute("DELETE FROM _stream_records WHERE created_at < ?1", [oldest])?;
    Ok(deleted)
}
