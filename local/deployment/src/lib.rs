//! A SAM template after evaluation, as plain data types.
//!
//! `local-template` produces a [`Deployment`] from a template and its parameters. Each emulator reads its part of the
//! deployment and never sees the template.
//!
//! # What it emulates and what it leaves out
//!
//! Nothing: this crate only defines types. Their fields are the resource properties that the local stack implements.
//! `local-template` documents which properties these are, and which others it ignores or refuses.
//!
//! # How it was checked
//!
//! Meaning, units and defaults of the fields are those of the properties in the template reference of CloudFormation,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html>, and of SAM,
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html>.
//!
//! Start reading in [`Deployment`].

mod signals;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use local_policy::Statement;

pub use signals::{Alarm, AlarmMetric, MetricFilter};

/// A template with every intrinsic function evaluated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deployment {
    /// Functions by logical id.
    pub functions: BTreeMap<String, Function>,
    /// Every `HttpApi` event, in the template's order.
    pub routes: Vec<Route>,
    /// `CorsConfiguration` of the HTTP API, if it has one.
    pub cors: Option<Cors>,
    /// The CloudFront distribution in front of the HTTP API, if there is one.
    pub front: Option<Front>,
    pub tables: Vec<Table>,
    pub buckets: Vec<Bucket>,
    pub secrets: Vec<Secret>,
    /// Names of SQS queues that take failed asynchronous events.
    pub queues: Vec<String>,
    /// Every `Schedule` and `ScheduleV2` event.
    pub schedules: Vec<Schedule>,
    /// Where SES publishes bounces and complaints.
    pub mail: MailConfiguration,
    /// Metric filters, which make metrics of log lines.
    pub filters: Vec<MetricFilter>,
    pub alarms: Vec<Alarm>,
}

/// One Lambda function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    pub logical_id: String,
    /// The last part of `CodeUri`, which is also the crate and the binary: `create-file`.
    pub name: String,
    pub environment: BTreeMap<String, String>,
    pub timeout: Duration,
    pub memory_mib: u32,
    /// The statements of the function's policies.
    pub policies: Vec<Statement>,
    /// The table streams that invoke the function.
    pub streams: Vec<StreamSource>,
    /// Name of the queue for asynchronous events whose last retry has failed.
    pub on_failure: Option<String>,
    /// Asynchronous retries after the first attempt (`EventInvokeConfig.MaximumRetryAttempts`, default 2).
    pub retries: u32,
}

impl Function {
    /// The function's name and its statements, in the form of [`local_policy::Permissions::enforce`].
    #[must_use]
    pub fn named_policies(&self) -> (&str, &[Statement]) {
        (&self.name, &self.policies)
    }
}

/// One route of the HTTP API, such as `POST /api/files/{id}`, and its function.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Upper-case method, or `ANY`.
    pub method: String,
    /// Path in the notation of API Gateway, without a trailing slash: `/api/files/{id}`.
    pub path: String,
    /// The function's name.
    pub function: String,
}

/// `CorsConfiguration` of the HTTP API.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cors {
    pub allow_origins: Vec<String>,
    pub allow_methods: Vec<String>,
    pub allow_headers: Vec<String>,
    pub expose_headers: Vec<String>,
    pub max_age: Option<u64>,
    pub allow_credentials: bool,
}

/// The headers that the CloudFront distribution adds to requests and responses, and how long it caches errors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Front {
    /// `OriginCustomHeaders` of the origin, by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// `ErrorCachingMinTTL` in seconds, by status. [`Self::DEFAULT_ERROR_CACHING`] applies to every other status.
    pub error_caching: BTreeMap<u16, u32>,
    /// The headers of the response headers policy of the default behaviour.
    pub response_headers: Vec<ResponseHeader>,
}

/// A header that the CloudFront distribution adds to responses.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseHeader {
    /// The name in lower case.
    pub name: String,
    pub value: String,
    /// Whether the header replaces one that the response already has.
    pub overrides: bool,
}

impl Front {
    /// Seconds for which CloudFront caches an error by default.
    pub const DEFAULT_ERROR_CACHING: u32 = 10;
}

/// One DynamoDB table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub logical_id: String,
    pub name: String,
    /// The body of a `CreateTable` request, `TableName` included. Properties that the local store does not implement
    /// are left out.
    pub create: Value,
    /// Attribute that holds the time to live, in epoch seconds.
    pub ttl_attribute: Option<String>,
}

/// A table stream that invokes a function.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamSource {
    pub table: String,
    pub batch_size: u32,
    /// `FilterCriteria` patterns, parsed. An event passes if any pattern matches, or if there are no patterns.
    pub filters: Vec<Value>,
    /// Attempts after the first. `None` means that a batch is retried until it succeeds or exceeds `max_age`.
    pub retries: Option<u32>,
    /// Records older than this are not retried. `None` means no limit.
    pub max_age: Option<Duration>,
    /// How many batches may be processed at once. Records of one item stay in order.
    pub parallel: u32,
    /// Whether a batch that failed as a whole is retried in two halves.
    pub bisect: bool,
    /// Whether the function's answer lists the failed records (`ReportBatchItemFailures`).
    pub report_item_failures: bool,
    /// Name of the queue for batches that are not retried any more.
    pub on_failure: Option<String>,
}

/// Configuration sets of SES, and the functions that get their events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MailConfiguration {
    /// Names of the configuration sets.
    pub sets: Vec<String>,
    pub destinations: Vec<MailDestination>,
    /// Every `SNS` event of a function.
    pub subscriptions: Vec<Subscription>,
}

/// A topic to which a configuration set publishes events.
#[derive(Debug, Clone, PartialEq)]
pub struct MailDestination {
    /// Name of the configuration set.
    pub set: String,
    /// Types of events, in lower case: `bounce`.
    pub events: Vec<String>,
    /// ARN of the topic.
    pub topic: String,
}

/// A function that is invoked with the messages of a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// ARN of the topic.
    pub topic: String,
    /// The function's name.
    pub function: String,
}

/// One S3 bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    pub logical_id: String,
    pub name: String,
    pub versioning: Versioning,
    pub cors: Vec<BucketCors>,
    pub notifications: Vec<Notification>,
}

/// Whether a bucket keeps the objects that are replaced or deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Versioning {
    #[default]
    Off,
    Suspended,
    Enabled,
}

/// One rule of a bucket's CORS configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BucketCors {
    pub origins: Vec<String>,
    pub methods: Vec<String>,
    pub headers: Vec<String>,
    pub exposed: Vec<String>,
    pub max_age: Option<u64>,
}

/// A function that is invoked with object events of a bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// The event type as written in the template: `s3:ObjectCreated:*`.
    pub event: String,
    pub prefix: Option<String>,
    pub suffix: Option<String>,
    /// The function's name.
    pub function: String,
}

/// One Secrets Manager secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    pub logical_id: String,
    pub name: String,
    pub arn: String,
    /// `GenerateSecretString`, evaluated. The local stack generates the value when it first starts.
    pub generate: Option<Value>,
    /// `SecretString`, evaluated.
    pub value: Option<String>,
}

/// A function that is invoked on a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The function's name.
    pub function: String,
    /// The expression as written in the template: `rate(15 minutes)`.
    pub expression: String,
    /// The event that the template specifies, if any.
    pub input: Option<Value>,
}

/// A custom resource, which one of the template's functions creates.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomResource {
    pub logical_id: String,
    /// The type, such as `Custom::SigningKeys`.
    pub resource_type: String,
    /// The function that `ServiceToken` names.
    pub function: Function,
    /// Every property, `ServiceToken` included. They become `ResourceProperties` of the function's event.
    pub properties: Value,
}
