//! `AWS::S3::Bucket`.

use local_deployment::{Bucket, BucketCors, Notification, Versioning};

use super::document::Resource;
use super::error::Checked;
use super::names;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::{BUCKET, FUNCTION};

const SUPPORTED: [&str; 4] =
    ["BucketName", "CorsConfiguration", "NotificationConfiguration", "VersioningConfiguration"];
/// The local store has no public access, life cycle, encryption, logs or metrics.
const IGNORED: [&str; 9] = [
    "BucketEncryption",
    "IntelligentTieringConfigurations",
    "InventoryConfigurations",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "MetricsConfigurations",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
];

pub(super) fn all(scope: &Scope) -> Checked<Vec<Bucket>> {
    resources::of_type(scope, BUCKET)?.into_iter().map(|resource| bucket(scope, resource)).collect()
}

fn bucket(scope: &Scope, resource: &Resource) -> Checked<Bucket> {
    let properties = Properties::of(scope, resource, &SUPPORTED, &IGNORED)?;
    let mut bucket = Bucket {
        logical_id: resource.id.clone(),
        name: names::physical(scope, resource)?,
        versioning: Versioning::default(),
        cors: Vec::new(),
        notifications: Vec::new(),
    };
    if let Some(configuration) = properties.mapping("CorsConfiguration")? {
        configuration.only(&["CorsRules"], &[])?;
        for rule in configuration.mappings("CorsRules")? {
            bucket.cors.push(cors(&rule)?);
        }
    }
    if let Some(configuration) = properties.mapping("NotificationConfiguration")? {
        configuration.only(&["LambdaConfigurations"], &[])?;
        for entry in configuration.mappings("LambdaConfigurations")? {
            bucket.notifications.push(notification(scope, &entry)?);
        }
    }
    if let Some(configuration) = properties.mapping("VersioningConfiguration")? {
        configuration.only(&["Status"], &[])?;
        bucket.versioning = match configuration.required_text("Status")?.as_str() {
            "Enabled" => Versioning::Enabled,
            "Suspended" => Versioning::Suspended,
            _ => return Err(configuration.problem_of("Status", "must be Enabled or Suspended")),
        };
    }
    Ok(bucket)
}

fn cors(rule: &Properties) -> Checked<BucketCors> {
    rule.only(&["AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposedHeaders", "MaxAge"], &["Id"])?;
    Ok(BucketCors {
        origins: rule.texts("AllowedOrigins")?,
        methods: rule.texts("AllowedMethods")?,
        headers: rule.texts("AllowedHeaders")?,
        exposed: rule.texts("ExposedHeaders")?,
        max_age: rule.number("MaxAge")?.map(u64::from),
    })
}

fn notification(scope: &Scope, entry: &Properties) -> Checked<Notification> {
    entry.only(&["Event", "Function", "Filter"], &[])?;
    let arn = entry.required_text("Function")?;
    let function = names::find_by_arn(scope, FUNCTION, &arn)?
        .ok_or_else(|| entry.problem_of("Function", "must be the ARN of a function of this template"))?;
    let mut notification = Notification {
        event: entry.required_text("Event")?,
        prefix: None,
        suffix: None,
        function: names::crate_name(scope, function)?,
    };
    (notification.prefix, notification.suffix) = filter(entry)?;
    Ok(notification)
}

/// The name of the bucket and the notifications that an event of type `S3` defines.
///
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html>
pub(super) fn notifications(event: &Properties, function: &str) -> Checked<(String, Vec<Notification>)> {
    event.only(&["Bucket", "Events", "Filter"], &[])?;
    let (prefix, suffix) = filter(event)?;
    let notification = |event: String| Notification {
        event,
        prefix: prefix.clone(),
        suffix: suffix.clone(),
        function: function.to_owned(),
    };
    let events = event.text_or_texts("Events")?;
    if events.is_empty() {
        return Err(event.problem("`Events` is missing"));
    }
    Ok((event.required_text("Bucket")?, events.into_iter().map(notification).collect()))
}

/// The prefix and the suffix of `Filter`.
fn filter(entry: &Properties) -> Checked<(Option<String>, Option<String>)> {
    let (mut prefix, mut suffix) = (None, None);
    if let Some(filter) = entry.mapping("Filter")? {
        filter.only(&["S3Key"], &[])?;
        let key = filter.mapping("S3Key")?.ok_or_else(|| filter.problem("`S3Key` is missing"))?;
        key.only(&["Rules"], &[])?;
        for rule in key.mappings("Rules")? {
            rule.only(&["Name", "Value"], &[])?;
            let value = Some(rule.required_text("Value")?);
            match rule.required_text("Name")?.to_lowercase().as_str() {
                "prefix" => prefix = value,
                "suffix" => suffix = value,
                _ => return Err(rule.problem_of("Name", "must be prefix or suffix")),
            }
        }
    }
    Ok((prefix, suffix))
}
