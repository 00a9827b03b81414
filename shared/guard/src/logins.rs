//! Login records: what a sign-in reads of an account.

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
    /// What sign-in needs of the account that `name` names, if it is there now.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, name: &str, now: Timestamp) -> Result<Option<Login>, StoreError> {
        Ok(self.find_login(name, now).await?.map(|(_, login)| login))
    }

    /// As [`find`](Self::find), with the record's key. An account that still has the former key of the name comes
    /// first: it must be found by its own name, even if another account has a name that now counts as the same.
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
