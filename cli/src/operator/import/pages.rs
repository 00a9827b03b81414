//! A dump of users, and the events that it is split into.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use serde_json::{Value, json};

use crate::failure::Failure;

/// The most bytes of one event: Lambda takes 6 MiB.
const MAX_EVENT: usize = 5_500_000;

/// The users of a file.
#[derive(Debug)]
pub enum Dump {
    /// Of `manage.py dumpdata`.
    Records(Vec<Value>),
    /// Rows with a header.
    Rows { header: StringRecord, rows: Vec<StringRecord> },
}

/// How the users are to be read.
#[derive(Debug, Default)]
pub struct Shape {
    pub verified: bool,
    pub model: Option<String>,
    pub fields: BTreeMap<String, String>,
}

impl Dump {
    /// Reads a dump.
    ///
    /// # Errors
    /// If the file is neither a list in JSON nor a CSV.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())))?;
        Self::parse(&text).map_err(|message| {
            Failure::usage(format!("{}: {message}", file.display()))
                .advice("docs/moving.md shows how to make a dump")
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with(['[', '{']) {
            return serde_json::from_str(text)
                .map(Self::Records)
                .map_err(|error| format!("not a list in JSON: {error}"));
        }
        let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| error.to_string())?.clone();
        let rows = reader.records().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        Ok(Self::Rows { header, rows })
    }

    /// How many records or rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Records(records) => records.len(),
            Self::Rows { rows, .. } => rows.len(),
        }
    }

    /// The events for `import-users`, with at most `page` users each, and none larger than Lambda takes.
    ///
    /// # Errors
    /// If a single user is larger than that.
    pub fn pages(&self, shape: &Shape, page: usize) -> Result<Vec<Value>, Failure> {
        let sizes: Vec<usize> = match self {
            Self::Records(records) => records.iter().map(|record| record.to_string().len() + 1).collect(),
            // Each quote and line break of a CSV takes one more byte in JSON.
            Self::Rows { rows, .. } => {
                rows.iter().map(|row| row.iter().map(|field| 2 * field.len() + 6).sum::<usize>()).collect()
            }
        };
        if let Some(place) = sizes.iter().position(|size| *size > MAX_EVENT) {
            return Err(Failure::usage(format!(
                "user {} of the file is larger than an event may be",
                place + 1
            )));
        }
        Ok(ranges(&sizes, page).into_iter().map(|range| shape.event(self.slice(range))).collect())
    }

    fn slice(&self, range: std::ops::Range<usize>) -> (&'static str, Value) {
        match self {
            Self::Records(records) => ("dumpdata", json!(records[range])),
            Self::Rows { header, rows } => {
                let mut writer = WriterBuilder::new().from_writer(Vec::new());
                // Writing to memory cannot fail.
                for row in std::iter::once(header).chain(&rows[range]) {
                    _ = writer.write_record(row);
                }
                let bytes = writer.into_inner().unwrap_or_default();
                ("csv", String::from_utf8_lossy(&bytes).into())
            }
        }
    }

    /// A number that changes with the target, the content, the options and the size of pages (FNV-1a).
    pub fn fingerprint(&self, target: &str, shape: &Shape, page: usize) -> u64 {
        let content = format!("{target} {page} {shape:?} {self:?}");
        content
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

impl Shape {
    fn event(&self, (kind, users): (&str, Value)) -> Value {
        let mut event = json!({"emails_verified": self.verified});
        event[kind] = users;
        if let Some(model) = &self.model {
            event["model"] = json!(model);
        }
        if !self.fields.is_empty() {
            event["fields"] = json!(self.fields);
        }
        event
    }
}

/// Consecutive ranges with at most `most` items and [`MAX_EVENT`] bytes each.
fn ranges(sizes: &[usize], most: usize) -> Vec<std::ops::Range<usize>> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (place, size) in sizes.iter().enumerate() {
        bytes += size;
        match ranges.last_mut() {
            Some(range) if range.len() < most && bytes <= MAX_EVENT => range.end = place + 1,
            _ => {
                ranges.push(place..place + 1);
                bytes = *size;
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "username,password\nada,\"pbkdf2$1,x\"\ngrace,\"two\nlines\"\nhedy,x\n";

    #[test]
    fn every_page_of_a_csv_has_the_header() {
        let dump = Dump::parse(CSV).unwrap();
        let pages = dump.pages(&Shape { verified: true, ..Shape::default() }, 2).unwrap();
        assert_eq!(pages.len(), 2);
        assert_eq!(pages[0]["csv"], "username,password\nada,\"pbkdf2$1,x\"\ngrace,\"two\nlines\"\n");
        assert_eq!(pages[1], json!({"emails_verified": true, "csv": "username,password\nhedy,x\n"}));
    }

    #[test]
    fn records_are_split_and_carry_model_and_fields() {
        let dump = Dump::parse(r#"[{"pk":1},{"pk":2},{"pk":3}]"#).unwrap();
        let shape = Shape {
            model: Some("shop.customer".to_owned()),
            fields: [("username".to_owned(), "phone".to_owned())].into(),
            ..Shape::default()
        };
        let pages = dump.pages(&shape, 2).unwrap();
        let page = json!({
            "emails_verified": false, "dumpdata": [{"pk": 3}], "model": "shop.customer", "fields": {"username": "phone"}
        });
        assert_eq!((pages.len(), &pages[1]), (2, &page));
    }

    #[test]
    fn no_event_is_larger_than_lambda_takes() {
        assert_eq!(ranges(&[2_000_000; 5], 5000), [0..2, 2..4, 4..5]);
        assert_eq!(ranges(&[], 5000), []);
    }

    #[test]
    fn another_target_file_or_other_options_have_another_fingerprint() {
        let (dump, shape) = (Dump::parse(CSV).unwrap(), Shape::default());
        let verified = Shape { verified: true, ..Shape::default() };
        let fingerprint = dump.fingerprint("dev", &shape, 2);
        assert_eq!(fingerprint, Dump::parse(CSV).unwrap().fingerprint("dev", &Shape::default(), 2));
        assert_ne!(fingerprint, dump.fingerprint("prod", &shape, 2));
        assert_ne!(fingerprint, dump.fingerprint("dev", &verified, 2));
        assert_ne!(fingerprint, dump.fingerprint("dev", &shape, 3));
        assert_ne!(fingerprint, Dump::parse("username,password\n").unwrap().fingerprint("dev", &shape, 2));
    }

    #[test]
    fn an_object_is_no_dump() {
        assert!(Dump::parse("{\"users\": []}").unwrap_err().contains("not a list"));
    }
}
