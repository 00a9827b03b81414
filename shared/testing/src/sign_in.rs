//! Canned responses for sign-ins, and a check of their rate limit.

use serde_json::{Value, json};

use satchel_http::{ApiResult, Request};
use satchel_runtime::Wired;

use crate::records::USER;
use crate::{CannedAws, Event, Reply, cancelled, done, found, secret_keys};

/// The hash by argon2-cffi 25.1 of `correct horse battery`, the password of the events.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aiQe0eZOcqluf9w8O1/wjA$jfg7mmbu6p1MCDPHJwBGnO7sUQlroHOcohcn93116q8";

/// `GetItem` of the login record of the account `ada`, with these attributes changed.
///
/// # Panics
/// If `change` is not an object.
#[must_use]
pub fn login(change: &Value) -> Reply {
    let mut login = json!({
        "pk": "NAME#ada", "sk": "LOGIN", "user_id": USER, "password_hash": PASSWORD_HASH, "auth_epoch": 3,
        "is_active": true, "awaits_verification": false,
    });
    let change = change.as_object().expect("attributes").clone();
    login.as_object_mut().expect("a record").extend(change);
    found(Some(login))
}

/// The responses for a successful sign-in of `ada`.
#[must_use]
pub fn signs_in() -> [Reply; 3] {
    [login(&json!({})), secret_keys(), done("TransactWriteItems")]
}

/// Checks that `handle` refuses a sign-in after too many attempts in the common words, even in another
/// dialect.
///
/// # Panics
/// If a check fails.
pub async fn limits_sign_ins<App: Wired + 'static, Response: Future<Output = ApiResult>>(
    event: Event,
    handle: impl Fn(&'static App, Request) -> Response,
) {
    let [login, keys, written] = signs_in();
    let too_many = cancelled(&["ConditionalCheckFailed", "None"]).about("COUNT#");
    let aws = CannedAws::answering([login, keys, too_many, written]).await;
    let answer = aws.ask(handle, event).await;
    let seconds: u64 = answer.header("retry-after").parse().expect("a number of seconds");
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let words = format!("Request was throttled. Expected available in {seconds} {unit}.");
    assert_eq!(answer.outcome(), (429, json!({"detail": words})));
}
