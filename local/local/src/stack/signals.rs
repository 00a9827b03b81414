//! The metrics of a stack, and the alarms that they would raise.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;
use local_calls::{Calls, Measure};
use local_cloudwatch::{Metrics, raised};
use local_deployment::Deployment;
use local_lambda::{Invoker, Logs};
use serde_json::json;

/// What the metrics of a stack come from. Clones share everything.
#[derive(Clone)]
pub(super) struct Signals {
    pub logs: Logs,
    pub calls: Calls,
    pub invoker: Invoker,
    /// As it was at the start: an update changes neither alarms nor filters.
    pub deployment: Arc<Deployment>,
    /// The id of the HTTP API.
    pub api_id: String,
    /// From when on `/_local/metrics` and `/_local/alarms` count.
    pub begun: Arc<Mutex<SignalMark>>,
}

/// A moment in the life of a stack, to look at what came after it.
#[derive(Debug, Clone, Default)]
pub struct SignalMark {
    lines: usize,
    measures: usize,
    /// The number of messages in each queue.
    messages: BTreeMap<String, usize>,
}

impl Signals {
    pub fn mark(&self) -> SignalMark {
        let (lines, measures) =
            (self.logs.lines_after(usize::MAX).1, self.calls.measures().after(usize::MAX).1);
        let queues = self.deployment.queues.iter();
        let messages = queues.map(|queue| (queue.clone(), self.invoker.queue(queue).len())).collect();
        SignalMark { lines, measures, messages }
    }

    /// What `CloudWatch` would have since `mark`.
    pub fn metrics(&self, mark: &SignalMark) -> Result<Metrics, String> {
        let (lines, _) = self.logs.lines_after(mark.lines);
        let (measures, _) = self.calls.measures().after(mark.measures);
        let measures = measures.into_iter().flat_map(|measure| self.of_tables(measure));
        let measures: Vec<_> = measures.chain(self.queues(mark)).collect();
        Metrics::of(&lines, &self.deployment.filters, &measures)
    }

    /// The logical ids of the alarms that are raised by what happened since `mark`.
    pub fn alarms(&self, mark: &SignalMark) -> Result<Vec<String>, String> {
        raised(&self.deployment.alarms, &self.metrics(mark)?)
    }

    /// A figure about DynamoDB, for each table: the calls do not say which one they were about.
    fn of_tables(&self, measure: Measure) -> Vec<Measure> {
        if measure.namespace != "AWS/DynamoDB" || !measure.dimensions.is_empty() {
            return vec![measure];
        }
        let of = |name: &str| {
            let dimensions = [("TableName".to_owned(), name.to_owned())].into();
            Measure { dimensions, ..measure.clone() }
        };
        self.deployment.tables.iter().map(|table| of(&table.name)).collect()
    }

    /// The messages that came since `mark`.
    fn queues(&self, mark: &SignalMark) -> impl Iterator<Item = Measure> {
        self.deployment.queues.iter().map(|queue| {
            let before = mark.messages.get(queue).copied().unwrap_or_default();
            let count = self.invoker.queue(queue).len().saturating_sub(before);
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            Measure {
                namespace: "AWS/SQS".to_owned(),
                name: "ApproximateNumberOfMessagesVisible".to_owned(),
                dimensions: [("QueueName".to_owned(), queue.clone())].into(),
                value: count.into(),
            }
        })
    }

    /// `GET /_local/metrics` and `GET /_local/alarms`: everything since the start, or since the last `POST` to
    /// `/_local/alarms`, after which all alarms are evaluated anew.
    pub fn router(self) -> Router {
        let reset = axum::routing::post(|State(signals): State<Self>| async move {
            *signals.begun() = signals.mark();
            StatusCode::NO_CONTENT
        });
        Router::new()
            .route("/_local/metrics", get(metrics))
            .route("/_local/alarms", get(alarms).merge(reset))
            .with_state(self)
    }

    /// Counts the requests that `gateway` answers, as API Gateway does.
    pub fn counted(&self, gateway: Router) -> Router {
        gateway.layer(middleware::from_fn_with_state(self.clone(), count))
    }

    fn begun(&self) -> std::sync::MutexGuard<'_, SignalMark> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn metrics(State(signals): State<Signals>) -> Response {
    let mark = signals.begun().clone();
    shown(signals.metrics(&mark).map(|metrics| metrics.report()))
}

async fn alarms(State(signals): State<Signals>) -> Response {
    let mark = signals.begun().clone();
    shown(signals.alarms(&mark).map(|raised| json!(raised)))
}

fn shown(result: Result<serde_json::Value, String>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(problem) => {
            (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"message": problem}))).into_response()
        }
    }
}

async fn count(State(signals): State<Signals>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let response = next.run(request).await;
    let (status, of_api) = (response.status(), [("ApiId", signals.api_id.as_str())]);
    let put = |name: &str, value: f64| signals.calls.measures().put("AWS/ApiGateway", name, &of_api, value);
    put("Count", 1.0);
    put("4xx", f64::from(u8::from(status.is_client_error())));
    put("5xx", f64::from(u8::from(status.is_server_error())));
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    put("Latency", milliseconds);
    put("IntegrationLatency", milliseconds);
    response
}
