//! `PATCH /api/users/{id}`: changes an account, for staff.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiError, ApiResult, Fields, Input, Request, ok};
use satchel_core::model::{AccountView, Tier};
use satchel_store::{Accounts, Auth, Change, Table, Tiers, tier_of};

/// What this function needs.
pub struct App {
    auth: Auth,
    accounts: Accounts,
    tiers: Tiers,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            accounts: Accounts::new(table.clone()),
            tiers: Tiers::new(table),
        })
    }
}

/// `PATCH /api/users/{id}`: moves an account to another tier, closes it or opens it again. Closing ends every session
/// at once.
///
/// # Errors
/// 401; 404 for who is not staff, and if there is no such account; 400 for what is wrong with the fields.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let (_, tiers) = app.auth.staff_and(request, async |_| app.tiers.all().await).await?;
    let change = read(&request.input(Accepts::Json).await?, &tiers)?;
    let user = app.accounts.change(request.path("id")?, &change).await?.ok_or(ApiError::NotFound)?;
    ok(&AccountView::for_staff(&user, &tier_of(tiers, &user.tier)))
}

fn read(input: &Input, tiers: &[Tier]) -> Result<Change, ApiError> {
    let mut fields = Fields::of(input);
    // By its name, as accounts show it, or by its id.
    let tier = fields.optional("tier", |text| {
        let is_meant = |tier: &&Tier| tier.id.as_str() == text || tier.name.eq_ignore_ascii_case(text);
        let tier = tiers.iter().find(is_meant);
        tier.map(|tier| tier.id.clone()).ok_or_else(|| vec![format!("\"{text}\" is not a valid choice.")])
    });
    let is_active = fields.optional_flag("is_active");
    fields.finish(Some(Change { tier, is_active }))
}
