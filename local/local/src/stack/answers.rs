//! Where functions answer for custom resources: what CloudFormation's signed URLs are in AWS.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::put;
use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;

use super::ports;
use super::tasks::Tasks;

/// The most that CloudFormation reads of an answer.
const MAX_ANSWER: usize = 4096;

/// What has come in for each request that waits.
type Awaiting = Arc<Mutex<HashMap<String, Option<Value>>>>;

/// The place where answers come in.
pub(super) struct Answers {
    url: String,
    awaiting: Awaiting,
}

/// An answer that is waited for; no longer once this is dropped.
pub(super) struct Awaited {
    pub id: String,
    pub url: String,
    awaiting: Awaiting,
}

impl Answers {
    /// Listens at `listener` for as long as `tasks` live.
    ///
    /// # Errors
    /// If the listener has no address.
    pub fn listen(listener: TcpListener, tasks: &mut Tasks) -> io::Result<Self> {
        let (url, awaiting) = (ports::url(&listener)?, Awaiting::default());
        let router = Router::new()
            .route("/{id}", put(take).layer(DefaultBodyLimit::max(MAX_ANSWER)))
            .with_state(Arc::clone(&awaiting));
        tasks.0.push(ports::serve(listener, router));
        Ok(Self { url, awaiting })
    }

    /// Waits for one more answer.
    pub fn expect(&self) -> Awaited {
        let id = uuid::Uuid::now_v7().to_string();
        lock(&self.awaiting).insert(id.clone(), None);
        Awaited { url: format!("{}/{id}", self.url), awaiting: Arc::clone(&self.awaiting), id }
    }
}

impl Awaited {
    /// What has come in, if anything.
    pub fn answer(self) -> Option<Value> {
        lock(&self.awaiting).remove(&self.id).flatten()
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        lock(&self.awaiting).remove(&self.id);
    }
}

async fn take(State(awaiting): State<Awaiting>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    match (lock(&awaiting).get_mut(&id), serde_json::from_slice(&body)) {
        (Some(awaited), Ok(answer)) => {
            *awaited = Some(answer);
            StatusCode::OK
        }
        (None, _) => StatusCode::FORBIDDEN,
        (_, Err(_)) => StatusCode::BAD_REQUEST,
    }
}

fn lock(awaiting: &Awaiting) -> MutexGuard<'_, HashMap<String, Option<Value>>> {
    awaiting.lock().unwrap_or_else(PoisonError::into_inner)
}
