//! Erases accounts: closes the account at once, then removes its data step by step, and its name last.
//!
//! Records are created only if their account exists and is not being erased, and changed only if they exist
//! themselves, so nothing that a round has removed comes back. Records that changed after a round read them
//! are removed by the next round.

mod leftovers;

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use satchel_files::leaves;
use satchel_guard::{Caller, login_key};
use satchel_model::clock::later;
use satchel_model::{Email, Error, Kind, Refusal, Upload, User, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key, owned_by};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, codes, due, item, read};

use crate::directory::Holder;

/// The time in which a round of an erasure should finish, in seconds: Lambda repeats a failed round twice, within minutes.
const PATIENCE: i64 = 3600;

/// The order to erase an account, and its progress. A run that was interrupted starts again with the data
/// that is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub user_id: UserId,
    /// The number of runs that ended before the erasure was complete. Each such run starts the next by a
    /// change of this record.
    pub rounds: u32,
    /// When the sweep checks whether the erasure has finished.
    pub due_at: Timestamp,
    /// Whether the account's record has been removed. The order remains until every URL that was signed for
    /// the account has expired; then the sweep deletes what clients stored by such URLs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_emptied: bool,
}

/// Closes accounts and removes their data.
#[derive(Clone)]
pub struct Erasures {
    table: Table,
}

impl Wired for Erasures {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Erasures {
    /// Closes the caller's account: all sessions end at once, nobody can sign in, and the same transaction
    /// writes the order to erase the account.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime.
    pub async fn begin(&self, caller: &Caller, now: Timestamp) -> Result<(), Error> {
        let user = &caller.user;
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
            self.new_order(user.id, now)?,
        ];
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(_) => Err(Refusal::TokenNotValid.into()),
        }
    }

    /// For the transaction that closes an account: the order to erase it.
    #[expect(clippy::unused_self, reason = "only who may close accounts writes orders")]
    pub(crate) fn new_order(&self, user_id: UserId, now: Timestamp) -> Result<Write, StoreError> {
        order(&Erasure { user_id, rounds: 0, due_at: later(now, PATIENCE), is_emptied: false })
    }

    /// Reads up to `limit` files and images of an account, in any state, and whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn uploads(&self, owner: UserId, limit: i32) -> Result<(Vec<Upload>, bool), StoreError> {
        let (items, more) = self.some_of(&owned_by(owner), "", limit).await?;
        Ok((items.into_iter().map(read).collect::<Result<_, _>>()?, more))
    }

    /// Removes the record of an upload whose objects have been deleted. Also removes the copy that other
    /// users see, because the upload may have become ready since it was read.
    ///
    /// Returns `false` if the record has changed since it was read; the next round then removes it.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget(&self, upload: &Upload) -> Result<bool, StoreError> {
        let record = Write::delete(Key::upload(upload.owner, upload.kind, upload.id));
        let unchanged = "attribute_not_exists(pk) OR #revision = :revision";
        let mut writes = vec![record.when(unchanged).number(":revision", upload.revision)];
        if upload.kind == Kind::File {
            writes.push(Write::delete(Key::shared_file(upload.id)));
        }
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }

    /// Removes the account itself and its claims on name and addresses in one transaction, so that the next
    /// account with that name inherits nothing.
    ///
    /// The addresses are read again here, because one may have been verified just when the account was
    /// deleted.
    ///
    /// The order remains until `until`, when the last URL signed for the account has expired.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn finish(&self, erasure: &Erasure, until: Timestamp) -> Result<(), StoreError> {
        let order = order(&Erasure { due_at: until, is_emptied: true, ..erasure.clone() })?;
        let Some(user) = self.table.get::<User>(&Key::user(erasure.user_id)).await? else {
            // An earlier run removed the account, but its response was lost. The sweep may have removed the
            // order since.
            let order = order.when("#rounds = :rounds").number(":rounds", erasure.rounds);
            self.table.transact(vec![order]).await?;
            return Ok(());
        };
        let login = login_key(&self.table, &user.username, user.id).await?;
        let claims = self.claims_of(&user).await?;
        let writes = std::iter::once(order).chain(removal(&user, login, claims)).collect();
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(reasons) => {
                Err(StoreError::Aws(format!("the removal was cancelled: {:?}", codes(&reasons)).into()))
            }
        }
    }

    /// Removes the order of an erased account, the last record that contains its id.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn close(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let order = Write::delete(Key::erasure(erasure.user_id)).when("#is_emptied = :true");
        // If the transaction is cancelled, another run of the sweep was first.
        self.table.transact(vec![order.flag(":true", true)]).await.map(drop)
    }

    /// The account's claims on its address, under every key that the address has had. Another account may
    /// have claimed the same mailbox under another key.
    async fn claims_of(&self, user: &User) -> Result<Vec<Key>, StoreError> {
        let Some(email) = user.email.as_deref().filter(|_| user.email_verified).map(Email::stored) else {
            return Ok(Vec::new());
        };
        let mut ours = Vec::new();
        for key in email.keys().map(|key| Key::email(&key)) {
            let claim = self.table.get::<Holder>(&key).await?;
            ours.extend(claim.filter(|claim| claim.user_id == user.id).map(|_| key));
        }
        Ok(ours)
    }

    /// Requests another run.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn go_on(&self, erasure: &Erasure, now: Timestamp) -> Result<(), StoreError> {
        let next = Erasure { rounds: erasure.rounds + 1, due_at: later(now, PATIENCE), ..erasure.clone() };
        let write = order(&next)?.when("#rounds = :rounds").number(":rounds", erasure.rounds);
        // If the transaction is cancelled, this round has already requested the next.
        self.table.transact(vec![write]).await?;
        Ok(())
    }

    /// Reads a page of a partition and whether there are more records. A page ends at `limit` records or at 1
    /// MB, whichever comes first.
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
}

/// The write of the order; the table's stream and the sweep find the order by it.
fn order(erasure: &Erasure) -> Result<Write, StoreError> {
    let mut order = item(&Key::erasure(erasure.user_id), erasure, None)?;
    order.extend(due::attributes(&erasure.user_id.to_string(), erasure.due_at));
    Ok(Write::put(order))
}

/// The writes that remove the account, its claims on name and verified address, its place in its tier, and
/// the records of addresses that it waits for.
fn removal(user: &User, login: Key, claims: Vec<Key>) -> Vec<Write> {
    let ours = |key: Key| {
        Write::delete(key).when("attribute_not_exists(pk) OR #user_id = :user").text(":user", user.id)
    };
    let keys = |text: &String| Email::stored(text).keys().collect::<Vec<_>>();
    // Only the first run may succeed, so that an account leaves its tier only once.
    let account = Write::delete(Key::user(user.id)).when("attribute_exists(pk)");
    let mut writes = vec![ours(login), account];
    writes.extend(leaves(&user.tier));
    writes.extend(claims.into_iter().map(ours));
    // A transaction may contain a record only once.
    let waiting: BTreeSet<_> = user.email.iter().chain(&user.pending_email).flat_map(keys).collect();
    writes.extend(waiting.iter().map(|address| Write::delete(Key::waits(address, user.id))));
    writes
}
