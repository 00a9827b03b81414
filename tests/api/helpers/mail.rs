//! The mails that the stack sends, as their recipients see them.

use std::time::{Duration, Instant};

use local::mail::Mail;
use serde_json::json;

use super::{PASSWORD, TestStack, User, stack_with};

/// The table's stream sends mails after the response, which can take long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stack for tests that request several mails to one address. Such a test calls [`TestStack::reset_mail_interval`],
/// which ends the interval for all tests on this stack, so no test on this stack can check that a mail is refused as
/// too soon.
pub fn mailing_stack() -> TestStack {
    stack_with(&[("MailFrom", "mailing@example.com")])
}

/// An account whose address is not verified yet.
pub struct UnverifiedAccount {
    pub id: String,
    pub name: String,
    pub email: String,
}

impl TestStack {
    /// An address that no other test of this run has.
    pub fn fresh_address(&self) -> String {
        format!("{}@example.org", self.fresh_name("mail"))
    }

    /// A new account with this address, which is not verified yet. Its name starts with `prefix`.
    pub async fn unverified_account(&self, prefix: &str, email: &str) -> UnverifiedAccount {
        let name = self.fresh_name(prefix);
        let body = json!({"username": name, "password": PASSWORD, "email": email});
        let answer = self.post("/api/users", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        UnverifiedAccount { id, name, email: email.to_owned() }
    }

    /// A new, signed-in account with a verified address, and the address.
    pub async fn verified_user(&self, prefix: &str) -> (User, String) {
        let account = self.unverified_account(prefix, &self.fresh_address()).await;
        let link = self.link_for(&account).await;
        let answer = self.post(&link, json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        (self.sign_in(&account.name, PASSWORD, account.id).await, account.email)
    }

    /// Allows the next mail to every address of this stack, as if a minute had passed.
    pub async fn reset_mail_interval(&self) {
        self.reset_mail_counters("last").await;
    }

    /// Resets the daily number of mails of every address of this stack, as if a new day had begun.
    pub async fn reset_daily_mail_limit(&self) {
        self.reset_mail_counters("total").await;
    }

    /// Sets an attribute of all mail counters to 0.
    async fn reset_mail_counters(&self, attribute: &str) {
        let body = json!({
            "FilterExpression": "begins_with(pk, :count) AND begins_with(sk, :what) AND #attribute > :zero",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": {":count": {"S": "COUNT#"}, ":what": {"S": "MAIL#"}, ":zero": {"N": "0"}},
            "ConsistentRead": true,
        });
        let counters = self.dynamodb("Scan", body).await["Items"].take();
        for counter in counters.as_array().expect("items") {
            let key = |name: &str| counter[name]["S"].as_str().expect("a key");
            self.set_attribute(key("pk"), key("sk"), attribute, json!({"N": "0"})).await;
        }
    }

    /// The path of the link in the `number`th mail to `address`, counted from 1. Waits for the mail.
    pub async fn link_mailed_to(&self, address: &str, number: usize) -> String {
        let mails = self.mails(address, number).await;
        self.link_in(&mails[number - 1]).expect("the mail has a link")
    }

    /// Waits until there are `count` mails to `address`, and returns them, oldest first.
    pub async fn mails(&self, address: &str, count: usize) -> Vec<Mail> {
        self.wait_for_mail(address, |mails| (mails.len() >= count).then_some(mails)).await
    }

    /// The mail that contains the name of this account. Waits for the mail.
    pub async fn mail_for(&self, account: &UnverifiedAccount) -> Mail {
        let names = |mail: &Mail| mail.text.split(|c: char| !c.is_alphanumeric()).any(|w| w == account.name);
        self.wait_for_mail(&account.email, |mails| mails.into_iter().find(names)).await
    }

    /// The path of the link in the mail for this account. Waits for the mail.
    pub async fn link_for(&self, account: &UnverifiedAccount) -> String {
        self.link_in(&self.mail_for(account).await).expect("the mail has a link")
    }

    /// The path of the first link to this stack in a mail's text.
    pub fn link_in(&self, mail: &Mail) -> Option<String> {
        let at = mail.text.find(self.api_url())? + self.api_url().len();
        mail.text[at..].split_whitespace().next().map(ToOwned::to_owned)
    }

    async fn wait_for_mail<T>(&self, address: &str, select: impl Fn(Vec<Mail>) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = select(self.inbox().to(address)) {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "no mail to {address} arrived");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
