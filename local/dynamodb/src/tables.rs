//! Making the tables that the template describes.

use dynoxide::{Database, TableMetadata};
use local_deployment::Table;
use serde_json::{Map, Value, json};

use super::start_error::StartError;

/// What the store takes of a template's table; the rest (tags, encryption, alarms) has no meaning here.
const KNOWN: [&str; 6] = [
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "StreamSpecification",
];

/// Makes `table`, or brings the one that is kept in the data folder up to the template.
pub(super) fn ensure(db: &Database, table: &Table) -> Result<(), StartError> {
    let failed =
        |reason: &dyn ToString| StartError::Table { table: table.name.clone(), reason: reason.to_string() };
    let create = create_request(table);
    match db.get_table_metadata(&table.name).map_err(|error| failed(&error))? {
        None => {
            let request = serde_json::from_value(create).map_err(|error| failed(&error))?;
            db.create_table(request).map_err(|error| failed(&error))?;
        }
        Some(kept) => {
            if !same_keys(&kept, &create) {
                return Err(StartError::OtherKeys(table.name.clone()));
            }
            for update in updates(&kept, &create) {
                let request = serde_json::from_value(update).map_err(|error| failed(&error))?;
                db.update_table(request).map_err(|error| failed(&error))?;
            }
        }
    }
    enable_ttl(db, table).map_err(|error| failed(&error))
}

/// The `CreateTable` request for a table of a template.
fn create_request(table: &Table) -> Value {
    let mut request: Map<String, Value> =
        KNOWN.iter().filter_map(|&key| Some((key.to_owned(), table.create.get(key)?.clone()))).collect();
    request.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    // CloudFormation leaves out what the API wants said: naming a view is turning the stream on.
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

fn same_keys(kept: &TableMetadata, create: &Value) -> bool {
    serde_json::from_str::<Value>(&kept.key_schema).is_ok_and(|keys| keys == create["KeySchema"])
}

/// `UpdateTable` requests for the stream and the indexes that the kept table lacks.
fn updates(kept: &TableMetadata, create: &Value) -> Vec<Value> {
    let name = &create["TableName"];
    let mut updates = Vec::new();
    if !kept.stream_enabled && create.get("StreamSpecification").is_some() {
        updates.push(json!({"TableName": name, "StreamSpecification": create["StreamSpecification"]}));
    }
    let kept_indexes: Value =
        kept.gsi_definitions.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let is_kept = |index: &Value| {
        kept_indexes.as_array().is_some_and(|kept| kept.iter().any(|k| k["IndexName"] == index["IndexName"]))
    };
    let indexes = create["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
    updates.extend(indexes.filter(|index| !is_kept(index)).map(|index| {
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
    let kept = db.get_table_metadata(&table.name)?;
    if kept.is_some_and(|kept| kept.ttl_enabled && kept.ttl_attribute.as_ref() == Some(attribute)) {
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
