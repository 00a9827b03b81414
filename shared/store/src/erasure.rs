//! Erasing accounts: closed at once, then emptied step by step, and its name given up last.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use satchel_core::http::ApiError;
use satchel_core::model::{Email, Upload, UserId, Username};
use serde::{Deserialize, Serialize};

use crate::auth::Caller;
use crate::keys::{Item, Key, SESSION, owned_by};
use crate::table::{Outcome, item, read};
use crate::write::Write;
use crate::{StoreError, Table};

/// The order to erase an account, and how far it has come. Whoever was killed half-way begins again from what is
/// still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub user_id: UserId,
    pub username: String,
    /// The address that the account has verified, and so claimed.
    pub email: Option<String>,
    /// Addresses that it gave and did not verify.
    pub unverified: Vec<String>,
    /// How often a run ended before its work did; each time starts the next.
    pub rounds: u32,
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
    pub async fn begin(&self, caller: &Caller) -> Result<(), ApiError> {
        let user = &caller.user;
        let (claimed, given) = user.email.iter().partition::<Vec<_>, _>(|_| user.email_verified);
        let erasure = Erasure {
            user_id: user.id,
            username: user.username.clone(),
            email: claimed.first().map(ToString::to_string),
            unverified: given.into_iter().chain(&user.pending_email).cloned().collect(),
            rounds: 0,
        };
        let closed = "SET #is_active = :false, #auth_epoch = :next";
        let next = caller.session.auth_epoch + 1;
        let writes = vec![
            caller.session_is_there(),
            caller
                .update_user(&format!("{closed}, #erasing = :true"), "")
                .flag(":false", false)
                .number(":next", next),
            Write::update(Key::login(&Username::key_of(&user.username)), closed)
                .when("#user_id = :user")
                .flag(":false", false)
                .number(":next", next)
                .text(":user", user.id),
            Write::put(item(&Key::erasure(user.id), &erasure, None).map_err(ApiError::from)?),
        ];
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(_) => Err(ApiError::TokenNotValid),
        }
    }

    /// Up to `limit` files and images of an account, in any state.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn uploads(&self, owner: UserId, limit: i32) -> Result<Vec<Upload>, StoreError> {
        let items = self.some_of(&owned_by(owner), "", limit).await?;
        Ok(items.into_iter().map(read).collect::<Result<_, _>>()?)
    }

    /// Removes the record of an upload whose bytes are gone.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget(&self, upload: &Upload) -> Result<(), StoreError> {
        self.delete(Key::upload(upload.owner, upload.kind, upload.id).item()).await
    }

    /// Removes up to `limit` sessions of an account; says whether there may be more.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_sessions(&self, user: UserId, limit: i32) -> Result<bool, StoreError> {
        let sessions = self.some_of(&Key::user(user).partition, SESSION, limit).await?;
        let more = i32::try_from(sessions.len()).is_ok_and(|found| found == limit);
        for session in sessions {
            self.delete(session.into_iter().filter(|(name, _)| name == "pk" || name == "sk").collect())
                .await?;
        }
        Ok(more)
    }

    /// Removes the account itself with its claims on name and address, all at once: whoever takes the name next
    /// finds nothing of it.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn finish(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let id = erasure.user_id;
        let ours = |key: Key| {
            Write::delete(key).when("attribute_not_exists(pk) OR #user_id = :user").text(":user", id)
        };
        let mut writes = vec![
            ours(Key::login(&Username::key_of(&erasure.username))),
            Write::delete(Key::user(id)),
            Write::delete(Key::erasure(id)),
        ];
        let key = |text: &String| Email::parse(text).ok().map(|email| email.key());
        writes.extend(erasure.email.iter().filter_map(key).map(|address| ours(Key::email(&address))));
        // No record twice in one transaction.
        let waiting: BTreeSet<_> = erasure.unverified.iter().filter_map(key).collect();
        writes.extend(waiting.iter().map(|address| Write::delete(Key::waits(address, id))));
        match self.table.transact(writes).await? {
            // Cancelled: name or address belong to another account. They were given up before, by a run whose
            // answer was lost.
            Outcome::Done | Outcome::Cancelled(_) => Ok(()),
        }
    }

    /// Asks for another run.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn go_on(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let write = Write::update(Key::erasure(erasure.user_id), "SET #rounds = :next")
            .when("#rounds = :rounds")
            .number(":rounds", erasure.rounds)
            .number(":next", erasure.rounds + 1);
        // Cancelled: this round was told before that it goes on.
        self.table.transact(vec![write]).await?;
        Ok(())
    }

    async fn some_of(&self, partition: &str, prefix: &str, limit: i32) -> Result<Vec<Item>, StoreError> {
        let mut query = self.table.client.query().table_name(&self.table.name);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        query = match prefix {
            "" => query.key_condition_expression("pk = :pk"),
            prefix => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix)),
        };
        let query = query.expression_attribute_values(":pk", text(partition)).consistent_read(true);
        Ok(query.limit(limit).send().await?.items.unwrap_or_default())
    }

    async fn delete(&self, key: Item) -> Result<(), StoreError> {
        self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key)).send().await?;
        Ok(())
    }
}
