//! Accounts of older releases, which are not in the index of accounts.

use satchel_guard::login_key;
use satchel_model::UserId;
use satchel_table::keys::{Item, Key, NAME};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, roster};

use super::Audit;

/// An account that a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    pub id: UserId,
    /// Its name, if the account is not in the index of accounts.
    unlisted: Option<String>,
}

impl Scanned {
    pub(super) fn of(record: &Item) -> Option<Self> {
        let id = Key::of(record)?.account()?;
        let name = record.get("username").and_then(|name| name.as_s().ok().cloned());
        Some(Self { id, unlisted: name.filter(|_| !record.contains_key(roster::LIST)) })
    }
}

impl Audit {
    /// Adds an account of an older release and its login record to the index of accounts; returns whether it did.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn list_account(&self, account: &Scanned) -> Result<bool, StoreError> {
        let Some(name) = &account.unlisted else { return Ok(false) };
        let login = login_key(&self.table, name, account.id).await?;
        let place = login.partition.strip_prefix(NAME).unwrap_or_default().to_owned();
        let add = |key: Key, attributes: [(String, _); 2]| {
            let [(list, in_list), (sort, at_place)] = attributes;
            let write = Write::update(key, &format!("SET #{list} = :list, #{sort} = :place"));
            write.value(":list", in_list).value(":place", at_place)
        };
        let writes = vec![
            add(Key::user(account.id), roster::account(account.id)).when("attribute_exists(pk)"),
            add(login, roster::login(&place)).when("#user_id = :user").text(":user", account.id),
        ];
        match self.table.transact(writes).await {
            Ok(outcome) => Ok(matches!(outcome, Outcome::Done)),
            // The account is in use; the next audit finds it again.
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
