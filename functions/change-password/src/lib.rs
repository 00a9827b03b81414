//! `POST /api/users/me/password`: changes the caller's password.

use satchel_aws::Aws;
use satchel_core::auth::{Hasher, KeyError};
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiError, ApiResult, Fields, Input, Request, no_content};
use satchel_core::model::NewPassword;
use satchel_core::secret::Secret;
use satchel_identity::Proof;
use satchel_store::{Accounts, Auth, Table};

/// What this function needs.
pub struct App {
    auth: Auth,
    accounts: Accounts,
    proof: Proof,
    hasher: Hasher,
    clock: Clock,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            accounts: Accounts::new(table.clone()),
            proof: Proof::new(&table, config),
            hasher: Hasher,
            clock: Clock::System,
        })
    }
}

/// `POST /api/users/me/password`: sets a new password and ends every session but the caller's.
///
/// # Errors
/// 401; 400 for what is wrong with the fields, or another password; 429 after too many attempts.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let caller = app.auth.caller(request).await?;
    let (current, new) = read(&request.input(Accepts::Json).await?, &caller.user.username)?;
    let proven = app.proof.of_caller(&caller, &current, request.viewer(), app.clock.now()).await;
    let attempt = proven.map_err(|unproven| unproven.in_field("current_password"))?;
    let hash = app.hasher.hash(new.secret()).await;
    let (changed, ()) =
        tokio::join!(app.accounts.change_password(&caller, &hash), app.proof.was_right(attempt));
    changed?;
    no_content()
}

fn read(input: &Input, username: &str) -> Result<(Secret, NewPassword), ApiError> {
    let mut fields = Fields::of(input);
    let current = fields.untrimmed("current_password", |text| Ok(Secret::new(text.to_owned())));
    let new = fields.untrimmed("new_password", |text| NewPassword::parse(text, username));
    fields.finish(current.zip(new))
}
