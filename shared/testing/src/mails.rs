//! Checks of routes that request a mail without revealing whether the address belongs to an account.

use serde_json::{Value, json};

use satchel_http::{ApiResult, Request};
use satchel_runtime::Wired;

use crate::{CannedAws, Event, cancelled, done, hides_failures};

/// Checks a route that requests a mail.
///
/// `handle` must respond to `event` with 202 and `message`, after one transaction that counts the mail and
/// queues a mail of `kind`. The response must be the same if there were too many mails. Invalid addresses
/// must be refused, and failures hidden.
///
/// # Panics
/// If a check fails.
pub async fn asks_for_a_mail<App: Wired + 'static, Response: Future<Output = ApiResult>>(
    event: &str,
    handle: impl Fn(&'static App, Request) -> Response,
    kind: &str,
    message: &str,
) {
    let accepted = (202, json!({ "message": message }));
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let address = json!({"email": "grace@example.com"});
    let answer = aws.ask(&handle, Event::of(event).body(&address)).await;
    assert_eq!(answer.outcome(), accepted);
    assert_eq!(aws.operations(), ["TransactWriteItems"]);
    let writes = aws.call("TransactWriteItems").json();
    let count = &writes["TransactItems"][0]["Update"]["Key"]["pk"]["S"];
    assert!(count.as_str().is_some_and(|key| key.starts_with("COUNT#") && !key.contains('@')), "{count}");
    let mail = &writes["TransactItems"][1]["Put"]["Item"];
    let said = ["kind", "email", "base_url"].map(|name| &mail[name]["S"]);
    assert_eq!(said, [kind, "grace@example.com", "https://abc123.execute-api.us-east-1.amazonaws.com"]);

    let aws = CannedAws::answering([cancelled(&["ConditionalCheckFailed", "None"])]).await;
    assert_eq!(aws.ask(&handle, Event::of(event)).await.outcome(), accepted, "too many");

    let aws = CannedAws::answering([]).await;
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({"email": "ada@nowhere"}), "Enter a valid email address."),
    ] {
        let answer = aws.ask(&handle, Event::of(event).body(&body)).await;
        let refused: Value = json!({"email": [message]});
        assert_eq!(answer.outcome(), (400, refused));
    }
    hides_failures(Event::of(event), &[done("TransactWriteItems")], &handle).await;
}
