//! Where an account's login record is.

use satchel_core::model::{UserId, Username};
use serde::Deserialize;

use crate::keys::Key;
use crate::{StoreError, Table};

/// The key of the login record of account `user`, whose name is `name`. A name that had another key once is looked up
/// under that one first: an account keeps the key that it was made under. All other names cost no call.
///
/// # Errors
/// If the table does not answer.
pub(crate) async fn login_key(table: &Table, name: &str, user: UserId) -> Result<Key, StoreError> {
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
