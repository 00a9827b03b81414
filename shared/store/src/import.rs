//! Accounts that come from a replaced service.

use jiff::Timestamp;
use satchel_core::model::{Email, Login, TierId, User, UserId, Username};

use crate::directory::{Holder, waits};
use crate::keys::Key;
use crate::table::{Outcome, failed, item};
use crate::write::Write;
use crate::{StoreError, Table};

/// An account to be taken over, with the hash that its password had there.
#[derive(Clone)]
pub struct ImportedUser {
    pub id: UserId,
    pub username: Username,
    pub email: Option<Email>,
    /// Whether the address counts as verified, unless another account has verified it.
    pub email_verified: bool,
    pub password_hash: String,
    pub is_active: bool,
    pub created_at: Timestamp,
}

/// What became of an account that was to be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    Done,
    /// The address belongs to another account: it came without being verified.
    AddressTaken,
    /// The name belongs to another account: nothing was written.
    NameTaken,
}

/// Takes accounts over.
#[derive(Clone)]
pub struct UserImport {
    table: Table,
}

/// The import's writes, by their place in the transaction.
mod place {
    pub const NAME: usize = 0;
    pub const ADDRESS: usize = 2;
}

impl UserImport {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Makes the account if nobody has its name. It may sign in at once, whether its address is verified or not, and
    /// never expires.
    ///
    /// # Errors
    /// If the table does not answer; nothing was written then, or all of it.
    pub async fn take_over(&self, mut user: ImportedUser, now: Timestamp) -> Result<Imported, StoreError> {
        let mut done = Imported::Done;
        loop {
            match self.table.transact(user.writes(now)?).await? {
                Outcome::Done => return Ok(done),
                Outcome::Cancelled(reasons) if failed(&reasons, place::NAME) => {
                    return Ok(Imported::NameTaken);
                }
                Outcome::Cancelled(reasons) if user.email_verified && failed(&reasons, place::ADDRESS) => {
                    user.email_verified = false;
                    done = Imported::AddressTaken;
                }
                Outcome::Cancelled(reasons) => {
                    return Err(StoreError::Aws(format!("the import was cancelled: {reasons:?}").into()));
                }
            }
        }
    }
}

impl ImportedUser {
    fn writes(&self, now: Timestamp) -> Result<Vec<Write>, StoreError> {
        let (name, id) = (Key::login(&self.username.key()), Key::user(self.id));
        let mut writes = vec![
            // Expired claims are not there, though DynamoDB may take two days to remove them.
            Write::put(item(&name, &self.login(), None)?)
                .when("attribute_not_exists(pk) OR #ttl < :now")
                .number(":now", now.as_second()),
            Write::put(item(&id, &self.account(), None)?).when("attribute_not_exists(pk)"),
        ];
        if let Some(email) = &self.email {
            let holder = Holder { user_id: self.id, username: self.username.as_str().to_owned() };
            writes.push(if self.email_verified {
                Write::put(item(&Key::email(&email.key()), &holder, None)?).when("attribute_not_exists(pk)")
            } else {
                waits(&email.key(), &holder, None)?
            });
        }
        Ok(writes)
    }

    fn login(&self) -> Login {
        Login {
            user_id: self.id,
            password_hash: self.password_hash.clone(),
            auth_epoch: 0,
            is_active: self.is_active,
            awaits_verification: false,
            known_addresses: Vec::new(),
        }
    }

    fn account(&self) -> User {
        User {
            id: self.id,
            username: self.username.as_str().to_owned(),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            email_verified: self.email.is_some() && self.email_verified,
            pending_email: None,
            tier: TierId::basic(),
            is_staff: false,
            is_active: self.is_active,
            auth_epoch: 0,
            used_bytes: 0,
            resource_count: Some(0),
            created_at: self.created_at,
        }
    }
}
