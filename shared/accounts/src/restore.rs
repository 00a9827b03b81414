//! What is done again on a table that was restored to an earlier time: erasures, closures, and the end of all sessions.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;

use satchel_guard::login_key;
use satchel_model::{User, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{IS_KEPT, Key};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed};

use crate::Erasures;

/// The most attempts at a change, if the account changes between the read and the write.
const MAX_CHANGES: usize = 5;

/// Changes accounts as they were changed after the time to which the table was restored.
#[derive(Clone)]
pub struct RestoredAccounts {
    table: Table,
    erasures: Erasures,
}

/// An account as it is stored.
#[derive(Deserialize)]
struct Found {
    #[serde(flatten)]
    user: User,
    #[serde(default)]
    erasing: bool,
    /// The restore after which the account's sessions were ended.
    restored: Option<String>,
}

impl Wired for RestoredAccounts {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, erasures: wiring.get()? })
    }
}

impl RestoredAccounts {
    /// Closes an account and orders its erasure; returns `false` if the account is gone or being erased already.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn erase(&self, id: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let Some(Found { user, erasing: false, .. }) = self.get(id).await? else { return Ok(false) };
        let account = "SET #is_active = :false, #erasing = :true ADD #auth_epoch :one";
        let account = Write::update(Key::user(id), account)
            .when(IS_KEPT)
            .flag(":false", false)
            .flag(":true", true)
            .number(":one", 1);
        let login = self.login(&user, "SET #is_active = :false ADD #auth_epoch :one").await?;
        let login = login.flag(":false", false).number(":one", 1);
        self.write(vec![account, self.erasures.new_order(id, now)?], login).await
    }

    /// Closes an account, or ends its rights as staff. Never the reverse: an entry may also repeat what the restored table
    /// says of an account that was closed since. Returns `false` if nothing changes.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn stand(&self, id: UserId, is_active: bool, is_staff: bool) -> Result<bool, StoreError> {
        for _ in 0..MAX_CHANGES {
            let Some(Found { user, erasing: false, .. }) = self.get(id).await? else { return Ok(false) };
            let (is_active, is_staff) = (user.is_active && is_active, user.is_staff && is_staff);
            if (user.is_active, user.is_staff) == (is_active, is_staff) {
                return Ok(false);
            }
            let closes = u64::from(user.is_active && !is_active);
            let set = "SET #is_active = :active, #is_staff = :staff, #journalled = :true \
                       ADD #auth_epoch :closes, #credential_epoch :closes";
            let account = Write::update(Key::user(id), set)
                .when("#auth_epoch = :epoch AND #is_active = :was AND attribute_not_exists(#erasing)")
                .flag(":active", is_active)
                .flag(":was", user.is_active)
                .flag(":staff", is_staff)
                .flag(":true", true)
                .number(":closes", closes)
                .number(":epoch", user.auth_epoch);
            let login = self.login(&user, "SET #is_active = :active ADD #auth_epoch :closes").await?;
            let login = login.flag(":active", is_active).number(":closes", closes);
            if self.write(vec![account], login).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Conflict)
    }

    /// Ends all sessions of an account and makes its reset links invalid, once for each restore. Returns `false` if this
    /// was done before, or the account is gone or being erased.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn sign_out(&self, id: UserId, restore: &str) -> Result<bool, StoreError> {
        for _ in 0..MAX_CHANGES {
            let Some(Found { user, erasing: false, restored }) = self.get(id).await? else {
                return Ok(false);
            };
            if restored.as_deref() == Some(restore) {
                return Ok(false);
            }
            let set = "SET #restored = :restore ADD #auth_epoch :one, #credential_epoch :one";
            let account = Write::update(Key::user(id), set)
                .when("#auth_epoch = :epoch")
                .text(":restore", restore)
                .number(":one", 1)
                .number(":epoch", user.auth_epoch);
            let login = self.login(&user, "ADD #auth_epoch :one").await?.number(":one", 1);
            if self.write(vec![account], login).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Conflict)
    }

    /// Reads a page of all accounts in the order of a scan, and the key after which the next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn page(&self, from: Option<&Key>) -> Result<(Vec<UserId>, Option<Key>), StoreError> {
        let scan = self.table.client.scan().table_name(&self.table.name).consistent_read(true);
        let scan = scan.filter_expression("sk = :user").projection_expression("pk, sk");
        let scan = scan.expression_attribute_values(":user", AttributeValue::S("USER".to_owned()));
        let page = scan.set_exclusive_start_key(from.map(Key::item)).send().await?;
        let keys = page.items.unwrap_or_default();
        let ids = keys
            .iter()
            .filter_map(Key::of)
            .filter_map(|key| key.partition.strip_prefix("USER#")?.parse().ok());
        Ok((ids.collect(), page.last_evaluated_key.as_ref().and_then(Key::of)))
    }

    async fn get(&self, id: UserId) -> Result<Option<Found>, StoreError> {
        self.table.get(&Key::user(id)).await
    }

    /// An update of the account's login record.
    async fn login(&self, user: &User, expression: &str) -> Result<Write, StoreError> {
        let key = login_key(&self.table, &user.username, user.id).await?;
        Ok(Write::update(key, expression).when("#user_id = :user").text(":user", user.id))
    }

    /// Writes the account first in `writes` with its login record. Returns `false` if the account's condition failed.
    ///
    /// The login record of an account that was never verified may have expired before the account.
    async fn write(&self, writes: Vec<Write>, login: Write) -> Result<bool, StoreError> {
        let both = writes.iter().cloned().chain([login]).collect();
        match self.table.transact(both).await? {
            Outcome::Done => Ok(true),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) => Ok(false),
            Outcome::Cancelled(_) => Ok(matches!(self.table.transact(writes).await?, Outcome::Done)),
        }
    }
}
