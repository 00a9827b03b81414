//! Accounts: made under a name that nobody else has, found by it, and verified by mail.

use jiff::Timestamp;
use satchel_core::http::ApiError;
use satchel_core::model::{Email, Login, TierId, User, UserId, Username};

use crate::keys::Key;
use crate::table::{Outcome, failed, item};
use crate::write::Write;
use crate::{OutgoingMail, StoreError, Table};

/// An account to be made.
#[derive(Debug)]
pub struct NewUser {
    pub id: UserId,
    pub username: Username,
    /// An address that is not verified yet: no sign-in before it is.
    pub email: Option<Email>,
    pub password_hash: String,
    pub created_at: Timestamp,
    /// When account and name are given up if the address is not verified.
    pub unverified_until: Timestamp,
}

/// Makes and finds accounts.
#[derive(Clone)]
pub struct Users {
    table: Table,
}

impl Users {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Makes an account and, in the same transaction, the mail that asks for verification.
    ///
    /// # Errors
    /// 400 if somebody has the name: of two who ask at the same moment, one gets it.
    pub async fn create(&self, new: NewUser, mail: Option<&OutgoingMail>) -> Result<User, ApiError> {
        let awaits_verification = new.email.is_some();
        let expires = awaits_verification.then(|| new.unverified_until.as_second());
        let user = User {
            id: new.id,
            username: new.username.as_str().to_owned(),
            email: new.email.map(|email| email.as_str().to_owned()),
            email_verified: false,
            tier: TierId::basic(),
            is_staff: false,
            is_active: true,
            auth_epoch: 0,
            used_bytes: 0,
            created_at: new.created_at,
        };
        let login = Login {
            user_id: new.id,
            password_hash: new.password_hash,
            auth_epoch: 0,
            is_active: true,
            awaits_verification,
        };
        let (name, id) = (Key::login(&new.username.key()), Key::user(new.id));
        let mut writes = vec![
            // Expired claims are not there, though DynamoDB may take two days to remove them.
            Write::put(item(&name, &login, expires)?)
                .when("attribute_not_exists(pk) OR #ttl < :now")
                .number(":now", new.created_at.as_second()),
            Write::put(item(&id, &user, expires)?).when("attribute_not_exists(pk)"),
        ];
        if let Some(mail) = mail {
            writes.push(mail.write(new.created_at)?);
        }
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(user),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) => {
                Err(ApiError::field("username", "A user with that username already exists."))
            }
            Outcome::Cancelled(reasons) => {
                Err(ApiError::internal(format!("sign-up was cancelled: {reasons:?}")))
            }
        }
    }

    /// What sign-in needs of the account that `name` names, if it is there now.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn login(&self, name: &str, now: Timestamp) -> Result<Option<Login>, StoreError> {
        #[derive(serde::Deserialize)]
        struct Claim {
            #[serde(flatten)]
            login: Login,
            ttl: Option<i64>,
        }
        // Nobody has a name that is none; and the table takes keys up to a length only.
        let Ok(name) = Username::parse(name) else { return Ok(None) };
        let claim: Option<Claim> = self.table.get(&Key::login(&name.key())).await?;
        let alive = claim.filter(|claim| claim.ttl.is_none_or(|end| end > now.as_second()));
        Ok(alive.map(|claim| claim.login))
    }

    /// Whether a verified account has this address.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn address_is_taken(&self, email: &Email) -> Result<bool, StoreError> {
        let claim: Option<serde_json::Value> = self.table.get(&Key::email(&email.key())).await?;
        Ok(claim.is_some())
    }
}
