//! What a template comes to once its parameters are known: the plain facts the local stack runs on.
//!
//! `local-template` makes a [`Deployment`] from a template, and each stand-in for a service reads its part of it. So no
//! stand-in needs to know how templates are read.
//!
//! # What it emulates and what it leaves out
//!
//! Nothing: these are types. They hold the properties of resources that the local stack obeys; `local-template` says which
//! those are, and which properties it ignores or refuses.
//!
//! # How it was checked
//!
//! Fields have the meaning, units and defaults of the properties in the template reference of CloudFormation,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html>, and of SAM,
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html>.
//!
//! Start reading in [`Deployment`].

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use local_policy::Statement;

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
    /// Where SES tells what became of mail.
    pub mail: MailConfiguration,
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
    /// The statements of its policies.
    pub policies: Vec<Statement>,
    /// DynamoDB stream events.
    pub streams: Vec<StreamSource>,
    /// Name of the queue that takes events of this function that failed for good (asynchronous invocations).
    pub on_failure: Option<String>,
    /// Asynchronous retries after the first attempt (`EventInvokeConfig.MaximumRetryAttempts`, default 2).
    pub retries: u32,
}

impl Function {
    /// The function's name with its statements, as [`local_policy::Permissions::enforce`] takes them.
    #[must_use]
    pub fn named_policies(&self) -> (&str, &[Statement]) {
        (&self.name, &self.policies)
    }
}

/// One route of the HTTP API: `POST /api/files/{id}` to a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Upper-case method, or `ANY`.
    pub method: String,
    /// Path as API Gateway has it, without a trailing slash: `/api/files/{id}`.
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

/// What the CloudFront distribution adds to requests, and how long it keeps errors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Front {
    /// `OriginCustomHeaders` of the origin, by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// `ErrorCachingMinTTL` in seconds, by status; a missing status has CloudFront's default.
    pub error_caching: BTreeMap<u16, u32>,
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
    /// The body of a `CreateTable` request, `TableName` included, without what the local store does not know.
    pub create: Value,
    /// Attribute that holds the time to live, in epoch seconds.
    pub ttl_attribute: Option<String>,
}

/// A function fed by a table's stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamSource {
    pub table: String,
    pub batch_size: u32,
    /// `FilterCriteria` patterns, parsed; an event passes if any pattern matches; none: all pass.
    pub filters: Vec<Value>,
    /// Attempts after the first; `None`: as often as it takes, within `max_age`.
    pub retries: Option<u32>,
    /// Records older than this are given up; `None`: none is.
    pub max_age: Option<Duration>,
    /// How many batches may be under way at once; records of one item stay in order.
    pub parallel: u32,
    /// Whether a batch that failed as a whole comes again in two halves.
    pub bisect: bool,
    pub report_item_failures: bool,
    /// Name of the queue that takes batches that failed for good.
    pub on_failure: Option<String>,
}

/// Configuration sets of SES, and who hears of their events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MailConfiguration {
    /// Names of the configuration sets.
    pub sets: Vec<String>,
    pub destinations: Vec<MailDestination>,
    /// Every `SNS` event of a function.
    pub subscriptions: Vec<Subscription>,
}

/// A topic that hears of what becomes of a configuration set's mail.
#[derive(Debug, Clone, PartialEq)]
pub struct MailDestination {
    /// Name of the configuration set.
    pub set: String,
    /// Kinds of events, in lower case: `bounce`.
    pub events: Vec<String>,
    /// ARN of the topic.
    pub topic: String,
}

/// A function that is invoked with whatever is published to a topic.
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
    pub cors: Vec<BucketCors>,
    pub notifications: Vec<Notification>,
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

/// Object events of a bucket for a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// As the template has it: `s3:ObjectCreated:*`.
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
    /// `GenerateSecretString`, evaluated: the local stack makes a value of this form at first start.
    pub generate: Option<Value>,
    /// `SecretString`, evaluated.
    pub value: Option<String>,
}

/// A function run on a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The function's name.
    pub function: String,
    /// As the template has it: `rate(15 minutes)`.
    pub expression: String,
    /// The event, if the template sets one.
    pub input: Option<Value>,
}

/// A resource that one of the template's functions makes.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomResource {
    pub logical_id: String,
    /// `Custom::SigningKeys`.
    pub resource_type: String,
    /// The function that `ServiceToken` names.
    pub function: Function,
    /// Every property, `ServiceToken` included: `ResourceProperties` of the function's event.
    pub properties: Value,
}
