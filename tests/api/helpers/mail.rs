//! Mail, as the people who get it read it.

use std::time::{Duration, Instant};

use local::mail::Mail;
use serde_json::json;

use super::{PASSWORD, TestStack, User, stack_with};

/// Mails come by the table's stream, after the answer; a busy machine may take its time.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stack whose tests ask for several mails to one address: no test on it expects a mail to be refused as too soon,
/// because [`TestStack::reset_mail_interval`] of another test may have ended the minute.
pub fn mailing_stack() -> TestStack {
    stack_with(&[("MailFrom", "mailing@example.com")])
}

/// An account with an address that is not verified yet.
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

    /// A new account with this address; its name starts with `prefix`.
    pub async fn unverified_account(&self, prefix: &str, email: &str) -> UnverifiedAccount {
        let name = self.fresh_name(prefix);
        let body = json!({"username": name, "password": PASSWORD, "email": email});
        let answer = self.post("/api/users", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        UnverifiedAccount { id, name, email: email.to_owned() }
    }

    /// A new account that has verified its address, signed in, and the address.
    pub async fn verified_user(&self, prefix: &str) -> (User, String) {
        let unverified_account = self.unverified_account(prefix, &self.fresh_address()).await;
        let link = self.link_for(&unverified_account).await;
        let answer = self.post(&link, json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        (
            self.sign_in(&unverified_account.name, PASSWORD, unverified_account.id).await,
            unverified_account.email,
        )
    }

    /// Lets every address of this stack get its next mail, as if a minute had passed.
    pub async fn reset_mail_interval(&self) {
        self.reset_mail_counters("last").await;
    }

    /// Lets every address of this stack get as many mails as on a new day.
    pub async fn reset_daily_mail_limit(&self) {
        self.reset_mail_counters("total").await;
    }

    /// Sets an attribute to 0 in the counters of the mails to each address.
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

    /// The path of the link in the mail to `address` that is its `number`th, from 1.
    pub async fn link_mailed_to(&self, address: &str, number: usize) -> String {
        let mails = self.mails(address, number).await;
        self.link_in(&mails[number - 1]).expect("the mail has a link")
    }

    /// The mails to `address`, oldest first, as soon as there are `count` of them.
    pub async fn mails(&self, address: &str, count: usize) -> Vec<Mail> {
        self.wait_for_mail(address, |mails| (mails.len() >= count).then_some(mails)).await
    }

    /// The mail that names this account.
    pub async fn mail_for(&self, unverified_account: &UnverifiedAccount) -> Mail {
        let names = |mail: &Mail| {
            mail.text.split(|c: char| !c.is_alphanumeric()).any(|w| w == unverified_account.name)
        };
        self.wait_for_mail(&unverified_account.email, |mails| mails.into_iter().find(names)).await
    }

    /// The path of the link in the mail that names this account.
    pub async fn link_for(&self, unverified_account: &UnverifiedAccount) -> String {
        self.link_in(&self.mail_for(unverified_account).await).expect("the mail has a link")
    }

    /// The path of the first link to this stack in a mail's text.
    pub fn link_in(&self, mail: &Mail) -> Option<String> {
        let at = mail.text.find(self.api_url())? + self.api_url().len();
        mail.text[at..].split_whitespace().next().map(ToOwned::to_owned)
    }

    async fn wait_for_mail<T>(&self, address: &str, found: impl Fn(Vec<Mail>) -> Option<T>) -> T {
        let asked = Instant::now();
        loop {
            if let Some(found) = found(self.inbox().to(address)) {
                return found;
            }
            assert!(asked.elapsed() < PATIENCE, "the mail to {address} does not come");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
