//! `AWS::DynamoDB::Table`.

use local_deployment::Table;
use serde_json::{Map, Value, json};

use super::document::Resource;
use super::error::Checked;
use super::names;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::TABLE;

const SUPPORTED: [&str; 8] = [
    "TableName",
    "KeySchema",
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
    "StreamSpecification",
    "TimeToLiveSpecification",
];
/// Capacity, encryption, backups, protection and tags, which make no difference locally.
const IGNORED: [&str; 9] = [
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "ProvisionedThroughput",
    "SSESpecification",
    "TableClass",
    "Tags",
    "WarmThroughput",
];

pub(super) fn all(scope: &Scope) -> Checked<Vec<Table>> {
    resources::of_type(scope, TABLE)?.into_iter().map(|resource| table(scope, resource)).collect()
}

fn table(scope: &Scope, resource: &Resource) -> Checked<Table> {
    let properties = Properties::of(scope, resource, &SUPPORTED, &IGNORED)?;
    let name = names::physical(scope, resource)?;
    // The billing mode of the template is ignored, because the local store has no provisioned throughput.
    let mut create = Map::from_iter([
        ("TableName".to_owned(), Value::from(name.as_str())),
        ("BillingMode".to_owned(), "PAY_PER_REQUEST".into()),
    ]);
    for part in ["KeySchema", "AttributeDefinitions"] {
        let value = properties.value(part)?;
        create.insert(
            part.to_owned(),
            value.ok_or_else(|| properties.problem(format!("`{part}` is missing")))?,
        );
    }
    for part in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        for index in properties.mappings(part)? {
            index.only(&["IndexName", "KeySchema", "Projection"], &IGNORED)?;
        }
        if let Some(Value::Array(mut indexes)) = properties.value(part)? {
            for index in indexes.iter_mut().filter_map(Value::as_object_mut) {
                index.retain(|key, _| !IGNORED.contains(&key.as_str()));
            }
            create.insert(part.to_owned(), indexes.into());
        }
    }
    if let Some(stream) = properties.mapping("StreamSpecification")? {
        stream.only(&["StreamViewType"], &[])?;
        let view = stream.required_text("StreamViewType")?;
        create.insert(
            "StreamSpecification".to_owned(),
            json!({ "StreamEnabled": true, "StreamViewType": view }),
        );
    }
    Ok(Table {
        logical_id: resource.id.clone(),
        name,
        create: create.into(),
        ttl_attribute: time_to_live(&properties)?,
    })
}

fn time_to_live(properties: &Properties) -> Checked<Option<String>> {
    let Some(specification) = properties.mapping("TimeToLiveSpecification")? else { return Ok(None) };
    specification.only(&["AttributeName", "Enabled"], &[])?;
    match specification.flag("Enabled")? {
        Some(true) => specification.required_text("AttributeName").map(Some),
        _ => Ok(None),
    }
}
