//! A running stack, as tests see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use local_calls::Calls;
use local_cloudwatch::Metrics;
use local_common::{Credentials, DataDir, Signer};
use local_deployment::{Deployment, Function};
use local_dynamodb::{DynamoDb, Streams};
use local_lambda::builder::Background;
use local_lambda::{Functions, Invocation, Invoker, Logs, UnknownFunction};
use local_policy::Permissions;
use local_s3::S3;
use local_ses::Inbox;
use serde_json::Value;

use super::deployed::Deployed;
use super::error::StartError;
use super::presign::{Authority, Presign};
use super::ready::{ReadyFile, Urls};
use super::signals::{SignalMark, Signals};
use super::tasks::Tasks;

/// The running local stack. [`Stack::stop`] ends it in order; dropping it ends it at once.
pub struct Stack {
    pub(super) urls: Urls,
    pub(super) region: String,
    pub(super) deployment: Deployment,
    pub(super) deployed: Deployed,
    pub(super) calls: Calls,
    pub(super) logs: Logs,
    pub(super) signals: Signals,
    pub(super) inbox: Inbox,
    pub(super) invoker: Invoker,
    pub(super) credentials: Credentials,
    pub(super) ready: ReadyFile,
    /// The build of the functions that the start did not wait for.
    pub(super) background: Option<Background>,
    /// What stops new work from coming in: the gateway and the schedules.
    pub(super) entrances: Tasks,
    pub(super) streams: Streams,
    pub(super) functions: Functions,
    pub(super) s3: S3,
    pub(super) dynamodb: DynamoDb,
    /// SES and Secrets Manager.
    pub(super) services: Tasks,
    pub(super) data: DataDir,
}

impl Stack {
    /// The API: `http://127.0.0.1:3000`.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.urls.api
    }

    /// The page of mails.
    #[must_use]
    pub fn mail_url(&self) -> String {
        self.urls.mail_page()
    }

    /// S3's endpoint.
    #[must_use]
    pub fn s3_url(&self) -> &str {
        &self.urls.s3
    }

    /// Where containers reach everything, if they are to.
    #[must_use]
    pub fn containers_url(&self) -> Option<&str> {
        self.urls.containers.as_deref()
    }

    /// DynamoDB's endpoint.
    #[must_use]
    pub fn dynamodb_url(&self) -> &str {
        &self.urls.dynamodb
    }

    /// The region that everything is in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What the template came to. An update changes environments alone; [`Self::function`] has those of now.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// A function as it is now, by the name of its crate.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<Arc<Function>> {
        self.functions.get(name)
    }

    /// Gives parameters other values while everything goes on, as an update of a CloudFormation stack does: custom
    /// resources first, then the environments of the functions. Requests that begin after this see the new ones.
    ///
    /// # Errors
    /// Whatever is in the way; then everything is as it was.
    pub async fn update(&self, parameters: &[(&str, &str)]) -> Result<(), StartError> {
        let changes: BTreeMap<String, String> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.deployed.update(changes).await
    }

    /// The mails that the functions have sent.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// The AWS calls of the functions, and the faults they are to meet.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// What the functions may do, and what they did.
    #[must_use]
    pub fn permissions(&self) -> &Permissions {
        self.calls.permissions()
    }

    /// The invoker that the gateway uses too.
    #[must_use]
    pub fn invoker(&self) -> &Invoker {
        &self.invoker
    }

    /// The object store.
    #[must_use]
    pub fn s3(&self) -> &S3 {
        &self.s3
    }

    /// The table store.
    #[must_use]
    pub fn dynamodb(&self) -> &DynamoDb {
        &self.dynamodb
    }

    /// The table streams.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The folder that keeps everything.
    #[must_use]
    pub fn data(&self) -> &DataDir {
        &self.data
    }

    /// Every line that functions have written, oldest first, to look for what must not be there.
    #[must_use]
    pub fn logs(&self) -> Vec<String> {
        self.logs.lines()
    }

    /// The lines after the first `seen`, and how many there were in all: for who looks again and again.
    #[must_use]
    pub fn logs_after(&self, seen: usize) -> (Vec<String>, usize) {
        self.logs.lines_after(seen)
    }

    /// This moment, for [`Self::metrics`] and [`Self::alarms`].
    #[must_use]
    pub fn mark(&self) -> SignalMark {
        self.signals.mark()
    }

    /// What `CloudWatch` would have of the time since `mark`.
    ///
    /// # Errors
    /// If a metric filter of the template is not understood.
    pub fn metrics(&self, mark: &SignalMark) -> Result<Metrics, String> {
        self.signals.metrics(mark)
    }

    /// The logical ids of the template's alarms that are raised by what happened since `mark`, whatever their periods.
    ///
    /// # Errors
    /// If an alarm or a metric filter of the template is not understood.
    pub fn alarms(&self, mark: &SignalMark) -> Result<Vec<String>, String> {
        self.signals.alarms(mark)
    }

    /// Invokes a function with `event` and waits for its outcome.
    ///
    /// # Errors
    /// If the template has no such function.
    pub async fn invoke(&self, function: &str, event: Value) -> Result<Invocation, UnknownFunction> {
        self.invoker.invoke(function, Bytes::from(event.to_string())).await
    }

    /// The messages of a queue for events that failed for good.
    #[must_use]
    pub fn queue(&self, name: &str) -> Vec<Value> {
        self.invoker.queue(name)
    }

    /// Waits until no asynchronous event and no stream record is on its way, nor one that they led to.
    pub async fn settled(&self) {
        // What a stream's function does may lead to an event of another function, which writes records again.
        for _ in 0..3 {
            self.invoker.settled().await;
            self.streams.settled().await;
        }
        self.invoker.settled().await;
    }

    /// An access key of `function` and its secret, as its first process has them.
    #[must_use]
    pub fn credentials_of(&self, function: &str) -> (String, String) {
        let access_key = self.credentials.access_key(&Signer { function: function.to_owned(), slot: 0 });
        let secret_key = self.credentials.secret_key(&access_key).unwrap_or_default();
        (access_key, secret_key)
    }

    /// The URL of a request to S3 that `function` has signed, at whatever time.
    #[must_use]
    pub fn sign_as(&self, function: &str, request: &Presign<'_>) -> String {
        let (access_key, secret_key) = self.credentials_of(function);
        request.url(&Authority {
            base: &self.urls.s3,
            region: &self.region,
            access_key: &access_key,
            secret_key: &secret_key,
        })
    }

    /// Stops everything in order, and waits until no process is left. What was accepted is kept for the next start.
    pub async fn stop(self) {
        drop(self.ready);
        drop(self.entrances);
        if let Some(background) = self.background {
            background.stop().await;
        }
        self.functions.stop().await;
        self.streams.stop().await;
        self.dynamodb.stop().await;
        drop(self.s3);
        drop(self.services);
        self.data.give_up().await;
    }
}
