//! `DynamoDB` events: functions that are invoked by a table's stream.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html>

use std::time::Duration;

use local_deployment::StreamSource;

use super::error::{Checked, Problem};
use super::names;
use super::properties::Properties;
use super::queues;
use super::resources;
use super::scope::Scope;
use super::types::TABLE;

const SUPPORTED: [&str; 11] = [
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "Enabled",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPosition",
    "Stream",
];
/// Batching windows and metrics. The local stack delivers records at once.
const IGNORED: [&str; 2] = ["MaximumBatchingWindowInSeconds", "MetricsConfig"];

/// The table stream that an event of type `DynamoDB` defines, unless it is disabled.
pub(super) fn source(scope: &Scope, event: &Properties) -> Checked<Option<StreamSource>> {
    event.only(&SUPPORTED, &IGNORED)?;
    if event.flag("Enabled")? == Some(false) {
        return Ok(None);
    }
    // TRIM_HORIZON means from the first record on, which is all that the local stack supports.
    if event.required_text("StartingPosition")? != "TRIM_HORIZON" {
        return Err(event.problem_of("StartingPosition", "must be TRIM_HORIZON"));
    }
    let responses = event.texts("FunctionResponseTypes")?;
    Ok(Some(StreamSource {
        table: table(scope, event)?,
        batch_size: event.number("BatchSize")?.unwrap_or(100),
        filters: filters(event)?,
        retries: event.limit("MaximumRetryAttempts")?,
        max_age: event.limit("MaximumRecordAgeInSeconds")?.map(|age| Duration::from_secs(age.into())),
        parallel: event.number("ParallelizationFactor")?.unwrap_or(1),
        bisect: event.flag("BisectBatchOnFunctionError")?.unwrap_or_default(),
        report_item_failures: responses.iter().any(|kind| kind == "ReportBatchItemFailures"),
        on_failure: queues::on_failure(scope, event)?,
    }))
}

/// The name of the table: one of the template, or another one that an operator has restored.
fn table(scope: &Scope, event: &Properties) -> Checked<String> {
    let wanted = event.required_text("Stream")?;
    for resource in resources::of_type(scope, TABLE)? {
        if names::attribute(scope, &resource.id, "StreamArn", resource.line)? == wanted {
            return names::physical(scope, resource);
        }
    }
    named_in(&wanted)
        .map(str::to_owned)
        .ok_or_else(|| event.problem_of("Stream", "must be the ARN of a table's stream"))
}

/// The name of the table in the ARN of its stream.
fn named_in(arn: &str) -> Option<&str> {
    let resource = arn.strip_prefix("arn:aws:dynamodb:")?.splitn(3, ':').nth(2)?;
    let (table, _) = resource.strip_prefix("table/")?.split_once("/stream/")?;
    Some(table)
}

fn filters(event: &Properties) -> Checked<Vec<serde_json::Value>> {
    let Some(criteria) = event.mapping("FilterCriteria")? else { return Ok(Vec::new()) };
    criteria.only(&["Filters"], &[])?;
    let mut patterns = Vec::new();
    for filter in criteria.mappings("Filters")? {
        filter.only(&["Pattern"], &[])?;
        let pattern = filter.required_text("Pattern")?;
        let pattern = serde_json::from_str(&pattern);
        patterns.push(pattern.map_err(|error| {
            Problem::at(filter.line_of("Pattern"), format!("the pattern is not JSON: {error}"))
        })?);
    }
    Ok(patterns)
}
