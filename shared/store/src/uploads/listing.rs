//! Pages of an owner's files or images, newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use satchel_core::model::{FileId, Kind, MediaType, Status, Upload, UserId};

use super::Uploads;
use crate::StoreError;
use crate::keys::{Item, Key, owned_by, sort_prefix};
use crate::table::read;
use crate::write::names_in;

/// A request reads at most this many index pages; a filtered list may then be short, with a `next`.
const MAX_INDEX_PAGES: usize = 5;

/// Which uploads are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub content_type: Option<MediaType>,
    pub status: Option<Status>,
}

impl Uploads {
    /// Up to `limit` uploads of `owner` that come after `after`, and where the next page goes on.
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
        let mut start = after.map(|id| Key::upload(owner, kind, id).item());
        let mut uploads: Vec<Upload> = Vec::new();
        for _ in 0..MAX_INDEX_PAGES {
            // One more than wanted tells whether there is a next page.
            let more = limit + 1 - uploads.len();
            let (items, end) = self.index_page(owner, kind, filter, more, start).await?;
            for item in items {
                uploads.push(read(item)?);
            }
            if uploads.len() > limit {
                uploads.truncate(limit);
                let last = uploads.last().map(|upload| upload.id);
                return Ok((uploads, last));
            }
            if end.is_none() {
                return Ok((uploads, None));
            }
            start = end;
        }
        let last = start.as_ref().and_then(|key| id_of(key, kind));
        Ok((uploads, last))
    }

    async fn index_page(
        &self,
        owner: UserId,
        kind: Kind,
        filter: &Filter,
        limit: usize,
        start: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let mut conditions = String::from("#status <> :deleting");
        let mut query = self.table.client.query().table_name(&self.table.name);
        if let Some(status) = filter.status {
            conditions.push_str(" AND #status = :status");
            query = query.expression_attribute_values(":status", text(status.as_str()));
        }
        if let Some(content_type) = &filter.content_type {
            conditions.push_str(" AND #content_type = :content_type");
            query = query.expression_attribute_values(":content_type", text(content_type.as_str()));
        }
        let answer = query
            .key_condition_expression("pk = :owner AND begins_with(sk, :kind)")
            .expression_attribute_values(":owner", text(&owned_by(owner)))
            .expression_attribute_values(":kind", text(sort_prefix(kind)))
            .expression_attribute_values(":deleting", text(Status::Deleting.as_str()))
            .set_expression_attribute_names(names_in(&[&conditions]))
            .filter_expression(conditions)
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

fn id_of(key: &Item, kind: Kind) -> Option<FileId> {
    key.get("sk")?.as_s().ok()?.strip_prefix(sort_prefix(kind))?.parse().ok()
}
