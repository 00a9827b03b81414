//! The public endpoint: `DynamoDB`'s wire protocol over HTTP, on a thread of its own.
//!
//! Every request is mapped to the function process that signed it, goes past [`Calls`], where tests inject
//! faults, and is carried out in this process.

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

/// DynamoDB takes bodies up to 16 MB.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The running stand-in for DynamoDB.
pub struct DynamoDb {
    address: SocketAddr,
    pub(super) store: Store,
    pub(super) region: String,
    file: PathBuf,
    stop: oneshot::Sender<Infallible>,
    thread: JoinHandle<()>,
}

/// Opens the tables, makes those of the template that are missing, and serves them on `listener`.
///
/// # Errors
/// If the tables of the data folder cannot be read, or do not fit the template.
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
    let front = Arc::new(Front { store: store.clone(), calls });
    let (stop, stopped) = oneshot::channel();
    // One thread: the store does one thing at a time anyway, and blocks while it does. The rest of the stack
    // must not wait for that.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sweeps = sweep::forever(store.clone(), file.clone());
    let thread = std::thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = serve(listener, front) => {}
                () = sweeps => {}
                _ = stopped => {}
            }
        });
    })?;
    Ok(DynamoDb { address, store, region: region.to_owned(), file, stop, thread })
}

impl DynamoDb {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Removes expired items now, instead of within the minute; returns how many there were.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sweep(&self) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
        let (store, file) = (self.store.clone(), self.file.clone());
        tokio::task::spawn_blocking(move || sweep::once(&store, &file)).await?
    }

    /// Lets reads be as stale as DynamoDB allows, until what this returns is dropped: whatever does not ask for
    /// `ConsistentRead`, and so everything of global secondary indexes, is answered from a copy of the tables as they
    /// are now. Transactions, writes and their conditions, and streams see what is.
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

/// What every connection shares.
struct Front {
    store: Store,
    calls: Calls,
}

async fn serve(listener: std::net::TcpListener, front: Arc<Front>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "DynamoDB cannot listen"),
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&front)));
            }
            Err(error) => {
                tracing::warn!(%error, "DynamoDB could not accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}

fn connection(stream: TcpStream, front: Arc<Front>) -> impl Future<Output = ()> {
    let service = service_fn(move |request| {
        let front = Arc::clone(&front);
        async move { front.respond(request).await }
    });
    async move {
        // Small answers must not wait for the acknowledgement of the one before.
        _ = stream.set_nodelay(true);
        // An error here is a client that went away, or a connection dropped on purpose.
        _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }
}

impl Front {
    /// An error drops the connection without an answer.
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
                permit.consumed(answer.read_units);
                if permit.finish() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(answer) }
            }
        }
    }

    /// Carries out what `signer` asks for. This is the one place that every call comes through with all that
    /// is known about it: what a signer may do, and how old a read may be, is decided here.
    fn carry_out(&self, signer: &Signer, operation: &str, body: &[u8]) -> Answer {
        tracing::trace!(function = signer.function, operation);
        let needs = |region: &str| dynamodb_needs(region, operation, body);
        match self.calls.permissions().check(&signer.function, needs) {
            Ok(()) => self.store.carry_out(operation, body),
            Err(denied) => errors::denied(&denied),
        }
    }
}
