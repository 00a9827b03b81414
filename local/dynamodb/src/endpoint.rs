//! The HTTP endpoint, which speaks `DynamoDB`'s wire protocol on its own thread.
//!
//! Each request is attributed to the process that signed it, recorded in [`Calls`], where tests inject faults, and
//! carried out by the embedded store.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use local_calls::{Begun, Calls, Service};
use local_common::{Credentials, DataDir, Signer};
use local_deployment::Deployment;
use local_policy::dynamodb_needs;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::frozen::Frozen;
use super::operations::Answer;
use super::start_error::StartError;
use super::store::Store;
use super::{errors, sweep};

/// DynamoDB accepts bodies of up to 16 MB.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The running DynamoDB emulator.
pub struct DynamoDb {
    address: SocketAddr,
    pub(super) store: Store,
    pub(super) region: String,
    file: PathBuf,
    stop: oneshot::Sender<Infallible>,
    thread: JoinHandle<()>,
}

/// Opens the tables, creates those of the template that are missing, and serves them on `listener`.
///
/// # Errors
/// If the tables in the data folder cannot be read, or do not match the template.
pub async fn start(
    listener: TcpListener,
    deployment: &Deployment,
    data: &DataDir,
    calls: Calls,
    region: &str,
) -> Result<DynamoDb, StartError> {
    let (deployment, data_dir) = (deployment.clone(), data.clone());
    let store = tokio::task::spawn_blocking(move || Store::open(&deployment, &data_dir))
        .await
        .map_err(io::Error::other)??;
    let address = listener.local_addr()?;
    let listener = listener.into_std()?;
    let file = data.file("dynamodb.sqlite");
    let handler = Arc::new(Handler { store: store.clone(), calls });
    let (stop, stopped) = oneshot::channel();
    // The store blocks, and carries out one operation at a time. A thread of its own keeps it from blocking the rest of
    // the stack.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sweeps = sweep::forever(store.clone(), file.clone());
    let thread = std::thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = serve(listener, handler) => {}
                () = sweeps => {}
                _ = stopped => {}
            }
        });
    })?;
    Ok(DynamoDb { address, store, region: region.to_owned(), file, stop, thread })
}

impl DynamoDb {
    /// The address on which the endpoint listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Removes expired items now instead of within a minute. Returns their number.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sweep(&self) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
        let (store, file) = (self.store.clone(), self.file.clone());
        tokio::task::spawn_blocking(move || sweep::once(&store, &file)).await?
    }

    /// Makes eventually consistent reads stale until the returned value is dropped.
    ///
    /// Reads without `ConsistentRead`, and thus all reads of global secondary indexes, are answered from a copy that is
    /// made of the tables now. Transactions, writes with their conditions, and streams use the current tables.
    ///
    /// # Errors
    /// If the tables cannot be copied.
    pub async fn freeze(&self) -> Result<Frozen, Box<dyn std::error::Error + Send + Sync>> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.freezer.freeze(&store.db)).await?
    }

    /// Stops serving and closes every connection.
    pub async fn stop(self) {
        drop(self.stop);
        let thread = self.thread;
        if let Ok(Err(_)) = tokio::task::spawn_blocking(move || thread.join()).await {
            tracing::error!("the thread of DynamoDB panicked");
        }
    }
}

/// Handles the requests of all connections.
struct Handler {
    store: Store,
    calls: Calls,
}

async fn serve(listener: std::net::TcpListener, handler: Arc<Handler>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "DynamoDB cannot listen"),
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&handler)));
            }
            Err(error) => {
                tracing::warn!(%error, "DynamoDB cannot accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}

fn connection(stream: TcpStream, handler: Arc<Handler>) -> impl Future<Output = ()> {
    let service = service_fn(move |request| {
        let handler = Arc::clone(&handler);
        async move { handler.respond(request).await }
    });
    async move {
        // Small answers must not wait for the acknowledgement of the previous one.
        _ = stream.set_nodelay(true);
        // An error means that the client has disconnected, or that an injected fault closes the connection.
        _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }
}

impl Handler {
    /// Answers a request. An error closes the connection without an answer.
    async fn respond(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let answer = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => self.answer(&head.headers, &body.to_bytes()).await?,
            Err(_) => errors::too_large(),
        };
        let response = Response::builder()
            .status(answer.status)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amzn-requestid", uuid::Uuid::now_v7().simple().to_string());
        response.body(Full::new(answer.body)).map_err(io::Error::other)
    }

    async fn answer(&self, headers: &HeaderMap, body: &[u8]) -> io::Result<Answer> {
        let Some(access_key) = Credentials::access_key_of(headers) else { return Ok(errors::unsigned()) };
        let Some(signer) = Credentials::signer(access_key) else { return Ok(errors::unknown_key()) };
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation);
        match self.calls.begin(access_key, Service::DynamoDb, operation).await {
            Begun::Never => pending().await,
            Begun::Answer(fault) => Ok(errors::injected(fault, operation, body)),
            Begun::Proceed(mut permit) => {
                let answer = self.carry_out(&signer, operation, body);
                permit.consumed(answer.read_units, answer.write_units);
                if permit.finish() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(answer) }
            }
        }
    }

    /// Carries out an operation if the policies of `signer` allow it.
    fn carry_out(&self, signer: &Signer, operation: &str, body: &[u8]) -> Answer {
        tracing::trace!(function = signer.function, operation);
        let key = |table: &str, index: Option<&str>| self.store.partition_key(table, index);
        let needs = |region: &str| dynamodb_needs(region, operation, body, key);
        match self.calls.permissions().check(&signer.function, needs) {
            Ok(()) => self.store.carry_out(operation, body),
            Err(denied) => errors::denied(&denied),
        }
    }
}
