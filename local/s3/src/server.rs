//! The HTTP server around `s3s`: connections, CORS, faults, and the draining of bodies.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use s3s::HttpResponse;
use s3s::service::S3Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::auth::{PermitSlot, check_form};
use super::core::RequestInfo;
use super::cors::CorsRules;

/// Answers HTTP requests.
pub(super) struct Server {
    pub service: S3Service,
    pub cors: CorsRules,
}

/// The connection is closed without an answer, because of an injected fault.
#[derive(Debug, thiserror::Error)]
#[error("the caller gets no answer")]
struct NoAnswer;

/// Serves until the task is aborted, which also closes its connections.
pub(super) async fn serve(server: Arc<Server>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(Arc::clone(&server), stream, peer.ip()));
                }
                // Usually there are no more file descriptors. Wait until some are closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(server: Arc<Server>, stream: TcpStream, peer: IpAddr) {
    // Small answers must not wait for acknowledgements. An error does no harm.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { server.answer(request, peer).await }
    });
    // There is no time limit, so the connection of an idle function stays open.
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection to the object store failed");
    }
}

impl Server {
    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Result<HttpResponse, NoAnswer> {
        let request_id = Uuid::now_v7().simple().to_string().to_uppercase();
        let mut response = match self.cors.preflight(&request) {
            Some(response) => response,
            None => self.operate(request, RequestInfo { request_id: request_id.clone(), peer }).await?,
        };
        if let Ok(id) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert("x-amz-request-id", id.clone());
            response.headers_mut().insert("x-amz-id-2", id);
        }
        response.headers_mut().insert(http::header::SERVER, HeaderValue::from_static("AmazonS3"));
        Ok(response)
    }

    async fn operate(
        &self,
        request: Request<Incoming>,
        request_info: RequestInfo,
    ) -> Result<HttpResponse, NoAnswer> {
        let cors = self.cors.headers(request.uri().path(), request.method(), request.headers());
        let head = request.method() == Method::HEAD;
        let expects_continue = request.headers().contains_key(http::header::EXPECT);
        let form = check_form(request.uri(), request.headers());
        let (mut parts, body) = request.into_parts();
        let (body, rest) = ReclaimableBody::new(body);
        let slot = PermitSlot::default();
        let mut response = match form {
            Err(error) => error.to_http_response().map_err(|_| NoAnswer)?,
            Ok(()) => {
                parts.extensions.insert(request_info);
                parts.extensions.insert(slot.clone());
                let request = Request::from_parts(parts, s3s::Body::http_body_unsync(body));
                self.service.call(request).await.map_err(|_| NoAnswer)?
            }
        };
        if slot.take().is_some_and(local_calls::Permit::finish) {
            return Err(NoAnswer);
        }
        if !expects_continue {
            drain(rest).await;
        }
        if head || response.status() == StatusCode::NOT_MODIFIED {
            *response.body_mut() = s3s::Body::empty();
        }
        response.headers_mut().extend(cors);
        Ok(response)
    }
}

/// A request body that is sent back through a channel if it is dropped before its end.
struct ReclaimableBody {
    body: Option<Incoming>,
    back: Option<oneshot::Sender<Incoming>>,
}

impl ReclaimableBody {
    fn new(body: Incoming) -> (Self, oneshot::Receiver<Incoming>) {
        let (back, rest) = oneshot::channel();
        (Self { body: Some(body), back: Some(back) }, rest)
    }
}

impl Body for ReclaimableBody {
    type Data = bytes::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.body.as_mut() {
            Some(body) => std::pin::Pin::new(body).poll_frame(context),
            None => std::task::Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for ReclaimableBody {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take())
            && !body.is_end_stream()
        {
            // There is no receiver if the connection has ended.
            let _ = back.send(body);
        }
    }
}

/// How much of a refused body is read, in bytes. If it were not read, the connection of a caller that is still sending
/// would be reset, and the answer would be lost.
const MAX_DRAINED: usize = 16 * 1024 * 1024;
/// For how long a refused body is read.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

async fn drain(mut rest: oneshot::Receiver<Incoming>) {
    let Ok(mut body) = rest.try_recv() else { return };
    let read = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, bytes::Bytes::len);
            if read > MAX_DRAINED {
                break;
            }
        }
    };
    // After that time, the connection is closed once the answer is sent.
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, read).await;
}
