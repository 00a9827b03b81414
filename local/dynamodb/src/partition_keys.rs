//! The names of the partition keys of tables and indexes, by which the policies judge a call.

use std::collections::HashMap;
use std::sync::Arc;

use dynoxide::Database;
use local_deployment::Deployment;
use serde_json::Value;

/// The partition keys of the template's tables. Those of other tables are looked up in the store.
#[derive(Clone, Default)]
pub(super) struct PartitionKeys {
    /// By the names of table and index.
    known: Arc<HashMap<(String, Option<String>), String>>,
}

impl PartitionKeys {
    /// The partition keys of the template's tables and of their indexes.
    pub(super) fn of(deployment: &Deployment) -> Self {
        let mut known = HashMap::new();
        for table in &deployment.tables {
            let indexes = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"];
            let indexes = indexes.iter().filter_map(|kind| table.create[kind].as_array()).flatten();
            for part in indexes.chain([&table.create]) {
                let index = part["IndexName"].as_str().map(str::to_owned);
                if let Some(key) = partition_key(&part["KeySchema"]) {
                    known.insert((table.name.clone(), index), key);
                }
            }
        }
        Self { known: Arc::new(known) }
    }

    /// The name of the partition key of `table`, which is a name or an ARN, or of one of its indexes.
    pub(super) fn find(&self, db: &Database, table: &str, index: Option<&str>) -> Option<String> {
        let table = table.rsplit('/').next().unwrap_or(table);
        let known = self.known.get(&(table.to_owned(), index.map(str::to_owned)));
        if known.is_some() {
            return known.cloned();
        }
        let metadata = db.get_table_metadata(table).ok()??;
        let Some(index) = index else { return partition_key(&parsed(&metadata.key_schema)) };
        let indexes = [metadata.gsi_definitions, metadata.lsi_definitions].into_iter().flatten();
        indexes
            .filter_map(|indexes| parsed(&indexes).as_array().cloned())
            .flatten()
            .find(|found| found["IndexName"] == index)
            .and_then(|found| partition_key(&found["KeySchema"]))
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

fn partition_key(schema: &Value) -> Option<String> {
    let hash = schema.as_array()?.iter().find(|part| part["KeyType"] == "HASH")?;
    hash["AttributeName"].as_str().map(str::to_owned)
}
