//! What an operator invokes: makes an account staff, or takes that away. It has no route.

use satchel_aws::Aws;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_store::{Accounts, StoreError, Table, Users};
use serde::{Deserialize, Serialize};
use tracing::info;

/// What this function needs.
pub struct App {
    users: Users,
    accounts: Accounts,
    clock: Clock,
}

/// What the operator wants: `{"username":"ada","staff":true}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub username: String,
    pub staff: bool,
}

/// What was done.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Granted {
    pub username: String,
    pub is_staff: bool,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    #[error("no account has this name; look it up with GET /api/users?username=, or sign it up first")]
    NoSuchAccount,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let table = Table::new(&Aws::new(&config.aws), config);
        Self { users: Users::new(table.clone()), accounts: Accounts::new(table), clock: Clock::System }
    }
}

/// Makes an account staff, or takes that away; it counts from the account's next request on.
///
/// # Errors
/// If no account has the name, or the table does not answer.
pub async fn handle(app: &App, grant: Grant) -> Result<Granted, GrantError> {
    let login = app.users.login(&grant.username, app.clock.now()).await?.ok_or(GrantError::NoSuchAccount)?;
    if !app.accounts.set_staff(&login, grant.staff).await? {
        return Err(GrantError::NoSuchAccount);
    }
    info!(user_id = %login.user_id, is_staff = grant.staff, "staff granted");
    Ok(Granted { username: grant.username, is_staff: grant.staff })
}
