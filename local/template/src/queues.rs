//! `AWS::SQS::Queue`, and failure destinations.

use super::document::Resource;
use super::error::Checked;
use super::names;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::QUEUE;

/// The names of the queues. They receive only failed events, which they keep without a time limit.
pub(super) fn all(scope: &Scope) -> Checked<Vec<String>> {
    const IGNORED: [&str; 7] = [
        "KmsMasterKeyId",
        "MessageRetentionPeriod",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "Tags",
        "VisibilityTimeout",
    ];
    let queue = |resource: &&Resource| {
        Properties::of(scope, resource, &["QueueName"], &IGNORED)?;
        names::physical(scope, resource)
    };
    resources::of_type(scope, QUEUE)?.iter().map(queue).collect()
}

/// The name of the queue in `DestinationConfig.OnFailure`.
pub(super) fn on_failure(scope: &Scope, properties: &Properties) -> Checked<Option<String>> {
    let Some(destination) = properties.mapping("DestinationConfig")? else { return Ok(None) };
    destination.only(&["OnFailure"], &[])?;
    let Some(failure) = destination.mapping("OnFailure")? else { return Ok(None) };
    failure.only(&["Destination", "Type"], &[])?;
    if failure.text("Type")?.is_some_and(|kind| kind != "SQS") {
        return Err(failure.problem_of("Type", "must be SQS"));
    }
    let arn = failure.required_text("Destination")?;
    let queue = names::find_by_arn(scope, QUEUE, &arn)?;
    let queue = queue
        .ok_or_else(|| failure.problem_of("Destination", "must be the ARN of a queue of this template"))?;
    names::physical(scope, queue).map(Some)
}
