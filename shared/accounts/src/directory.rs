//! Finds accounts by name and address.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use satchel_guard::Logins;
use satchel_model::{Email, User, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key, WAITS};
use satchel_table::write::Write;
use satchel_table::{StoreError, Table, item, read};

use crate::Users;

/// The most waiting accounts that are returned for an address. One mail has links for all of them.
const MAX_WAITING: usize = 5;
/// The most waiting accounts that are read for an address, oldest first.
const LOOKED_AT: i32 = 1000;

/// An account that has verified an address, or that waits for its verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub user_id: UserId,
    pub username: String,
}

/// Finds accounts.
#[derive(Clone)]
pub struct Directory {
    table: Table,
    users: Users,
    logins: Logins,
}

impl Wired for Directory {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { users: wiring.get()?, logins: wiring.get()?, table: wiring.get()? })
    }
}

impl Directory {
    /// Finds the account that has verified an address.
    ///
    /// # Errors
    /// If the table does not answer.
    async fn owner(&self, email: &Email) -> Result<Option<Holder>, StoreError> {
        let keys: Vec<_> = email.keys().map(|key| Key::email(&key)).collect();
        owner_among(email, &mut self.table.get_many(&keys).await?)
    }

    /// Finds a few accounts that wait for the verification of an address: first those that do not expire,
    /// then the newest.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn waiting(&self, email: &Email, now: Timestamp) -> Result<Vec<Holder>, StoreError> {
        let mut waiting = Vec::new();
        for key in email.keys() {
            waiting.extend(self.waiting_at(&key, now).await?);
        }
        Ok(waiting)
    }

    async fn waiting_at(&self, key: &str, now: Timestamp) -> Result<Vec<Holder>, StoreError> {
        #[derive(Deserialize)]
        struct Waiting {
            #[serde(flatten)]
            holder: Holder,
            ttl: Option<i64>,
        }
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let query = self.table.client.query().table_name(&self.table.name);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :waits)");
        let query = query.expression_attribute_values(":pk", text(&Key::email(key).partition));
        let query = query.expression_attribute_values(":waits", text(WAITS)).consistent_read(true);
        let answer = query.limit(LOOKED_AT).send().await?;
        let mut waiting: Vec<Waiting> =
            answer.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>()?;
        waiting.retain(|one| one.ttl.is_none_or(|end| end > now.as_second()));
        // Anybody can sign up with any address. So accounts that do not expire come first, then the newest.
        waiting.reverse();
        waiting.sort_by_key(|one| one.ttl.is_some());
        waiting.truncate(MAX_WAITING);
        Ok(waiting.into_iter().map(|one| one.holder).collect())
    }

    /// Finds the account with this name, in any spelling of the name.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn by_name(&self, name: &str, now: Timestamp) -> Result<Option<User>, StoreError> {
        match self.logins.find(name, now).await? {
            Some(login) => self.users.get(login.user_id).await,
            None => Ok(None),
        }
    }

    /// Finds the account that has verified this address, followed by those that wait for its verification.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn by_address(&self, email: &Email, now: Timestamp) -> Result<Vec<User>, StoreError> {
        let (owner, waiting) = tokio::try_join!(self.owner(email), self.waiting(email, now))?;
        // The owner may also wait for another spelling of the same address.
        let others = waiting.into_iter().filter(|holder| owner.as_ref() != Some(holder));
        let holders: Vec<_> = owner.iter().cloned().chain(others).collect();
        let mut users = Vec::new();
        for holder in holders {
            users.extend(self.users.get(holder.user_id).await?);
        }
        Ok(users)
    }
}

/// The account that has verified `email`, according to the records in `found`, from which it is removed.
///
/// A claim under the key from before domains were converted to Punycode applies only if there is none under
/// the current key.
pub(crate) fn owner_among(email: &Email, found: &mut Vec<Item>) -> Result<Option<Holder>, StoreError> {
    let claim = email.keys().find_map(|key| taken(found, &Key::email(&key)));
    Ok(claim.map(read).transpose()?)
}

/// Removes the record with this key from `found` and returns it.
pub(crate) fn taken(found: &mut Vec<Item>, key: &Key) -> Option<Item> {
    let place = found.iter().position(|item| Key::of(item).as_ref() == Some(key))?;
    Some(found.swap_remove(place))
}

/// For a transaction: records that the account waits for the verification of `address`. The record expires at
/// `ttl` (epoch seconds), with the account.
pub(crate) fn waits(address: &str, holder: &Holder, ttl: Option<i64>) -> Result<Write, StoreError> {
    Ok(Write::put(item(&Key::waits(address, holder.user_id), holder, ttl)?))
}
