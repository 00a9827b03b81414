//! Creates accounts, each with a unique name, and reads them by id.

use jiff::Timestamp;

use satchel_guard::Attempts;
use satchel_model::{Email, Error, Login, TierId, User, UserId, Username};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, codes, failed};

use crate::OutgoingMail;
use crate::directory::{Holder, waits};
use crate::roster::listed;

/// An account to create.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: UserId,
    pub username: Username,
    /// The address, which must be verified before the first sign-in.
    pub email: Option<Email>,
    /// Made from the password in Unicode form NFC.
    pub password_hash: String,
    pub created_at: Timestamp,
    /// When the account and its name expire if the address is not verified.
    pub unverified_until: Timestamp,
}

/// Creates and reads accounts.
#[derive(Clone)]
pub struct Users {
    table: Table,
}

/// The condition for a new claim on a name: no claim exists, or an expired one, which DynamoDB may remove
/// days later.
const FREE: &str = "attribute_not_exists(pk) OR #ttl < :now";

/// The positions of a sign-up's writes in its transaction.
mod place {
    pub const NAME: usize = 0;
    pub const ADDRESS: usize = 2;
}

impl Wired for Users {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Users {
    /// Creates an account and, in the same transaction, queues the mail that verifies its address.
    ///
    /// If the address got too many mails today, the account is created without the mail.
    ///
    /// # Errors
    /// A field error for `username` if the name is taken; of two concurrent sign-ups with one name, only one
    /// succeeds.
    pub async fn create(
        &self,
        new: NewUser,
        mail: Option<&OutgoingMail>,
        attempts: &Attempts,
    ) -> Result<User, Error> {
        let user = account(&new);
        let mut writes = new.writes(&user)?;
        let former_claim = new.has_no_former_claim();
        let is_former_claim_checked = former_claim.is_some();
        let without_mail = writes.clone();
        if let (Some(mail), Some(email)) = (mail, &new.email) {
            writes.extend([attempts.first_mail(&email.key(), new.created_at), mail.write(new.created_at)?]);
            writes.extend(new.waits()?);
        }
        writes.extend(former_claim.clone());
        let mut outcome = self.table.transact(writes).await?;
        if let Outcome::Cancelled(reasons) = &outcome
            && failed(reasons, place::ADDRESS)
        {
            let rest = new.waits()?.into_iter().chain(former_claim).collect();
            outcome = self.table.transact([without_mail, rest].concat()).await?;
        }
        match outcome {
            Outcome::Done => Ok(user),
            Outcome::Cancelled(reasons)
                if failed(&reasons, place::NAME)
                    || is_former_claim_checked && failed(&reasons, reasons.len() - 1) =>
            {
                Err(Error::field("username", "A user with that username already exists."))
            }
            Outcome::Cancelled(reasons) => {
                Err(Error::failed(format!("sign-up was cancelled: {:?}", codes(&reasons))))
            }
        }
    }

    /// Reads the account with this id.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn get(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.table.get(&Key::user(id)).await
    }
}

impl NewUser {
    fn expires(&self) -> Option<i64> {
        self.email.is_some().then(|| self.unverified_until.as_second())
    }

    fn writes(&self, user: &User) -> Result<Vec<Write>, StoreError> {
        let login = Login {
            user_id: self.id,
            password_hash: self.password_hash.clone(),
            nfc_hash: Some(self.password_hash.clone()),
            auth_epoch: 0,
            is_active: true,
            awaits_verification: self.email.is_some(),
            known_addresses: Vec::new(),
        };
        let [login, account] = listed(&self.username, user, &login, self.expires())?;
        Ok(vec![
            Write::put(login).when(FREE).number(":now", self.created_at.as_second()),
            Write::put(account).when("attribute_not_exists(pk)"),
        ])
    }

    /// For a transaction: checks that no account has the name under its former key; `None` if the name has no
    /// former key.
    fn has_no_former_claim(&self) -> Option<Write> {
        let check = Write::check(Key::login(&self.username.former_key()?));
        Some(check.when(FREE).number(":now", self.created_at.as_second()))
    }

    /// For a transaction: records that the account waits for the verification of its address.
    fn waits(&self) -> Result<Option<Write>, StoreError> {
        let holder = Holder { user_id: self.id, username: self.username.as_str().to_owned() };
        self.email.as_ref().map(|email| waits(&email.key(), &holder, self.expires())).transpose()
    }
}

fn account(new: &NewUser) -> User {
    User {
        id: new.id,
        username: new.username.as_str().to_owned(),
        email: new.email.as_ref().map(|email| email.as_str().to_owned()),
        email_verified: false,
        pending_email: None,
        tier: TierId::basic(),
        is_staff: false,
        is_active: true,
        auth_epoch: 0,
        credential_epoch: 0,
        used_bytes: 0,
        kept_bytes: 0,
        resource_count: Some(0),
        created_at: new.created_at,
    }
}
