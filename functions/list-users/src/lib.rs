//! `GET /api/users`: lists accounts, and finds them by name or email address, for staff.

mod find;

use satchel_accounts::{Directory, Roster};
use satchel_api::AccountView;
use satchel_files::{Tiers, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Listing, Request, ok};
use satchel_model::Error;
use satchel_model::clock::Clock;
use satchel_runtime::app;

use find::find;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, roster: Roster, directory: Directory, tiers: Tiers, clock: Clock }
}

/// Returns a page of accounts, newest first; with `username_prefix`, those whose names begin with it, in order of
/// name.
///
/// With `username`, it returns the account with this name, and with `email`, all accounts with this address: the
/// account that verified the address comes first.
///
/// # Errors
/// 401; 404 unless the caller is staff; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| {
        let (found, tiers) = tokio::join!(find(app, &request), app.tiers.all());
        Ok::<_, Error>((found?, tiers?))
    };
    // Boxed, because two concurrent lookups make a large future.
    let (_, ((users, next), tiers)) = Box::pin(app.auth.staff_and(request.bearer()?, load)).await?;
    let tiers: Vec<_> = users.iter().map(|user| tier_of(tiers.clone(), &user.tier)).collect();
    let results = users.iter().zip(&tiers).map(|(user, tier)| AccountView::for_staff(user, tier)).collect();
    ok(&Listing { next, results })
}

#[cfg(test)]
mod tests;
