//! Erasing accounts: closed at once, then emptied step by step, and its name given up last.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use satchel_core::clock::later;
use satchel_core::http::ApiError;
use satchel_core::model::{Email, Upload, User, UserId};
use serde::{Deserialize, Serialize};

use crate::auth::Caller;
use crate::due;
use crate::keys::{Item, Key, RESOURCE, SESSION, idempotency_of, owned_by, resources_of};
use crate::login_key::login_key;
use crate::table::{Outcome, item, read};
use crate::tiers::leaves;
use crate::write::Write;
use crate::{StoreError, Table};

/// Seconds after which an erasure should have come to its end: the stream tries each round for half a day.
const PATIENCE: i64 = 13 * 3600;

/// The order to erase an account, and how far it has come. Whoever was killed half-way begins again from what is
/// still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub user_id: UserId,
    /// How often a run ended before its work did; each time starts the next.
    pub rounds: u32,
    /// When somebody looks whether it has come to its end.
    pub due_at: Timestamp,
}

/// Closes accounts and removes what they leave.
#[derive(Clone)]
pub struct Erasures {
    table: Table,
}

impl Erasures {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Closes the caller's account: every session ends at once, nobody signs in, and the order to erase it is
    /// written in the same transaction.
    ///
    /// # Errors
    /// 401 if the caller was signed out meanwhile.
    pub async fn begin(&self, caller: &Caller, now: Timestamp) -> Result<(), ApiError> {
        let user = &caller.user;
        let erasure = Erasure { user_id: user.id, rounds: 0, due_at: later(now, PATIENCE) };
        let closed = "SET #is_active = :false, #auth_epoch = :next";
        let next = caller.session.auth_epoch + 1;
        let login = login_key(&self.table, &user.username, user.id).await?;
        let writes = vec![
            caller.session_is_there(),
            caller
                .update_user(&format!("{closed}, #erasing = :true"), "")
                .flag(":false", false)
                .number(":next", next),
            Write::update(login, closed)
                .when("#user_id = :user")
                .flag(":false", false)
                .number(":next", next)
                .text(":user", user.id),
            order(&erasure)?,
        ];
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(_) => Err(ApiError::TokenNotValid),
        }
    }

    /// Up to `limit` files and images of an account, in any state, and whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn uploads(&self, owner: UserId, limit: i32) -> Result<(Vec<Upload>, bool), StoreError> {
        let (items, more) = self.some_of(&owned_by(owner), "", limit).await?;
        Ok((items.into_iter().map(read).collect::<Result<_, _>>()?, more))
    }

    /// Removes the record of an upload whose bytes are gone, and the copy that others see.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget(&self, upload: &Upload) -> Result<(), StoreError> {
        if upload.is_shared() {
            self.delete(Key::shared_file(upload.id).item()).await?;
        }
        self.delete(Key::upload(upload.owner, upload.kind, upload.id).item()).await
    }

    /// Removes up to `limit` sessions of an account; says whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_sessions(&self, user: UserId, limit: i32) -> Result<bool, StoreError> {
        self.forget_some_of(&Key::user(user).partition, SESSION, limit).await
    }

    /// Removes up to `limit` records of what the account's Idempotency-Keys were used for; says whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_keys(&self, user: UserId, limit: i32) -> Result<bool, StoreError> {
        self.forget_some_of(&idempotency_of(user), "", limit).await
    }

    /// Removes up to `limit` resources of an account; says whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_resources(&self, owner: UserId, limit: i32) -> Result<bool, StoreError> {
        self.forget_some_of(&resources_of(owner), RESOURCE, limit).await
    }

    /// Removes the account itself with its claims on name and addresses, all at once: whoever takes the name next
    /// finds nothing of it. The addresses are those that the account has by now: one may have been verified at the
    /// moment of its deletion.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn finish(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let mut writes = vec![Write::delete(Key::erasure(erasure.user_id))];
        // Not there: it was removed before, by a run whose answer was lost.
        if let Some(user) = self.table.get::<User>(&Key::user(erasure.user_id)).await? {
            let login = login_key(&self.table, &user.username, user.id).await?;
            writes.extend(removal(&user, login));
        }
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(reasons) => {
                Err(StoreError::Aws(format!("the removal was cancelled: {reasons:?}").into()))
            }
        }
    }

    /// Asks for another run.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn go_on(&self, erasure: &Erasure, now: Timestamp) -> Result<(), StoreError> {
        let next = Erasure { rounds: erasure.rounds + 1, due_at: later(now, PATIENCE), ..erasure.clone() };
        let write = order(&next)?.when("#rounds = :rounds").number(":rounds", erasure.rounds);
        // Cancelled: this round was told before that it goes on.
        self.table.transact(vec![write]).await?;
        Ok(())
    }

    async fn forget_some_of(&self, partition: &str, prefix: &str, limit: i32) -> Result<bool, StoreError> {
        let (records, more) = self.some_of(partition, prefix, limit).await?;
        for record in records {
            self.delete(record.into_iter().filter(|(name, _)| name == "pk" || name == "sk").collect())
                .await?;
        }
        Ok(more)
    }

    /// A page of a partition, and whether it goes on: a page ends at `limit` records or at 1 MB, whichever is first.
    async fn some_of(
        &self,
        partition: &str,
        prefix: &str,
        limit: i32,
    ) -> Result<(Vec<Item>, bool), StoreError> {
        let mut query = self.table.client.query().table_name(&self.table.name);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        query = match prefix {
            "" => query.key_condition_expression("pk = :pk"),
            prefix => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix)),
        };
        let query = query.expression_attribute_values(":pk", text(partition)).consistent_read(true);
        let page = query.limit(limit).send().await?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key.is_some()))
    }

    async fn delete(&self, key: Item) -> Result<(), StoreError> {
        self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key)).send().await?;
        Ok(())
    }
}

/// The order, where the table's stream and the sweep find it.
fn order(erasure: &Erasure) -> Result<Write, StoreError> {
    let mut order = item(&Key::erasure(erasure.user_id), erasure, None)?;
    order.extend(due::attributes(&erasure.user_id.to_string(), erasure.due_at));
    Ok(Write::put(order))
}

/// The account, its claims on name and verified address, its place in its tier, and where it waits for another
/// address.
fn removal(user: &User, login: Key) -> Vec<Write> {
    let ours = |key: Key| {
        Write::delete(key).when("attribute_not_exists(pk) OR #user_id = :user").text(":user", user.id)
    };
    let keys = |text: &String| Email::stored(text).keys().collect::<Vec<_>>();
    // Only who is first: an account leaves its tier once.
    let account = Write::delete(Key::user(user.id)).when("attribute_exists(pk)");
    let mut writes = vec![ours(login), account];
    writes.extend(leaves(&user.tier));
    let claimed = user.email.iter().filter(|_| user.email_verified);
    writes.extend(claimed.flat_map(keys).map(|address| ours(Key::email(&address))));
    // No record twice in one transaction.
    let waiting: BTreeSet<_> = user.email.iter().chain(&user.pending_email).flat_map(keys).collect();
    writes.extend(waiting.iter().map(|address| Write::delete(Key::waits(address, user.id))));
    writes
}
