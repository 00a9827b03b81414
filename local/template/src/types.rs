//! Resource types: those that run locally, those that are ignored, and custom resources.

pub(super) const FUNCTION: &str = "AWS::Serverless::Function";
pub(super) const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";
pub(super) const RESPONSE_HEADERS_POLICY: &str = "AWS::CloudFront::ResponseHeadersPolicy";
pub(super) const HTTP_API: &str = "AWS::Serverless::HttpApi";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const BUCKET: &str = "AWS::S3::Bucket";
pub(super) const SECRET: &str = "AWS::SecretsManager::Secret";
pub(super) const QUEUE: &str = "AWS::SQS::Queue";
pub(super) const TOPIC: &str = "AWS::SNS::Topic";
pub(super) const CONFIGURATION_SET: &str = "AWS::SES::ConfigurationSet";
pub(super) const ROLE_POLICY: &str = "AWS::IAM::Policy";
pub(super) const METRIC_FILTER: &str = "AWS::Logs::MetricFilter";
pub(super) const ALARM: &str = "AWS::CloudWatch::Alarm";
pub(super) const EVENT_DESTINATION: &str = "AWS::SES::ConfigurationSetEventDestination";

/// The types that run locally.
pub(super) const SUPPORTED: [&str; 14] = [
    FUNCTION,
    HTTP_API,
    DISTRIBUTION,
    RESPONSE_HEADERS_POLICY,
    TABLE,
    BUCKET,
    SECRET,
    QUEUE,
    TOPIC,
    CONFIGURATION_SET,
    EVENT_DESTINATION,
    ROLE_POLICY,
    METRIC_FILTER,
    ALARM,
];

/// The types that matter in AWS only, such as dashboards, DNS records and resource policies. Only their references are
/// checked.
pub(super) const IGNORED: [&str; 21] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::QueryDefinition",
    "AWS::Route53::RecordSet",
    "AWS::Route53::RecordSetGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::WebACL",
];

/// Whether `kind` is the type of a custom resource, which one of the template's functions creates.
pub(super) fn is_custom(kind: &str) -> bool {
    kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource"
}
