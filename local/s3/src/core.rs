//! The state and helpers that all operations share.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use local_common::DataDir;
use s3s::{S3Error, S3Request, S3Result};

use super::dispatcher::Dispatcher;
use super::errors::{StoreError, no_such_bucket};
use super::events::{Change, Origin};
use super::files::Files;
use super::record::Segment;
use super::store::Store;

/// The store, its files and its events.
pub(super) struct Core {
    pub store: Store,
    pub files: Files,
    pub dispatcher: Dispatcher,
    /// The name of each bucket, and the time when it was created.
    pub buckets: Vec<(String, Timestamp)>,
    /// The public URL of the store.
    pub url: String,
    /// Keeps an ephemeral data folder from being removed.
    pub _data: DataDir,
}

/// Data about a request that `s3s` does not know. It is stored in the extensions of the request.
#[derive(Debug, Clone)]
pub(super) struct RequestInfo {
    pub request_id: String,
    pub peer: IpAddr,
}

impl Core {
    /// Returns the error `NoSuchBucket` unless the deployment has a bucket of this name.
    pub fn require_bucket(&self, name: &str) -> S3Result<()> {
        if self.buckets.iter().any(|(bucket, _)| bucket == name) { Ok(()) } else { Err(no_such_bucket()) }
    }

    /// Runs blocking work, which continues even if the caller disconnects. Every commit is therefore followed by its
    /// clean-up and its events.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> S3Result<T> {
        let core = Arc::clone(self);
        let result =
            tokio::task::spawn_blocking(move || work(&core)).await.map_err(S3Error::internal_error)?;
        Ok(result?)
    }

    /// Call this after a commit. Removes the files that it replaced, and sends its events.
    pub fn after_commit(&self, unused: &[Segment]) {
        self.files.remove(unused);
        self.dispatcher.flush(&self.store);
    }
}

impl Change {
    /// The change of `key` that `request` makes.
    pub fn new<T>(request: &S3Request<T>, bucket: &str, key: &str, event: &'static str) -> Self {
        let request_info = request.extensions.get::<RequestInfo>();
        Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            event,
            at: local_common::clock::now(),
            origin: Origin {
                access_key: request
                    .credentials
                    .as_ref()
                    .map(|who| who.access_key.clone())
                    .unwrap_or_default(),
                region: request.region.as_ref().map_or("us-east-1", |region| region.as_str()).to_owned(),
                address: request_info.map(|request_info| request_info.peer.to_string()).unwrap_or_default(),
                request_id: request_info
                    .map(|request_info| request_info.request_id.clone())
                    .unwrap_or_default(),
            },
        }
    }
}
