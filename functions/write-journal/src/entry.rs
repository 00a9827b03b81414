//! Which records of the stream are entries of the journal.

use aws_lambda_events::dynamodb::EventRecord;
use satchel_model::Kind;
use satchel_model::journal::Entry;
use serde::Deserialize;
use serde_dynamo::AttributeValue;

/// The principal of the removals of expired records.
const EXPIRY: &str = "dynamodb.amazonaws.com";

#[derive(Deserialize)]
struct Keys {
    pk: String,
    sk: String,
}

/// The entry of a change; `None` if a restore may undo it.
pub(crate) fn entry_of(record: &EventRecord) -> Option<Entry> {
    let Keys { pk, sk } = serde_dynamo::from_item(record.change.keys.clone()).ok()?;
    let (partition, id) = pk.split_once('#')?;
    let image = &record.change.new_image;
    let flag = |name: &str| matches!(image.get(name), Some(AttributeValue::Bool(true)));
    match (record.event_name.as_str(), partition) {
        ("INSERT", "ERASE") => Some(Entry::Erased { user: id.parse().ok()? }),
        ("MODIFY", "OWNER") if is_text(image.get("status"), "deleting") => {
            let (kind, file) = sk.split_once('#')?;
            let kind = match kind {
                "FILE" => Kind::File,
                "IMAGE" => Kind::Image,
                _ => return None,
            };
            Some(Entry::Deleted { owner: id.parse().ok()?, kind, id: file.parse().ok()? })
        }
        ("MODIFY", "USER") if sk == "USER" && flag("journalled") && !flag("erasing") => {
            let [is_active, is_staff] = ["is_active", "is_staff"].map(flag);
            Some(Entry::Standing { user: id.parse().ok()?, is_active, is_staff })
        }
        ("REMOVE", "SHARES") if !is_expiry(record) => {
            let (file, link) = sk.strip_prefix("SHARE#")?.split_once('#')?;
            Some(Entry::Revoked {
                owner: id.parse().ok()?,
                file: file.parse().ok()?,
                link: link.parse().ok()?,
            })
        }
        ("REMOVE", "RESOURCES") if !is_expiry(record) => {
            let resource = sk.strip_prefix("RESOURCE#")?;
            Some(Entry::ResourceDeleted { owner: id.parse().ok()?, id: resource.parse().ok()? })
        }
        _ => None,
    }
}

/// Whether DynamoDB removed the record because its time to live has passed.
fn is_expiry(record: &EventRecord) -> bool {
    record.user_identity.as_ref().is_some_and(|identity| identity.principal_id == EXPIRY)
}

fn is_text(value: Option<&AttributeValue>, text: &str) -> bool {
    matches!(value, Some(AttributeValue::S(found)) if found == text)
}
