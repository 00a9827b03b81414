//! Finds the accounts that a query names.

use satchel_accounts::NameKey;
use satchel_http::{ListQuery, Request};
use satchel_model::{Email, Error, NamePrefix, User, UserId};

use super::App;

/// The accounts that the query of `request` names, and the URL of the next page.
///
/// # Errors
/// 400 if the query is invalid.
pub async fn find(app: &App, request: &Request) -> Result<(Vec<User>, Option<String>), Error> {
    let now = app.clock.now();
    let mut query = ListQuery::of(request);
    let name = query.optional("username", |text| Ok(text.to_owned()));
    let email = query.optional("email", Email::parse);
    let prefix = query.optional("username_prefix", NamePrefix::parse);
    if let Some(prefix) = prefix.filter(|_| name.is_none() && email.is_none()) {
        let page = query.page::<NameKey>()?;
        let (users, last) = app.roster.named(&prefix, page.limit, page.after.as_ref(), now).await?;
        let typed = request.query("username_prefix");
        let next = last.map(|last| page.next(request, &[("username_prefix", typed.as_deref())], &last));
        return Ok((users, next));
    }
    let page = query.page::<UserId>()?;
    match (name, email) {
        (Some(name), _) => Ok((app.directory.by_name(&name, now).await?.into_iter().collect(), None)),
        (None, Some(email)) => Ok((app.directory.by_address(&email, now).await?, None)),
        (None, None) => {
            let (users, last) = app.roster.newest(page.limit, page.after, now).await?;
            Ok((users, last.map(|last| page.next(request, &[], &last))))
        }
    }
}
