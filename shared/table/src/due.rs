//! The sparse index `due`: records that need attention at a certain time, spread over sixteen partitions to
//! avoid a hot one.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

/// The name of the index. Its partition key is `due`, a hexadecimal digit, and its sort key is `due_at`; it
/// projects only the records' keys.
pub const INDEX: &str = "due";

/// The partitions of the index.
pub const SHARDS: [&str; 16] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];

/// The attributes that put the record with this id into the index, for processing at the time `at`.
///
/// The partition is the last digit of the id, which is random.
#[must_use]
pub fn attributes(id: &str, at: Timestamp) -> [(String, AttributeValue); 2] {
    let shard = id[id.len() - 1..].to_owned();
    [("due".to_owned(), AttributeValue::S(shard)), ("due_at".to_owned(), AttributeValue::S(sortable(at)))]
}

/// Formats a time with exactly three digits of milliseconds, so that the texts sort by time.
#[must_use]
pub fn sortable(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_sort_by_time() {
        let times = ["2026-11-21T13:56:02Z", "2026-11-21T13:56:02.5Z", "2026-11-21T13:56:02.51Z"];
        let texts = times.map(|time| sortable(time.parse().unwrap()));
        assert!(texts.is_sorted());
        assert_eq!(texts[0], "2026-11-21T13:56:02.000Z");
    }
}
