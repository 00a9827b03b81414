//! Finds the user model of a dump.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::report::Malformed;

/// A record as `dumpdata` writes it.
#[derive(Deserialize)]
pub struct Record {
    /// `app.model`, in lower case.
    pub model: String,
    /// Absent from dumps with `--natural-primary`.
    #[serde(default)]
    pub pk: Value,
    pub fields: Map<String, Value>,
}

impl Record {
    pub fn is_of(&self, model: &str) -> bool {
        self.model.eq_ignore_ascii_case(model)
    }

    fn has_text(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(Value::is_string)
    }
}

/// The user model: the one that the operator names, or the only one that looks like a user model. `None` for a
/// dump without records. `username`, `email` and `password` are the names of these fields in the user model.
///
/// # Errors
/// If the dump has no such model, or several.
pub fn user_model(
    records: &[Record],
    named: Option<&str>,
    [username, email, password]: [&str; 3],
) -> Result<Option<String>, Malformed> {
    let labels = |is_meant: &dyn Fn(&Record) -> bool| -> BTreeSet<String> {
        records.iter().filter(|record| is_meant(record)).map(|record| record.model.to_lowercase()).collect()
    };
    let mut found = match named {
        Some(named) => labels(&|record| record.is_of(named)),
        // `AbstractBaseUser` has both. Other models with a password, such as accounts of a mail server, do not.
        None => labels(&|record| record.has_text(password) && record.fields.contains_key("last_login")),
    };
    if found.is_empty() && named.is_none() {
        found = labels(&|record| {
            let has_name = record.has_text(username) || record.has_text(email);
            record.model.to_ascii_lowercase().ends_with(".user") || (has_name && record.has_text(password))
        });
    }
    let list = |labels: BTreeSet<String>| labels.into_iter().collect::<Vec<_>>().join(", ");
    match found.len() {
        0 if records.is_empty() => Ok(None),
        0 => Err(Malformed::Model(format!("the dump has records of {}", list(labels(&|_| true))))),
        1 => Ok(found.pop_first()),
        _ => Err(Malformed::Model(format!("records of {} look like users", list(found)))),
    }
}
