//! The names and ARNs that `Ref` and `GetAtt` give in the local stack.
//!
//! They have the form that AWS gives them. Where AWS would make up a name, it is the stack's name and the
//! resource's id, so that a restart finds the same data again.

use serde_json::Value;

use super::document::Resource;
use super::error::{Checked, Problem};
use super::functions;
use super::properties::Properties;
use super::scope::Scope;

/// The account that every local ARN names.
pub const ACCOUNT: &str = "000000000000";
/// `AWS::StackName`.
pub const STACK: &str = "satchel-local";
/// The id of the HTTP API, of the form that API Gateway gives them.
pub const API_ID: &str = "satchel000";

/// The pseudo parameters that have a value locally.
pub(super) const PSEUDO: [&str; 6] =
    ["AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix"];

pub(super) const FUNCTION: &str = "AWS::Serverless::Function";
pub(super) const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";
pub(super) const HTTP_API: &str = "AWS::Serverless::HttpApi";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const BUCKET: &str = "AWS::S3::Bucket";
pub(super) const SECRET: &str = "AWS::SecretsManager::Secret";
pub(super) const QUEUE: &str = "AWS::SQS::Queue";
pub(super) const TOPIC: &str = "AWS::SNS::Topic";
pub(super) const CONFIGURATION_SET: &str = "AWS::SES::ConfigurationSet";
pub(super) const EVENT_DESTINATION: &str = "AWS::SES::ConfigurationSetEventDestination";

/// Types that matter in AWS only: addresses, caching, alarms, who may call whom. Their references are checked
/// and nothing else.
pub(super) const NOT_RUN: [&str; 21] = [
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Route53::RecordSet",
    "AWS::Route53::RecordSetGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::WebACL",
];

/// Whether a resource is made by one of the template's functions.
pub(super) fn is_custom(kind: &str) -> bool {
    kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource"
}

/// What `Ref` gives for a parameter, a pseudo parameter or a resource.
pub(super) fn reference(scope: &Scope, name: &str, line: usize) -> Checked<Option<Value>> {
    if let Some(value) = scope.document.parameters.get(name) {
        return Ok(Some(value.clone()));
    }
    let text = match name {
        "AWS::NoValue" => return Ok(None),
        "AWS::AccountId" => ACCOUNT.to_owned(),
        "AWS::Partition" => "aws".to_owned(),
        "AWS::Region" => scope.document.region.clone(),
        "AWS::StackName" => STACK.to_owned(),
        "AWS::URLSuffix" => "amazonaws.com".to_owned(),
        _ => resource_reference(scope, existing(scope, name, line)?, line)?,
    };
    Ok(Some(Value::String(text)))
}

fn resource_reference(scope: &Scope, resource: &Resource, line: usize) -> Checked<String> {
    let region = &scope.document.region;
    match resource.kind.as_str() {
        QUEUE => Ok(format!("https://sqs.{region}.amazonaws.com/{ACCOUNT}/{}", physical(scope, resource)?)),
        SECRET | TOPIC => Ok(arn(scope, resource, physical(scope, resource)?)),
        kind if is_custom(kind) => answered(scope, resource, "PhysicalResourceId", line),
        FUNCTION | HTTP_API | TABLE | BUCKET | CONFIGURATION_SET => physical(scope, resource),
        kind => Err(Problem::at(line, format!("`{}` is a {kind}, which has no name locally", resource.id))),
    }
}

/// What `GetAtt` gives for an attribute of a resource.
pub(super) fn attribute(scope: &Scope, id: &str, name: &str, line: usize) -> Checked<String> {
    let resource = existing(scope, id, line)?;
    let region = &scope.document.region;
    let physical = || physical(scope, resource);
    match (resource.kind.as_str(), name) {
        (kind, _) if is_custom(kind) => answered(scope, resource, name, line),
        (FUNCTION | TABLE | BUCKET | QUEUE, "Arn") | (SECRET, "Id") | (TOPIC, "TopicArn") => {
            Ok(arn(scope, resource, physical()?))
        }
        // The label is the time the stream was made at; a fixed one keeps the ARN the same over restarts.
        (TABLE, "StreamArn") => {
            Ok(format!("{}/stream/2024-01-01T00:00:00.000", arn(scope, resource, physical()?)))
        }
        (BUCKET, "DomainName") => Ok(format!("{}.s3.amazonaws.com", physical()?)),
        (BUCKET, "RegionalDomainName") => Ok(format!("{}.s3.{region}.amazonaws.com", physical()?)),
        (QUEUE, "QueueName") | (TOPIC, "TopicName") => physical(),
        (QUEUE, "QueueUrl") => resource_reference(scope, resource, line),
        (HTTP_API, "ApiEndpoint") => Ok(format!("https://{API_ID}.execute-api.{region}.amazonaws.com")),
        (kind, _) => Err(Problem::at(line, format!("`{name}` of `{id}` ({kind}) is not known locally"))),
    }
}

/// The name a resource has in its service.
pub(super) fn physical(scope: &Scope, resource: &Resource) -> Checked<String> {
    let given = |property: &str| -> Checked<Option<String>> {
        let what = format!("{} of {}", property, resource.id);
        scope.guarded(&what, resource.line, || Properties::any(scope, resource)?.text(property))
    };
    let made_up = || format!("{STACK}-{}", resource.id);
    match resource.kind.as_str() {
        FUNCTION => Ok(match given("FunctionName")? {
            Some(name) => name,
            None => functions::crate_name(scope, resource)?,
        }),
        HTTP_API => Ok(API_ID.to_owned()),
        TABLE => Ok(given("TableName")?.unwrap_or_else(made_up)),
        BUCKET => Ok(given("BucketName")?.unwrap_or_else(|| made_up().to_lowercase())),
        SECRET | CONFIGURATION_SET => Ok(given("Name")?.unwrap_or_else(made_up)),
        QUEUE => Ok(given("QueueName")?.unwrap_or_else(made_up)),
        TOPIC => Ok(given("TopicName")?.unwrap_or_else(made_up)),
        kind => Err(Problem::at(resource.line, format!("{kind} has no name locally"))),
    }
}

/// The resource of type `kind` that `arn` names.
pub(super) fn named_by<'a>(scope: &Scope<'a>, kind: &str, arn: &str) -> Checked<Option<&'a Resource>> {
    for resource in scope.document.resources.iter().filter(|resource| resource.kind == kind) {
        if scope.exists(resource)? && self::arn(scope, resource, physical(scope, resource)?) == arn {
            return Ok(Some(resource));
        }
    }
    Ok(None)
}

/// The ARN of a resource called `name`.
pub(super) fn arn(scope: &Scope, resource: &Resource, name: String) -> String {
    let region = &scope.document.region;
    match resource.kind.as_str() {
        FUNCTION => format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"),
        TABLE => format!("arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}"),
        BUCKET => format!("arn:aws:s3:::{name}"),
        // Secrets Manager adds a hyphen and six random characters.
        SECRET => format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-000000"),
        QUEUE => format!("arn:aws:sqs:{region}:{ACCOUNT}:{name}"),
        TOPIC => format!("arn:aws:sns:{region}:{ACCOUNT}:{name}"),
        _ => name,
    }
}

fn existing<'a>(scope: &Scope<'a>, id: &str, line: usize) -> Checked<&'a Resource> {
    let resource = scope.document.resource(id);
    let resource =
        resource.ok_or_else(|| Problem::at(line, format!("there is no parameter or resource `{id}`")))?;
    if scope.exists(resource)? {
        return Ok(resource);
    }
    Err(Problem::at(line, format!("`{id}` does not exist in this stack: its Condition is false")))
}

/// What the function behind a custom resource answered.
fn answered(scope: &Scope, resource: &Resource, name: &str, line: usize) -> Checked<String> {
    let answer = scope.known.and_then(|known| (known.attribute)(&resource.id, name));
    answer.ok_or_else(|| Problem::at(line, format!("`{}` has not answered any `{name}`", resource.id)))
}
