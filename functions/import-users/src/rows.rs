//! Reads users from an event, in any of its formats.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::{Record, user_model};
use crate::report::{Malformed, Skipped, Who};

/// The imported fields of a Django user. `is_staff` is not imported; `grant-staff` appoints staff.
#[derive(Default)]
pub struct Row {
    pub pk: Value,
    /// The address, if the user has no username.
    pub username: Option<String>,
    pub email: Option<String>,
    pub password: Option<String>,
    pub date_joined: Option<String>,
    pub is_active: Option<bool>,
}

/// A parsed dump, before its users are judged.
pub struct Dump {
    pub rows: Vec<Result<Row, Skipped>>,
    /// Whether the replaced service had verified its users' addresses.
    pub emails_verified: bool,
}

/// What the user model, or the CSV, calls the fields.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fields {
    username: String,
    email: String,
    password: String,
    date_joined: String,
    is_active: String,
}

impl Default for Fields {
    /// The names in Django's own model.
    fn default() -> Self {
        let [username, email, password, date_joined, is_active] =
            ["username", "email", "password", "date_joined", "is_active"].map(ToOwned::to_owned);
        Self { username, email, password, date_joined, is_active }
    }
}

impl Dump {
    /// Reads an array from `dumpdata`, `{"dumpdata": [...]}`, or `{"csv": "..."}`.
    ///
    /// # Errors
    /// If the event has none of these formats.
    pub fn read(event: Value) -> Result<Self, Malformed> {
        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Event {
            dumpdata: Option<Vec<Value>>,
            csv: Option<String>,
            model: Option<String>,
            fields: Fields,
            emails_verified: bool,
        }
        let event = match event {
            Value::Array(records) => Event { dumpdata: Some(records), ..Event::default() },
            Value::Object(_) => serde_json::from_value(event)?,
            _ => return Err(Malformed::Event),
        };
        let rows = match (event.dumpdata, event.csv, event.model) {
            (Some(records), None, model) => of_dumpdata(records, model.as_deref(), &event.fields)?,
            (None, Some(text), None) => of_csv(&text, &event.fields)?,
            _ => return Err(Malformed::Event),
        };
        Ok(Self { rows, emails_verified: event.emails_verified })
    }
}

/// The users among the records. All other records are ignored.
fn of_dumpdata(
    records: Vec<Value>,
    model: Option<&str>,
    names: &Fields,
) -> Result<Vec<Result<Row, Skipped>>, Malformed> {
    let records: Vec<Record> = records
        .into_iter()
        .enumerate()
        .map(|(place, record)| serde_json::from_value(record).map_err(|_| Malformed::Record(place + 1)))
        .collect::<Result<_, _>>()?;
    let Some(model) = user_model(&records, model, [&names.username, &names.email, &names.password])? else {
        return Ok(Vec::new());
    };
    Ok(records.into_iter().filter(|record| record.is_of(&model)).map(|record| row(record, names)).collect())
}

fn row(Record { pk, fields, .. }: Record, names: &Fields) -> Result<Row, Skipped> {
    let read = || {
        Some(Row {
            pk: pk.clone(),
            username: text(&fields, &names.username)?,
            email: text(&fields, &names.email)?,
            password: text(&fields, &names.password)?,
            date_joined: text(&fields, &names.date_joined)?,
            is_active: match fields.get(&names.is_active) {
                None | Some(Value::Null) => None,
                Some(value) => Some(value.as_bool()?),
            },
        })
    };
    let text = |name| text(&fields, name).flatten();
    read().map(named).ok_or_else(|| Skipped {
        user: Who {
            pk: pk.clone(),
            username: text(&names.username).unwrap_or_default(),
            email: text(&names.email),
        },
        reason: "a field has a value of another type than Django writes".to_owned(),
    })
}

/// A string, or a number as a string. `None` for a value of another type.
#[expect(
    clippy::option_option,
    reason = "a wrong type, an absent text and a text are three different results"
)]
fn text(fields: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match fields.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(Value::Number(number)) => Some(Some(number.to_string())),
        Some(_) => None,
    }
}

/// Uses the address as the username, for models whose users sign in by address.
fn named(row: Row) -> Row {
    let username = row.username.filter(|name| !name.is_empty()).or_else(|| row.email.clone());
    Row { username, ..row }
}

fn of_csv(text: &str, names: &Fields) -> Result<Vec<Result<Row, Skipped>>, Malformed> {
    // Spreadsheets write a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let columns = reader.headers()?.clone();
    let column = |wanted: &str| columns.iter().position(|name| name.eq_ignore_ascii_case(wanted));
    let (username, email) = (column(&names.username), column(&names.email));
    if username.or(email).is_none() {
        return Err(Malformed::Column(names.username.clone()));
    }
    let password = column(&names.password).ok_or_else(|| Malformed::Column(names.password.clone()))?;
    let (date_joined, is_active) = (column(&names.date_joined), column(&names.is_active));
    let key = column("id").or_else(|| column("pk"));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let field = |place: Option<usize>| {
            place.and_then(|place| record.get(place)).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
        };
        let row = named(Row {
            pk: field(key).map_or(Value::Null, Value::String),
            username: field(username),
            email: field(email),
            password: field(Some(password)),
            date_joined: field(date_joined),
            is_active: None,
        });
        rows.push(match field(is_active).map(|text| flag(&text)) {
            Some(None) => Err(Skipped {
                user: Who { pk: row.pk, username: row.username.unwrap_or_default(), email: row.email },
                reason: "its `is_active` is neither true nor false".to_owned(),
            }),
            is_active => Ok(Row { is_active: is_active.flatten(), ..row }),
        });
    }
    Ok(rows)
}

/// Parses a boolean as databases and Python write it.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "1" => Some(true),
        "f" | "false" | "0" => Some(false),
        _ => None,
    }
}
