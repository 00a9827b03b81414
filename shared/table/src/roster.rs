//! The sparse index `accounts`: all accounts, newest first, and all names in order.
//!
//! An account's record is in it by its id, and its login record by its name. The two attributes never change, so a
//! change of an account writes nothing to the index.

use aws_sdk_dynamodb::types::AttributeValue;

use satchel_model::UserId;

/// The name of the index. Its partition key is `roster`, and its sort key is `roster_place`; it also projects `user_id`.
pub const INDEX: &str = "accounts";

/// The attribute that only the records in the index have.
pub const LIST: &str = "roster";

/// The partition of accounts. `roster_place` is the id, which sorts by time.
pub const BY_AGE: &str = "AGE";

/// The partition of login records. `roster_place` is the key of the name.
pub const BY_NAME: &str = "NAME";

/// The attributes that put the record of an account into the index.
#[must_use]
pub fn account(id: UserId) -> [(String, AttributeValue); 2] {
    attributes(BY_AGE, &id.to_string())
}

/// The attributes that put the login record of a name into the index; `name` is the key of the name.
#[must_use]
pub fn login(name: &str) -> [(String, AttributeValue); 2] {
    attributes(BY_NAME, name)
}

fn attributes(list: &str, place: &str) -> [(String, AttributeValue); 2] {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    [(LIST.to_owned(), text(list)), ("roster_place".to_owned(), text(place))]
}
