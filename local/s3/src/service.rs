//! Starts the store, and gives tests access to it.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use local_calls::Calls;
use local_common::{Credentials, DataDir};
use local_deployment::Deployment;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

use super::auth::{Access, Keys};
use super::core::Core;
use super::cors::CorsRules;
use super::dispatcher::{Dispatcher, Invoke, SentEvent};
use super::errors::StoreError;
use super::files::Files;
use super::operations::Operations;
use super::record::ObjectMetadata;
use super::server::{Server, serve};
use super::store::Store;

/// The running object store. It stops when the last clone is dropped.
#[derive(Clone)]
pub struct S3 {
    address: SocketAddr,
    core: Arc<Core>,
    _task: Arc<Task>,
}

struct Task(tokio::task::JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One version of an object, or a delete marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVersion {
    pub key: String,
    pub id: String,
    pub is_latest: bool,
    /// Size in bytes; `None` for a delete marker.
    pub size: Option<u64>,
}

/// The object store could not start.
#[derive(Debug, thiserror::Error)]
#[error("the object store cannot use the data folder: {0}")]
pub struct StartError(#[from] StoreError);

/// Serves the deployment's buckets on `listener`.
///
/// `send` invokes a function asynchronously. It is called for each event notification of the buckets. Events that were
/// still in the outbox when the stack last stopped are sent first.
///
/// # Errors
/// If the data folder cannot be read or written.
pub async fn start(
    listener: TcpListener,
    public_url: String,
    deployment: &Deployment,
    data: &DataDir,
    credentials: Credentials,
    calls: Calls,
    send: Invoke,
) -> Result<S3, StartError> {
    let dispatcher = Dispatcher::new(send);
    let address = listener.local_addr().map_err(StoreError::from)?;
    let files = Files::open(data.file("objects")).map_err(StoreError::from)?;
    let store = Store::open(&data.file("objects.sqlite"), &deployment.buckets)?;
    files.sweep(&store.files()?).map_err(StoreError::from)?;
    let buckets = store.bucket_times(deployment.buckets.iter().map(|bucket| bucket.name.as_str()))?;
    let core = Arc::new(Core { store, files, dispatcher, buckets, url: public_url, _data: data.clone() });
    let waiting = core.run(|core| {
        core.dispatcher.flush(&core.store);
        Ok(())
    });
    waiting.await.map_err(StoreError::from)?;

    let mut builder = S3ServiceBuilder::new(Operations(Arc::clone(&core)));
    builder.set_auth(Keys(credentials));
    builder.set_access(Access(calls));
    let server = Server { service: builder.build(), cors: CorsRules::new(deployment.buckets.clone()) };
    let task = Task(tokio::spawn(serve(Arc::new(server), listener)));
    Ok(S3 { address, core, _task: Arc::new(task) })
}

impl S3 {
    /// The address on which the store listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The public URL of the store, with which presigned URLs begin.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.core.url
    }

    /// Stops sending events. They remain in the outbox, also after a restart.
    pub fn pause_events(&self) {
        self.core.dispatcher.pause();
    }

    /// Sends the events in the outbox, in order, and all later ones.
    pub fn resume_events(&self) {
        self.core.dispatcher.resume(&self.core.store);
    }

    /// The events sent since the start, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<SentEvent> {
        self.core.dispatcher.sent()
    }

    /// Removes everything from all buckets, without events. Requests must not run meanwhile.
    ///
    /// # Errors
    /// If the data folder cannot be written.
    pub fn empty(&self) -> Result<(), StartError> {
        self.core.store.empty()?;
        Ok(self.core.files.sweep(&HashSet::new()).map_err(StoreError::from)?)
    }

    /// The metadata and the bytes of an object. `None` if it is missing or cannot be read.
    #[must_use]
    pub fn object(&self, bucket: &str, key: &str) -> Option<(ObjectMetadata, Bytes)> {
        let object = self.core.store.object(bucket, key).ok()??;
        let mut bytes = Vec::new();
        for segment in &object.details.body {
            bytes.extend(std::fs::read(self.core.files.path(&segment.file)).ok()?);
        }
        Some((object.details.facts, bytes.into()))
    }

    /// The keys of the unfinished multipart uploads of a bucket, in order.
    #[must_use]
    pub fn uploads(&self, bucket: &str) -> Vec<String> {
        let uploads = self.core.store.uploads(bucket, "", ("", ""), usize::MAX);
        uploads.map_or_else(|_| Vec::new(), |uploads| uploads.into_iter().map(|upload| upload.key).collect())
    }

    /// The keys of a bucket, in order.
    #[must_use]
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let mut keys = Vec::new();
        let listed = self.core.store.list(bucket, "", "", |summary| {
            keys.push(summary.key);
            true
        });
        if listed.is_ok() { keys } else { Vec::new() }
    }

    /// All versions and delete markers of the keys that begin with `prefix`, by key and latest first.
    #[must_use]
    pub fn versions(&self, bucket: &str, prefix: &str) -> Vec<StoredVersion> {
        let versions = self.core.store.versions(bucket, prefix).unwrap_or_default();
        let shown = versions.into_iter().map(|version| StoredVersion {
            key: version.key,
            id: version.id,
            is_latest: version.is_latest,
            size: version.object.map(|(size, _)| size),
        });
        shown.collect()
    }
}
