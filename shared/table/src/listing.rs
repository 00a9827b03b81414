//! Reads pages of a partition, newest first: the sort keys end with ids, and ids sort by creation time.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::keys::Item;
use crate::write::names_in;
use crate::{StoreError, Table};

/// The most index pages that one request reads. A filtered page of results may therefore be short although
/// more follow.
const MAX_INDEX_PAGES: usize = 5;

/// The records of one partition whose sort keys are a prefix and an id.
pub struct Range<'a> {
    pub partition: String,
    pub prefix: &'a str,
    /// Returns only the records that meet this condition.
    pub filter: Option<Condition>,
}

/// A DynamoDB condition expression and the values of its `:names`.
pub struct Condition {
    pub expression: String,
    pub values: HashMap<String, AttributeValue>,
}

impl Range<'_> {
    /// Returns up to `limit` records that follow the id `after`, and the id after which the next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn newest_first(
        &self,
        table: &Table,
        limit: usize,
        after: Option<&str>,
    ) -> Result<(Vec<Item>, Option<String>), StoreError> {
        let mut start = after.map(|id| self.key(id));
        let mut items: Vec<Item> = Vec::new();
        for _ in 0..MAX_INDEX_PAGES {
            // One additional record shows whether there is a next page.
            let (page, end) = self.index_page(table, limit + 1 - items.len(), start).await?;
            items.extend(page);
            if items.len() > limit {
                items.truncate(limit);
                let last = items.last().and_then(|item| self.id_of(item));
                return Ok((items, last));
            }
            if end.is_none() {
                return Ok((items, None));
            }
            start = end;
        }
        let last = start.as_ref().and_then(|key| self.id_of(key));
        Ok((items, last))
    }

    async fn index_page(
        &self,
        table: &Table,
        limit: usize,
        start: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut query = table.client.query().table_name(&table.name);
        if let Some(condition) = &self.filter {
            query = query
                .set_expression_attribute_names(names_in(&[&condition.expression]))
                .filter_expression(&condition.expression)
                .set_expression_attribute_values(Some(condition.values.clone()));
        }
        let answer = query
            .key_condition_expression("pk = :partition AND begins_with(sk, :prefix)")
            .expression_attribute_values(":partition", AttributeValue::S(self.partition.clone()))
            .expression_attribute_values(":prefix", AttributeValue::S(self.prefix.to_owned()))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    fn key(&self, id: &str) -> Item {
        let text = |text: String| AttributeValue::S(text);
        let sort = format!("{}{id}", self.prefix);
        Item::from([("pk".to_owned(), text(self.partition.clone())), ("sk".to_owned(), text(sort))])
    }

    fn id_of(&self, key: &Item) -> Option<String> {
        Some(key.get("sk")?.as_s().ok()?.strip_prefix(self.prefix)?.to_owned())
    }
}
