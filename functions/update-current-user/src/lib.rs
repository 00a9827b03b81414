//! `PATCH /api/users/me`: changes the caller's address.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::{Config, Registration};
use satchel_core::http::{Accepts, ApiError, ApiResult, Fields, Input, Request, ok};
use satchel_core::model::{AccountView, Email};
use satchel_core::secret::Secret;
use satchel_identity::{MailRequest, Proof};
use satchel_store::{Auth, Table, Tiers, tier_of};

/// What this function needs.
pub struct App {
    auth: Auth,
    tiers: Tiers,
    proof: Proof,
    mails: MailRequest,
    registration: Registration,
    clock: Clock,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            tiers: Tiers::new(table.clone()),
            proof: Proof::new(&table, config),
            mails: MailRequest::new(&table, config),
            registration: config.registration.clone(),
            clock: Clock::System,
        })
    }
}

/// `PATCH /api/users/me`: notes another address, which counts once it is verified, and tells the one that the
/// account had so far.
///
/// # Errors
/// 401; 400 for what is wrong with the fields, or another password; 429 after too many attempts or mails.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request, async |_| app.tiers.all().await).await?;
    let (email, password) = read(&request.input(Accepts::Json).await?, &app.registration)?;
    let (viewer, now) = (request.viewer(), app.clock.now());
    let proven = app.proof.of_caller(&caller, &password, viewer, now).await;
    let attempt = proven.map_err(|unproven| unproven.in_field("current_password"))?;
    let change = app.mails.change_email(&caller, &email, &viewer.base_url);
    let (changed, ()) = tokio::join!(change, app.proof.was_right(attempt));
    changed?;
    ok(&AccountView::of(&caller.user, &tier_of(tiers, &caller.user.tier)))
}

fn read(input: &Input, registration: &Registration) -> Result<(Email, Secret), ApiError> {
    let mut fields = Fields::of(input);
    let email = fields.required("email", |text| registration.email(text));
    let password = fields.untrimmed("current_password", |text| Ok(Secret::new(text.to_owned())));
    fields.finish(email.zip(password))
}
