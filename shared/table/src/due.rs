//! The sparse index `due`: the records that need attention later, in sixteen partitions, so that none is hot.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

/// Partition `due`, a hexadecimal digit; sort key `due_at`; with the keys of the records and nothing else.
pub const INDEX: &str = "due";

/// Partitions of the index.
pub const SHARDS: [&str; 16] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];

/// The index's attributes of a record with this id that is to be looked at then. The last digit of an id is random.
#[must_use]
pub fn attributes(id: &str, at: Timestamp) -> [(String, AttributeValue); 2] {
    let shard = id[id.len() - 1..].to_owned();
    [("due".to_owned(), AttributeValue::S(shard)), ("due_at".to_owned(), AttributeValue::S(sortable(at)))]
}

/// A time with exactly three digits of milliseconds, so that texts sort as times do.
#[must_use]
pub fn sortable(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_sort_as_times_do() {
        let times = ["2026-11-21T13:56:02Z", "2026-11-21T13:56:02.5Z", "2026-11-21T13:56:02.51Z"];
        let texts = times.map(|time| sortable(time.parse().unwrap()));
        assert!(texts.is_sorted());
        assert_eq!(texts[0], "2026-11-21T13:56:02.000Z");
    }
}
