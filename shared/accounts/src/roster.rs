//! Lists all accounts, newest first or in order of name.
//!
//! The index only lists candidates and may lag behind. The accounts themselves are read with strong consistency.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;

use satchel_model::{Login, NamePrefix, User, UserId, Username};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key};
use satchel_table::roster::{self, BY_AGE, BY_NAME, INDEX};
use satchel_table::write::names_in;
use satchel_table::{StoreError, Table, item, read};

/// The longest key of a name, in bytes. Longer cursors are invalid.
const MAX_KEY_BYTES: usize = 1000;

/// A position in the list of accounts in order of name: the key of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKey(String);

impl FromStr for NameKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if (1..=MAX_KEY_BYTES).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

impl std::fmt::Display for NameKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Lists accounts.
#[derive(Clone)]
pub struct Roster {
    table: Table,
}

/// A record in the index.
struct Place {
    place: String,
    user: UserId,
}

/// A part of the index.
struct Range<'a> {
    list: &'static str,
    /// The condition for `#roster_place`, with its values.
    condition: &'static str,
    values: [Option<(&'static str, &'a str)>; 2],
    forward: bool,
}

impl Wired for Roster {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Roster {
    /// Lists up to `limit` accounts that are older than `after`, newest first, and returns the id after which the
    /// next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn newest(
        &self,
        limit: usize,
        after: Option<UserId>,
        now: Timestamp,
    ) -> Result<(Vec<User>, Option<UserId>), StoreError> {
        // On the first page, `~` sorts after every id.
        let before = after.map_or_else(|| "~".to_owned(), |id| id.to_string());
        let values = [Some((":before", before.as_str())), None];
        let range = Range { list: BY_AGE, condition: "#roster_place < :before", values, forward: false };
        let (places, last) = self.page(limit, &range).await?;
        Ok((self.accounts(&places, now).await?, last.and_then(|last| last.parse().ok())))
    }

    /// Lists up to `limit` accounts whose names begin with `prefix` and follow `after`, in order of name, and returns
    /// the position after which the next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn named(
        &self,
        prefix: &NamePrefix,
        limit: usize,
        after: Option<&NameKey>,
        now: Timestamp,
    ) -> Result<(Vec<User>, Option<NameKey>), StoreError> {
        let Some((first, end)) = prefix.keys_after(after.map(|NameKey(key)| key.as_str())) else {
            return Ok((Vec::new(), None));
        };
        let values = [Some((":first", first.as_str())), Some((":end", end))];
        let condition = "#roster_place BETWEEN :first AND :end";
        let (places, last) =
            self.page(limit, &Range { list: BY_NAME, condition, values, forward: true }).await?;
        Ok((self.accounts(&places, now).await?, last.map(NameKey)))
    }

    /// Reads up to `limit` records of the index, and returns the place after which the next page begins.
    async fn page(
        &self,
        limit: usize,
        range: &Range<'_>,
    ) -> Result<(Vec<Place>, Option<String>), StoreError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let condition = format!("#roster = :list AND {}", range.condition);
        let mut query = self.table.client.query().table_name(&self.table.name).index_name(INDEX);
        for (name, value) in range.values.into_iter().flatten() {
            query = query.expression_attribute_values(name, text(value));
        }
        let query = query
            .set_expression_attribute_names(names_in(&[&condition]))
            .key_condition_expression(condition)
            .expression_attribute_values(":list", text(range.list))
            .scan_index_forward(range.forward)
            // One additional record shows whether there is a next page. All of them fit into one response.
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let items = query.send().await?.items.unwrap_or_default();
        let mut places: Vec<_> = items.iter().filter_map(Place::of).collect();
        let is_full = places.len() > limit;
        places.truncate(limit);
        let last = places.last().filter(|_| is_full).map(|last| last.place.clone());
        Ok((places, last))
    }

    /// Reads the accounts at `places`, in their order, without those that are gone or have expired.
    async fn accounts(&self, places: &[Place], now: Timestamp) -> Result<Vec<User>, StoreError> {
        #[derive(Deserialize)]
        struct Found {
            #[serde(flatten)]
            user: User,
            ttl: Option<i64>,
        }
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = places.iter().map(|place| Key::user(place.user)).collect();
        let mut users = HashMap::new();
        for item in self.table.get_many(&keys).await? {
            let Found { user, ttl } = read(item)?;
            if ttl.is_none_or(|end| end > now.as_second()) {
                users.insert(user.id.to_string(), user);
            }
        }
        Ok(places.iter().filter_map(|place| users.remove(&place.user.to_string())).collect())
    }
}

impl Place {
    fn of(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok();
        let place = text("roster_place")?;
        // Only login records have a `user_id`.
        Some(Self { place: place.clone(), user: text("user_id").unwrap_or(place).parse().ok()? })
    }
}

/// The login record and the record of a new account, each with its place in the index. They expire at `ttl` (epoch
/// seconds).
pub(crate) fn listed(
    name: &Username,
    user: &User,
    login: &Login,
    ttl: Option<i64>,
) -> Result<[Item; 2], StoreError> {
    let key = name.key();
    let (mut login, mut account) =
        (item(&Key::login(&key), login, ttl)?, item(&Key::user(user.id), user, ttl)?);
    login.extend(roster::login(&key));
    account.extend(roster::account(user.id));
    Ok([login, account])
}
