//! Creates the tables of the template.

use dynoxide::{Database, TableMetadata};
use local_deployment::Table;
use serde_json::{Map, Value, json};

use super::start_error::StartError;

/// The properties of a table that the store supports. The others, such as tags and encryption, make no difference
/// locally.
const SUPPORTED: [&str; 6] = [
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "StreamSpecification",
];

/// Creates `table`, or updates the existing one in the data folder to match the template.
pub(super) fn ensure(db: &Database, table: &Table) -> Result<(), StartError> {
    let failed =
        |reason: &dyn ToString| StartError::Table { table: table.name.clone(), reason: reason.to_string() };
    let create = create_request(table);
    match db.get_table_metadata(&table.name).map_err(|error| failed(&error))? {
        None => {
            let request = serde_json::from_value(create).map_err(|error| failed(&error))?;
            db.create_table(request).map_err(|error| failed(&error))?;
        }
        Some(existing) => {
            if !same_keys(&existing, &create) {
                return Err(StartError::OtherKeys(table.name.clone()));
            }
            for update in updates(&existing, &create) {
                let request = serde_json::from_value(update).map_err(|error| failed(&error))?;
                db.update_table(request).map_err(|error| failed(&error))?;
            }
        }
    }
    enable_ttl(db, table).map_err(|error| failed(&error))
}

/// The `CreateTable` request for a table of the template.
fn create_request(table: &Table) -> Value {
    let mut request: Map<String, Value> =
        SUPPORTED.iter().filter_map(|&key| Some((key.to_owned(), table.create.get(key)?.clone()))).collect();
    request.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    // The API requires `StreamEnabled`, which CloudFormation does not have.
    if let Some(stream) = request.get_mut("StreamSpecification").and_then(Value::as_object_mut) {
        stream.insert("StreamEnabled".to_owned(), json!(true));
    }
    for index in request.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut).into_iter().flatten()
    {
        if let Some(index) = index.as_object_mut() {
            index.retain(|key, _| ["IndexName", "KeySchema", "Projection"].contains(&key.as_str()));
        }
    }
    Value::Object(request)
}

fn same_keys(existing: &TableMetadata, create: &Value) -> bool {
    serde_json::from_str::<Value>(&existing.key_schema).is_ok_and(|keys| keys == create["KeySchema"])
}

/// The `UpdateTable` requests for the stream and the indexes that the existing table lacks.
fn updates(existing: &TableMetadata, create: &Value) -> Vec<Value> {
    let name = &create["TableName"];
    let mut updates = Vec::new();
    if !existing.stream_enabled && create.get("StreamSpecification").is_some() {
        updates.push(json!({"TableName": name, "StreamSpecification": create["StreamSpecification"]}));
    }
    let existing_indexes: Value = existing
        .gsi_definitions
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let exists = |index: &Value| {
        existing_indexes
            .as_array()
            .is_some_and(|existing| existing.iter().any(|k| k["IndexName"] == index["IndexName"]))
    };
    let indexes = create["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
    updates.extend(indexes.filter(|index| !exists(index)).map(|index| {
        json!({
            "TableName": name,
            "AttributeDefinitions": create["AttributeDefinitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": index}],
        })
    }));
    updates
}

fn enable_ttl(db: &Database, table: &Table) -> dynoxide::Result<()> {
    let Some(attribute) = &table.ttl_attribute else { return Ok(()) };
    let existing = db.get_table_metadata(&table.name)?;
    if existing
        .is_some_and(|existing| existing.ttl_enabled && existing.ttl_attribute.as_ref() == Some(attribute))
    {
        return Ok(());
    }
    let request = json!({
        "TableName": table.name,
        "TimeToLiveSpecification": {"Enabled": true, "AttributeName": attribute},
    });
    let request = serde_json::from_value(request)
        .map_err(|error| dynoxide::DynoxideError::InternalServerError(error.to_string()))?;
    db.update_time_to_live(request)?;
    Ok(())
}
