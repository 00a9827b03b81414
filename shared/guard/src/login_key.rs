//! Finds the key of an account's login record.

use serde::Deserialize;

use satchel_model::{UserId, Username};
use satchel_table::keys::Key;
use satchel_table::{StoreError, Table};

/// The key of the login record of account `user`, whose name is `name`.
///
/// An account keeps its key for good. If names like this one had another key in earlier releases, the former
/// key is looked up first; for all other names, this costs no call.
///
/// # Errors
/// If the table does not answer.
pub async fn login_key(table: &Table, name: &str, user: UserId) -> Result<Key, StoreError> {
    #[derive(Deserialize)]
    struct Claim {
        user_id: UserId,
    }
    if let Some(former) = Username::parse(name).ok().and_then(|name| name.former_key()) {
        let key = Key::login(&former);
        let claim: Option<Claim> = table.get(&key).await?;
        if claim.is_some_and(|claim| claim.user_id == user) {
            return Ok(key);
        }
    }
    Ok(Key::login(&Username::key_of(name)))
}
