//! Finding accounts by their names and addresses.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use satchel_core::config::Config;
use satchel_core::model::{Email, User, UserId};
use serde::{Deserialize, Serialize};

use crate::keys::{Key, WAITS};
use crate::table::{item, read};
use crate::write::Write;
use crate::{Addresses, StoreError, Table, Users};

/// One mail has links for this many accounts at most, and staff finds as many by an address.
const MAX_WAITING: i32 = 5;

/// An account that an address belongs to, or that waits for it to be verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub user_id: UserId,
    pub username: String,
}

/// What the table knows of an address.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The account that verified it.
    pub owner: Option<Holder>,
    /// Mail to it came back, or was complained of.
    pub undeliverable: bool,
    /// The mark that says so is one that names the address, and is to be replaced.
    pub marked_plainly: bool,
}

/// Finds accounts.
#[derive(Clone)]
pub struct Directory {
    table: Table,
    users: Users,
    addresses: Addresses,
}

impl Directory {
    #[must_use]
    pub fn new(table: Table, config: &Config) -> Self {
        let addresses = Addresses::new(table.clone(), config);
        Self { users: Users::new(table.clone()), addresses, table }
    }

    /// Whom an address belongs to, and whether mail reaches it.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn address(&self, email: &Email, now: Timestamp) -> Result<Address, StoreError> {
        let mark = self.addresses.mark_key(&email.key());
        let wanted = email.keys().flat_map(|key| [Key::email(&key), Key::plain_undeliverable(&key)]);
        let wanted: Vec<_> = wanted.chain([mark.clone()]).collect();
        let mut found = self.table.get_many(&wanted).await?;
        let mut taken = |key: Key| {
            let place = found.iter().position(|item| Key::of(item).as_ref() == Some(&key))?;
            Some(found.swap_remove(place))
        };
        // A claim from before domains became Punycode counts unless there is a later one.
        let owner = email.keys().find_map(|key| taken(Key::email(&key)));
        let marked_plainly = email.keys().any(|key| taken(Key::plain_undeliverable(&key)).is_some());
        let is_marked = taken(mark).is_some_and(|mark| Addresses::is_in_force(&mark, now));
        Ok(Address { owner: owner.map(read).transpose()?, undeliverable: marked_plainly || is_marked, marked_plainly })
    }

    /// Accounts that gave an address and did not verify it yet, newest first: the latest few.
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
        let answer = query.scan_index_forward(false).limit(MAX_WAITING).send().await?;
        let waiting: Result<Vec<Waiting>, _> =
            answer.items.unwrap_or_default().into_iter().map(read).collect();
        let alive = waiting?.into_iter().filter(|one| one.ttl.is_none_or(|end| end > now.as_second()));
        Ok(alive.map(|one| one.holder).collect())
    }

    /// The account of this name, whichever way it is written.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn by_name(&self, name: &str, now: Timestamp) -> Result<Option<User>, StoreError> {
        match self.users.login(name, now).await? {
            Some(login) => self.users.get(login.user_id).await,
            None => Ok(None),
        }
    }

    /// The account that has this address, then those that wait for it.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn by_address(&self, email: &Email, now: Timestamp) -> Result<Vec<User>, StoreError> {
        let (address, waiting) = tokio::try_join!(self.address(email, now), self.waiting(email, now))?;
        // The owner may wait for the same address, written in another way.
        let others = waiting.into_iter().filter(|holder| address.owner.as_ref() != Some(holder));
        let holders: Vec<_> = address.owner.iter().cloned().chain(others).collect();
        let mut users = Vec::new();
        for holder in holders {
            users.extend(self.users.get(holder.user_id).await?);
        }
        Ok(users)
    }
}

/// For a transaction: the account waits for its address, until `ttl` (epoch seconds) if it is given up then.
pub(crate) fn waits(address: &str, holder: &Holder, ttl: Option<i64>) -> Result<Write, StoreError> {
    Ok(Write::put(item(&Key::waits(address, holder.user_id), holder, ttl)?))
}
