//! Erasing accounts: closed at once, then emptied step by step, and its name given up last.
//!
//! Records are created under a condition on their account, and changed under one on themselves, so nothing that a round
//! has removed comes back. Records that changed after a round read them are removed by the next round.

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
    /// The account is gone. The order stays until every URL that was signed for it has expired: then the sweep deletes
    /// what such URLs stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_emptied: bool,
}

/// Closes accounts and removes what they leave.
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
    /// Closes the caller's account: every session ends at once, nobody signs in, and the order to erase it is
    /// written in the same transaction.
    ///
    /// # Errors
    /// 401 if the caller was signed out meanwhile.
    pub async fn begin(&self, caller: &Caller, now: Timestamp) -> Result<(), Error> {
        let user = &caller.user;
        let due_at = later(now, PATIENCE);
        let erasure = Erasure { user_id: user.id, rounds: 0, due_at, is_emptied: false };
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
            Outcome::Cancelled(_) => Err(Refusal::TokenNotValid.into()),
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

    /// Removes the record of an upload whose bytes are gone, always with the copy that others see: the upload may have
    /// become ready since it was read. `false` if the record has changed since: then it stays for the next round.
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

    /// Removes the account itself with its claims on name and addresses, all at once: whoever takes the name next
    /// finds nothing of it. The addresses are those that the account has by now: one may have been verified at the
    /// moment of its deletion.
    ///
    /// The order stays until `until`, when the last URL signed for the account has expired.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn finish(&self, erasure: &Erasure, until: Timestamp) -> Result<(), StoreError> {
        let order = order(&Erasure { due_at: until, is_emptied: true, ..erasure.clone() })?;
        let Some(user) = self.table.get::<User>(&Key::user(erasure.user_id)).await? else {
            // An earlier run removed it and its answer was lost; the sweep may have removed the order since.
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

    /// Removes the order of an account that is gone: nothing names the account any more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn close(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let order = Write::delete(Key::erasure(erasure.user_id)).when("#is_emptied = :true");
        // Cancelled: another run of the sweep was first.
        self.table.transact(vec![order.flag(":true", true)]).await.map(drop)
    }

    /// The account's claims on its address, under every key that the address had. Another account may have claimed the
    /// same mailbox under another key.
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
}

/// The order, where the table's stream and the sweep find it.
fn order(erasure: &Erasure) -> Result<Write, StoreError> {
    let mut order = item(&Key::erasure(erasure.user_id), erasure, None)?;
    order.extend(due::attributes(&erasure.user_id.to_string(), erasure.due_at));
    Ok(Write::put(order))
}

/// The account, its claims on name and verified address, its place in its tier, and where it waits for another
/// address.
fn removal(user: &User, login: Key, claims: Vec<Key>) -> Vec<Write> {
    let ours = |key: Key| {
        Write::delete(key).when("attribute_not_exists(pk) OR #user_id = :user").text(":user", user.id)
    };
    let keys = |text: &String| Email::stored(text).keys().collect::<Vec<_>>();
    // Only who is first: an account leaves its tier once.
    let account = Write::delete(Key::user(user.id)).when("attribute_exists(pk)");
    let mut writes = vec![ours(login), account];
    writes.extend(leaves(&user.tier));
    writes.extend(claims.into_iter().map(ours));
    // No record twice in one transaction.
    let waiting: BTreeSet<_> = user.email.iter().chain(&user.pending_email).flat_map(keys).collect();
    writes.extend(waiting.iter().map(|address| Write::delete(Key::waits(address, user.id))));
    writes
}
