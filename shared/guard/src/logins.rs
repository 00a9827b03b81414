//! Login records: the part of an account that a sign-in reads.

use jiff::Timestamp;

use satchel_model::{Login, Username};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::{StoreError, Table};

/// Finds login records by username.
#[derive(Clone)]
pub struct Logins {
    table: Table,
}

impl Wired for Logins {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Logins {
    /// The login record of the account named `name`; `None` if there is none or it has expired.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, name: &str, now: Timestamp) -> Result<Option<Login>, StoreError> {
        Ok(self.find_login(name, now).await?.map(|(_, login)| login))
    }

    /// Like [`find`](Self::find), and also returns the record's key.
    ///
    /// A record with the former key of the name takes precedence: its account must be found by its own name
    /// even if another account's name now has the same key.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find_login(
        &self,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<(String, Login)>, StoreError> {
        #[derive(serde::Deserialize)]
        struct Claim {
            #[serde(flatten)]
            login: Login,
            ttl: Option<i64>,
        }
        // No account has an invalid name, and DynamoDB limits the length of a key.
        let Ok(name) = Username::parse(name) else { return Ok(None) };
        for key in name.former_key().into_iter().chain([name.key()]) {
            let claim: Option<Claim> = self.table.get(&Key::login(&key)).await?;
            if let Some(claim) = claim.filter(|claim| claim.ttl.is_none_or(|end| end > now.as_second())) {
                return Ok(Some((key, claim.login)));
            }
        }
        Ok(None)
    }
}
