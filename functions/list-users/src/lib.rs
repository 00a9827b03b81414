//! `GET /api/users`: finds accounts, for staff.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Listing, Request, ok};
use satchel_core::model::{AccountView, Email, User};
use satchel_store::{Auth, Directory, Table, Tiers, tier_of};

/// What this function needs.
pub struct App {
    auth: Auth,
    directory: Directory,
    tiers: Tiers,
    clock: Clock,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            directory: Directory::new(table.clone()),
            tiers: Tiers::new(table),
            clock: Clock::System,
        })
    }
}

/// `GET /api/users?username=` or `?email=`: the account of this name, or those that gave this address, the one that
/// verified it first.
///
/// # Errors
/// 401; 404 for who is not staff; 400 without either.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |_| {
        let (users, tiers) = tokio::join!(find(app, request), app.tiers.all());
        Ok::<_, ApiError>((users?, tiers?))
    };
    // Boxed: two look-ups side by side make a large future.
    let (_, (users, tiers)) = Box::pin(app.auth.staff_and(request, load)).await?;
    let tiers: Vec<_> = users.iter().map(|user| tier_of(tiers.clone(), &user.tier)).collect();
    let results = users.iter().zip(&tiers).map(|(user, tier)| AccountView::for_staff(user, tier)).collect();
    ok(&Listing { next: None, results })
}

async fn find(app: &App, request: &Request) -> Result<Vec<User>, ApiError> {
    let now = app.clock.now();
    match (request.query("username"), request.query("email")) {
        (Some(name), _) => Ok(app.directory.by_name(&name, now).await?.into_iter().collect()),
        (None, Some(email)) => match Email::parse(&email) {
            Ok(email) => Ok(app.directory.by_address(&email, now).await?),
            Err(messages) => Err(ApiError::Fields([("email".to_owned(), messages)].into())),
        },
        (None, None) => Err(ApiError::field("non_field_errors", "Say which account: ?username= or ?email=.")),
    }
}
