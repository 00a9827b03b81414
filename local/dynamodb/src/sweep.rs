//! What DynamoDB does in the background: removing expired items, and forgetting old stream records.

use std::path::{Path, PathBuf};
use std::time::Duration;

use local_common::clock;

use super::store::Store;

/// DynamoDB removes an item within days of its expiry; here a minute keeps a demonstration lively.
const EVERY: Duration = Duration::from_mins(1);

/// DynamoDB keeps stream records for a day.
const STREAM_RETENTION_SECONDS: i64 = 24 * 60 * 60;

/// Sweeps for as long as it is polled.
pub(super) async fn forever(store: Store, file: PathBuf) {
    loop {
        tokio::time::sleep(EVERY).await;
        let (store, file) = (store.clone(), file.clone());
        // Blocking, and long if much has expired: not on the thread that answers requests.
        let swept = tokio::task::spawn_blocking(move || once(&store, &file)).await;
        if let Ok(Err(error)) = swept {
            tracing::warn!(%error, "sweeping the tables failed");
        }
    }
}

/// Removes what has expired. Deletions appear in the stream with DynamoDB's own `userIdentity`.
pub(super) fn once(store: &Store, file: &Path) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let deleted = store.db.sweep_ttl()?;
    if deleted > 0 {
        store.ring();
    }
    let oldest = clock::now().as_second() - STREAM_RETENTION_SECONDS;
    rusqlite::Connection::open(file)?
        .execute("DELETE FROM _stream_records WHERE created_at < ?1", [oldest])?;
    Ok(deleted)
}
