//! `DELETE /api/users/me`: gives up the caller's account.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiError, ApiResult, Fields, Input, Request, no_content};
use satchel_core::secret::Secret;
use satchel_identity::Proof;
use satchel_store::{Auth, Erasures, Table};

/// What this function needs.
pub struct App {
    auth: Auth,
    erasures: Erasures,
    proof: Proof,
    clock: Clock,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            erasures: Erasures::new(table.clone()),
            proof: Proof::new(&table, config),
            clock: Clock::System,
        })
    }
}

/// `DELETE /api/users/me`: closes the caller's account at once, with every session; `erase-account` removes what it
/// leaves, its name last.
///
/// # Errors
/// 401; 400 for another password; 429 after too many attempts.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let caller = app.auth.caller(request).await?;
    let password = read(&request.input(Accepts::Json).await?)?;
    let proven = app.proof.of_caller(&caller, &password, request.viewer(), app.clock.now()).await;
    let attempt = proven.map_err(|unproven| unproven.in_field("password"))?;
    let (begun, ()) = tokio::join!(app.erasures.begin(&caller), app.proof.was_right(attempt));
    begun?;
    no_content()
}

fn read(input: &Input) -> Result<Secret, ApiError> {
    let mut fields = Fields::of(input);
    let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
    fields.finish(password)
}
