//! Imports accounts from a replaced service.

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use jiff::Timestamp;

use satchel_model::{Email, Login, TierId, User, UserId, Username};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, codes, failed, item};

use crate::directory::{Holder, waits};
use crate::roster::listed;

/// An account to import, with its password hash from the replaced service.
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

/// The result of importing an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    Done,
    /// The account was created, but another account has verified its address, so the address is not verified.
    AddressTaken,
    /// An earlier import created the account; its address has now been verified.
    Corrected,
    /// Another account has the name; nothing was written.
    NameTaken,
    /// An earlier import created the account, but another account has verified its address; nothing was
    /// written.
    NameAndAddressTaken,
}

/// Imports accounts.
#[derive(Clone)]
pub struct UserImport {
    table: Table,
}

/// The positions of the import's writes in its transaction.
mod place {
    pub const NAME: usize = 0;
    pub const ADDRESS: usize = 2;
}

/// The positions of a correction's writes in its transaction.
mod corrected {
    pub const ADDRESS: usize = 2;
}

impl Wired for UserImport {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl UserImport {
    /// Creates the account if no account has its name.
    ///
    /// The new account can sign in at once, whether or not its address is verified, and never expires. If an
    /// earlier import created it without verifying its address, and nobody has signed in to it since, the
    /// address becomes verified.
    ///
    /// # Errors
    /// If the table does not answer; then either nothing or everything was written.
    pub async fn take_over(&self, mut user: ImportedUser, now: Timestamp) -> Result<Imported, StoreError> {
        let mut done = Imported::Done;
        loop {
            match self.table.transact(user.writes(now)?).await? {
                Outcome::Done => return Ok(done),
                Outcome::Cancelled(reasons) if failed(&reasons, place::NAME) => {
                    return self.correct(&user).await;
                }
                Outcome::Cancelled(reasons)
                    if user.username.former_key().is_some() && failed(&reasons, reasons.len() - 1) =>
                {
                    return Ok(Imported::NameTaken);
                }
                Outcome::Cancelled(reasons) if user.email_verified && user.is_claimed(&reasons) => {
                    user.email_verified = false;
                    done = Imported::AddressTaken;
                }
                Outcome::Cancelled(reasons) => {
                    return Err(StoreError::Aws(
                        format!("the import was cancelled: {:?}", codes(&reasons)).into(),
                    ));
                }
            }
        }
    }

    async fn correct(&self, user: &ImportedUser) -> Result<Imported, StoreError> {
        let Some(email) = user.email.as_ref().filter(|_| user.email_verified) else {
            return Ok(Imported::NameTaken);
        };
        let Some(login) = self.table.get::<Login>(&Key::login(&user.username.key())).await? else {
            return Ok(Imported::NameTaken);
        };
        let Some(account) = self.table.get::<User>(&Key::user(login.user_id)).await? else {
            return Ok(Imported::NameTaken);
        };
        if !is_untouched(&login, &account, email) {
            return Ok(Imported::NameTaken);
        }
        match self.table.transact(correction(&account, email)?).await? {
            Outcome::Done => Ok(Imported::Corrected),
            Outcome::Cancelled(reasons) if failed(&reasons, corrected::ADDRESS) => {
                Ok(Imported::NameAndAddressTaken)
            }
            Outcome::Cancelled(_) => Ok(Imported::NameTaken),
        }
    }
}

/// Whether an import created the account with this address, and nobody has signed in to it since.
///
/// An account from a sign-up waits until its address is verified, and an account that added its address later
/// has signed in to do so.
fn is_untouched(login: &Login, account: &User, email: &Email) -> bool {
    let has_address = account
        .email
        .as_deref()
        .is_some_and(|text| Email::parse(text).is_ok_and(|address| address.key() == email.key()));
    has_address && !account.email_verified && !login.awaits_verification && login.known_addresses.is_empty()
}

/// Marks the account's address as verified, if the account has not changed since [`is_untouched`] read it.
fn correction(account: &User, email: &Email) -> Result<Vec<Write>, StoreError> {
    let holder = Holder { user_id: account.id, username: account.username.clone() };
    let mut writes = vec![
        Write::check(Key::login(&Username::key_of(&account.username)))
            .when(
                "#user_id = :user AND #awaits_verification = :false AND \
                 (attribute_not_exists(#known_addresses) OR #known_addresses = :none)",
            )
            .text(":user", account.id)
            .flag(":false", false)
            .value(":none", AttributeValue::L(Vec::new())),
        Write::update(Key::user(account.id), "SET #email_verified = :true")
            .when("#email = :email AND #email_verified = :false AND attribute_not_exists(#erasing)")
            .flag(":true", true)
            .flag(":false", false)
            .text(":email", account.email.as_deref().unwrap_or_default()),
        Write::put(item(&Key::email(&email.key()), &holder, None)?)
            .when("attribute_not_exists(pk) OR #user_id = :user")
            .text(":user", account.id),
        Write::delete(Key::waits(&email.key(), account.id)),
    ];
    for key in email.former_keys() {
        writes.extend([unclaimed(key, account.id), Write::delete(Key::waits(key, account.id))]);
    }
    Ok(writes)
}

/// For a transaction: checks that no other account has verified the address under a key from before domains
/// were converted to Punycode.
fn unclaimed(former_key: &str, user: UserId) -> Write {
    Write::check(Key::email(former_key))
        .when("attribute_not_exists(pk) OR #user_id = :user")
        .text(":user", user)
}

impl ImportedUser {
    fn writes(&self, now: Timestamp) -> Result<Vec<Write>, StoreError> {
        let [login, account] = listed(&self.username, &self.account(), &self.login(), None)?;
        let mut writes = vec![
            // Expired claims do not count; DynamoDB may take two days to remove them.
            Write::put(login).when("attribute_not_exists(pk) OR #ttl < :now").number(":now", now.as_second()),
            Write::put(account).when("attribute_not_exists(pk)"),
        ];
        if let Some(email) = &self.email {
            let holder = Holder { user_id: self.id, username: self.username.as_str().to_owned() };
            writes.push(if self.email_verified {
                Write::put(item(&Key::email(&email.key()), &holder, None)?).when("attribute_not_exists(pk)")
            } else {
                waits(&email.key(), &holder, None)?
            });
            if self.email_verified {
                writes.extend(email.former_keys().iter().map(|key| unclaimed(key, self.id)));
            }
        }
        // An account under the former key also has this name. This check remains the last write.
        writes.extend(self.username.former_key().map(|key| {
            Write::check(Key::login(&key))
                .when("attribute_not_exists(pk) OR #ttl < :now")
                .number(":now", now.as_second())
        }));
        Ok(writes)
    }

    /// Whether another account has verified the address, under any of its keys.
    fn is_claimed(&self, reasons: &[CancellationReason]) -> bool {
        let formers = self.email.as_ref().map_or(0, |email| email.former_keys().len());
        (place::ADDRESS..=place::ADDRESS + formers).any(|place| failed(reasons, place))
    }

    fn login(&self) -> Login {
        Login {
            user_id: self.id,
            password_hash: self.password_hash.clone(),
            // Django hashes passwords as they are typed.
            nfc_hash: None,
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
            credential_epoch: 0,
            used_bytes: 0,
            kept_bytes: 0,
            resource_count: Some(0),
            created_at: self.created_at,
        }
    }
}
