//! Lists an owner's files or images, newest first.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use satchel_api::Filter;
use satchel_model::{FileId, Kind, Status, Upload, UserId};
use satchel_table::keys::{owned_by, sort_prefix};
use satchel_table::listing::{Condition, Range};
use satchel_table::{StoreError, read};

use super::Uploads;

impl Uploads {
    /// Lists up to `limit` uploads of `owner` that follow `after` and pass `filter`, and returns the id after
    /// which the next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn list(
        &self,
        owner: UserId,
        kind: Kind,
        filter: &Filter,
        limit: usize,
        after: Option<FileId>,
    ) -> Result<(Vec<Upload>, Option<FileId>), StoreError> {
        let range =
            Range { partition: owned_by(owner), prefix: sort_prefix(kind), filter: Some(condition(filter)) };
        let after = after.map(|id| id.to_string());
        let (items, last) = range.newest_first(&self.table, limit, after.as_deref()).await?;
        let uploads: Result<Vec<Upload>, _> = items.into_iter().map(read).collect();
        Ok((uploads?, last.and_then(|id| id.parse().ok())))
    }
}

fn condition(filter: &Filter) -> Condition {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut expression = String::from("#status <> :deleting");
    let mut values = HashMap::from([(":deleting".to_owned(), text(Status::Deleting.as_str()))]);
    if let Some(status) = filter.status {
        expression.push_str(" AND #status = :status");
        values.insert(":status".to_owned(), text(status.as_str()));
    }
    if let Some(content_type) = &filter.content_type {
        expression.push_str(" AND #content_type = :content_type");
        values.insert(":content_type".to_owned(), text(content_type.as_str()));
    }
    if let Some(visibility) = filter.visibility {
        expression.push_str(" AND #visibility = :visibility");
        values.insert(":visibility".to_owned(), text(visibility.as_str()));
    }
    Condition { expression, values }
}
