//! From an event to the users that are in it, whichever way it carries them.

use serde::Deserialize;
use serde_json::Value;

use crate::report::{Malformed, Skipped};

/// What counts of a user of Django. Whether it is staff there does not: staff are made by `grant-staff`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Row {
    pub username: Option<String>,
    pub email: Option<String>,
    pub password: Option<String>,
    pub date_joined: Option<String>,
    pub is_active: Option<bool>,
}

/// A dump, read but not judged.
pub struct Dump {
    pub rows: Vec<Result<Row, Skipped>>,
    /// Whether the replaced service knew its addresses to be their users'.
    pub emails_verified: bool,
}

impl Dump {
    /// Reads `dumpdata`'s array as it is, `{"dumpdata": [...]}`, or `{"csv": "..."}`.
    ///
    /// # Errors
    /// If it is none of them.
    pub fn read(event: Value) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Event {
            dumpdata: Option<Vec<Value>>,
            csv: Option<String>,
            #[serde(default)]
            emails_verified: bool,
        }
        let event = match event {
            Value::Array(records) => Event { dumpdata: Some(records), csv: None, emails_verified: false },
            Value::Object(_) => serde_json::from_value(event)?,
            _ => return Err(Malformed::Event),
        };
        let rows = match (event.dumpdata, event.csv) {
            (Some(records), None) => of_dumpdata(records)?,
            (None, Some(text)) => of_csv(&text)?,
            _ => return Err(Malformed::Event),
        };
        Ok(Self { rows, emails_verified: event.emails_verified })
    }
}

/// The users among the records; what else a dump holds is passed over.
fn of_dumpdata(records: Vec<Value>) -> Result<Vec<Result<Row, Skipped>>, Malformed> {
    let mut rows = Vec::new();
    for (place, mut record) in records.into_iter().enumerate() {
        let fields = record.get_mut("fields").map(Value::take);
        let (Some(model), Some(fields @ Value::Object(_))) = (record["model"].as_str(), fields) else {
            return Err(Malformed::Record(place + 1));
        };
        if is_user(model, &fields) {
            let username = fields["username"].as_str().unwrap_or_default().to_owned();
            let reason = "a field has a value of another type than Django writes".to_owned();
            rows.push(serde_json::from_value(fields).map_err(|_| Skipped { username, reason }));
        }
    }
    Ok(rows)
}

/// Django's own users and those of a project's own model, whatever it is called.
fn is_user(model: &str, fields: &Value) -> bool {
    model.to_ascii_lowercase().ends_with(".user")
        || ["username", "password"].iter().all(|name| fields[name].is_string())
}

fn of_csv(text: &str) -> Result<Vec<Result<Row, Skipped>>, Malformed> {
    // Spreadsheets write a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let names = reader.headers()?.clone();
    let column = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
    let username = column("username").ok_or(Malformed::Column("username"))?;
    let password = column("password").ok_or(Malformed::Column("password"))?;
    let (email, date_joined, is_active) = (column("email"), column("date_joined"), column("is_active"));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let field = |place: Option<usize>| {
            place.and_then(|place| record.get(place)).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
        };
        let row = Row {
            username: field(Some(username)),
            email: field(email),
            password: field(Some(password)),
            date_joined: field(date_joined),
            is_active: None,
        };
        rows.push(match field(is_active).map(|text| flag(&text)) {
            Some(None) => Err(Skipped {
                username: row.username.unwrap_or_default(),
                reason: "its `is_active` is neither true nor false".to_owned(),
            }),
            is_active => Ok(Row { is_active: is_active.flatten(), ..row }),
        });
    }
    Ok(rows)
}

/// A truth value as databases and Python write it.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "1" => Some(true),
        "f" | "false" | "0" => Some(false),
        _ => None,
    }
}
