//! Makes an account staff, or revokes this. An operator invokes it; it has no route.

use satchel_accounts::Accounts;
use satchel_guard::Logins;
use satchel_model::clock::Clock;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::StoreError;
use serde::{Deserialize, Serialize};
use tracing::info;

app! {
    /// What this function needs.
    pub struct App { logins: Logins, accounts: Accounts, clock: Clock }
}

/// The operator's order: `{"username":"ada","staff":true}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub username: String,
    pub staff: bool,
}

/// The result.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Granted {
    pub username: String,
    pub is_staff: bool,
}

/// Why the order failed.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    #[error("no account has this name; look it up with GET /api/users?username=, or sign it up first")]
    NoSuchAccount,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<GrantError> for Diagnostic {
    fn from(failure: GrantError) -> Self {
        Self { error_type: "StaffNotGranted".to_owned(), error_message: chain(&failure) }
    }
}

/// Makes an account staff, or revokes this, from the account's next request on.
///
/// # Errors
/// If no account has the name, or the table cannot be written.
pub async fn handle(
    app: &'static App,
    Invocation { payload: grant, .. }: Invocation<Grant>,
) -> Result<Granted, GrantError> {
    let login = app.logins.find(&grant.username, app.clock.now()).await?.ok_or(GrantError::NoSuchAccount)?;
    if !app.accounts.set_staff(&login, grant.staff).await? {
        return Err(GrantError::NoSuchAccount);
    }
    info!(user_id = %login.user_id, is_staff = grant.staff, "staff granted");
    Ok(Granted { username: grant.username, is_staff: grant.staff })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Reply, USER, cancelled, denied, done, found, invocation, login};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/grant-staff.json");

    async fn granted(replies: impl Into<Vec<Reply>>) -> (CannedAws, Result<Granted, GrantError>) {
        let aws = CannedAws::answering(replies).await;
        let granted = handle(aws.app(), invocation(serde_json::from_str(EVENT).unwrap())).await;
        (aws, granted)
    }

    #[tokio::test]
    async fn the_account_with_the_name_becomes_staff() {
        let (aws, granted) = granted([login(&json!({})), done("TransactWriteItems")]).await;
        assert_eq!(json!(granted.unwrap()), json!({"username": "ada", "is_staff": true}));
        assert_eq!(aws.call("GetItem").json()["Key"]["pk"]["S"], "NAME#ada");
        let write = aws.call("TransactWriteItems").json()["TransactItems"][0]["Update"].take();
        assert_eq!(write["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(write["ExpressionAttributeValues"][":staff"]["BOOL"], true);
    }

    #[tokio::test]
    async fn an_unknown_name_is_an_error_that_says_so() {
        for replies in [
            vec![found(None)],
            vec![login(&json!({"ttl": 1}))],
            vec![login(&json!({})), cancelled(&["ConditionalCheckFailed"])],
        ] {
            let error = granted(replies).await.1.unwrap_err().to_string();
            assert!(error.starts_with("no account has this name"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_failure_of_the_table_is_an_error() {
        for replies in [vec![denied("GetItem")], vec![login(&json!({})), denied("TransactWriteItems")]] {
            assert!(matches!(granted(replies).await.1, Err(GrantError::Store(_))));
        }
    }

    #[test]
    fn an_order_with_unknown_fields_is_invalid() {
        for event in
            [json!({"username": "ada"}), json!({"username": "ada", "staff": true, "tier": "premium"})]
        {
            assert!(serde_json::from_value::<Grant>(event).is_err());
        }
    }
}
