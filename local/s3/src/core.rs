//! What all operations share.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use local_common::DataDir;
use s3s::{S3Error, S3Request, S3Result};

use super::dispatcher::Dispatcher;
use super::errors::{Failure, no_such_bucket};
use super::events::{Change, Origin};
use super::files::Files;
use super::record::Segment;
use super::store::Store;

/// The store, its files and its events.
pub(super) struct Core {
    pub store: Store,
    pub files: Files,
    pub dispatcher: Dispatcher,
    /// Names, and when each was first seen.
    pub buckets: Vec<(String, Timestamp)>,
    pub url: String,
    /// An ephemeral folder lives as long as what is in it.
    pub _data: DataDir,
}

/// What the server knows of a request that the protocol does not; travels in its extensions.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub request_id: String,
    pub peer: IpAddr,
}

impl Core {
    /// Answers `NoSuchBucket` unless the deployment has a bucket of this name.
    pub fn require_bucket(&self, name: &str) -> S3Result<()> {
        if self.buckets.iter().any(|(bucket, _)| bucket == name) { Ok(()) } else { Err(no_such_bucket()) }
    }

    /// Does blocking work. It is carried to its end even if the caller hangs up meanwhile, so that what has
    /// been committed is also cleaned up after and told of.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> S3Result<T> {
        let core = Arc::clone(self);
        let result =
            tokio::task::spawn_blocking(move || work(&core)).await.map_err(S3Error::internal_error)?;
        Ok(result?)
    }

    /// After a commit: removes the bytes that it replaced and hands over its events.
    pub fn committed(&self, unused: &[Segment]) {
        self.files.remove(unused);
        self.dispatcher.flush(&self.store);
    }
}

impl Change {
    /// A change of `key` that `request` asks for.
    pub fn new<T>(request: &S3Request<T>, bucket: &str, key: &str, event: &'static str) -> Self {
        let arrival = request.extensions.get::<Arrival>();
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
                address: arrival.map(|arrival| arrival.peer.to_string()).unwrap_or_default(),
                request_id: arrival.map(|arrival| arrival.request_id.clone()).unwrap_or_default(),
            },
        }
    }
}
