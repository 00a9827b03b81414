//! `GET /api/users/{id}`: shows an account, to staff.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Request, ok};
use satchel_core::model::AccountView;
use satchel_store::{Auth, Table, Tiers, Users, tier_of};

/// What this function needs.
pub struct App {
    auth: Auth,
    users: Users,
    tiers: Tiers,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            users: Users::new(table.clone()),
            tiers: Tiers::new(table),
        })
    }
}

/// `GET /api/users/{id}`: an account, with what it stores and may store.
///
/// # Errors
/// 401; 404 for who is not staff, and if there is no such account.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |_| {
        let (user, tiers) = tokio::join!(app.users.get(request.path("id")?), app.tiers.all());
        Ok::<_, ApiError>((user?.ok_or(ApiError::NotFound)?, tiers?))
    };
    let (_, (user, tiers)) = app.auth.staff_and(request, load).await?;
    ok(&AccountView::for_staff(&user, &tier_of(tiers, &user.tier)))
}
