//! What the table's stream starts: sends the mails of the outbox.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use satchel_aws::Aws;
use satchel_core::clock::{Clock, later};
use satchel_core::config::Config;
use satchel_core::model::{Email, UserId};
use satchel_core::random::Random;
use satchel_core::secret::Secret;
use satchel_mail::{self as letters, Letter, MailError, Mailer};
use satchel_store::{
    Address, Addresses, Directory, Failures, Holder, MailKind, MailLink, MailLinks, OutgoingMail, Purpose,
    StoreError, Table, Users, work_through,
};
use tracing::{error, info};

/// What this function needs.
pub struct App {
    directory: Directory,
    marks: Addresses,
    users: Users,
    links: MailLinks,
    mailer: Mailer,
    link_seconds: i64,
    clock: Clock,
    random: Random,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Self {
            directory: Directory::new(table.clone(), config),
            users: Users::new(table.clone()),
            marks: Addresses::new(table.clone(), config),
            links: MailLinks::new(table),
            mailer: Mailer::new(&aws, config),
            link_seconds: config.lives.mail_link,
            clock: Clock::System,
            random: Random::System,
        }
    }
}

/// Sends each mail of the batch. Sent twice is better than lost: a mail may go out again, with a link of its own.
pub async fn handle(app: &App, event: Event) -> Failures {
    work_through(event, |record| Box::pin(send(app, record))).await
}

async fn send(app: &App, record: EventRecord) -> Result<(), Unsent> {
    let Some((mail, email)) = read(record) else {
        // It would be none the next time either, and hold up the mails behind it.
        error!("a record of the outbox is no mail");
        return Ok(());
    };
    let address = app.directory.address(&email, app.clock.now()).await?;
    if address.marked_plainly {
        app.marks.replace_plain_mark(&email.key(), app.clock.now()).await?;
    }
    if address.undeliverable {
        info!("mail not sent: its address does not take mail");
        return Ok(());
    }
    let letter = match app.letter(&mail, &email, address).await {
        // Deleted since the mail was asked for.
        Err(StoreError::Unowned) => None,
        letter => letter?,
    };
    let Some(letter) = letter else {
        info!("mail not sent: it is for nobody");
        return Ok(());
    };
    match app.mailer.send(&mail.email, &letter).await {
        // Trying again would not help, and would hold up the mails behind it.
        Err(refusal) if refusal.is_final() => error!(code = refusal.code(), "mail refused for good"),
        sent => {
            sent?;
            info!("mail sent");
        }
    }
    Ok(())
}

fn read(record: EventRecord) -> Option<(OutgoingMail, Email)> {
    let mail: OutgoingMail = serde_dynamo::from_item(record.change.new_image).ok()?;
    let email = Email::parse(&mail.email).ok()?;
    Some((mail, email))
}

impl App {
    /// What to write, if there is anybody to write to. Whether an address belongs to somebody is found out only here,
    /// where nobody waits for the answer.
    async fn letter(
        &self,
        mail: &OutgoingMail,
        email: &Email,
        address: Address,
    ) -> Result<Option<Letter>, StoreError> {
        let verify = |replaces| Purpose::VerifyEmail { email: mail.email.clone(), replaces };
        let letter = match (&mail.kind, address.owner) {
            (MailKind::VerifyEmail { username, .. }, Some(_)) => letters::address_taken(username),
            (MailKind::VerifyNewEmail { user_id, username, .. }, Some(owner))
                if owner.user_id != *user_id =>
            {
                letters::address_taken(username)
            }
            (MailKind::VerifyEmail { user_id, username }, None) => {
                let purpose = verify(Some(mail.email.clone()));
                letters::verification(username, &self.link(mail, *user_id, username, purpose).await?)
            }
            (MailKind::VerifyNewEmail { user_id, username, replaces }, _) => {
                let purpose = verify(replaces.clone());
                letters::new_address(username, &self.link(mail, *user_id, username, purpose).await?)
            }
            (MailKind::VerifyAgain, Some(owner)) => letters::already_verified(&owner.username),
            (MailKind::VerifyAgain, None) => return self.letter_again(mail, email).await,
            (MailKind::AddressChanges { username }, _) => letters::address_changes(username),
            (MailKind::ResetPassword, Some(owner)) => return self.reset_letter(mail, owner).await,
            (MailKind::ResetPassword, None) => return Ok(None),
        };
        Ok(Some(letter))
    }

    /// A link for each account that waits for the address.
    async fn letter_again(&self, mail: &OutgoingMail, email: &Email) -> Result<Option<Letter>, StoreError> {
        let mut accounts = Vec::new();
        for Holder { user_id, username } in self.directory.waiting(email, self.clock.now()).await? {
            let Some(user) = self.users.get(user_id).await? else { continue };
            let is_meant = |text: &&String| Email::parse(text).is_ok_and(|given| given.key() == email.key());
            // As the account has it, which need not be as it was written today.
            let Some(given) = user.email.iter().chain(&user.pending_email).find(is_meant).cloned() else {
                continue;
            };
            let purpose = Purpose::VerifyEmail { email: given, replaces: user.email };
            match self.link(mail, user_id, &username, purpose).await {
                Err(StoreError::Unowned) => {}
                link => accounts.push((username, link?)),
            }
        }
        Ok((!accounts.is_empty()).then(|| letters::verification_again(&accounts)))
    }

    /// A link that resets the password, if the account is open.
    async fn reset_letter(&self, mail: &OutgoingMail, owner: Holder) -> Result<Option<Letter>, StoreError> {
        let Some(user) = self.users.get(owner.user_id).await?.filter(|user| user.is_active) else {
            return Ok(None);
        };
        let purpose = Purpose::ResetPassword { auth_epoch: user.auth_epoch, email: user.email.clone() };
        let link = self.link(mail, user.id, &user.username, purpose).await?;
        Ok(Some(letters::password_reset(&user.username, &link)))
    }

    /// A new link, of which only the hash is kept.
    async fn link(
        &self,
        mail: &OutgoingMail,
        user_id: UserId,
        username: &str,
        purpose: Purpose,
    ) -> Result<String, StoreError> {
        let path = match purpose {
            Purpose::VerifyEmail { .. } => "api/verify-email",
            Purpose::ResetPassword { .. } => "api/user/password-reset",
        };
        let token = Secret::token(self.random);
        let expires_at = later(self.clock.now(), self.link_seconds).as_second();
        self.links
            .keep(&token, &MailLink { user_id, username: username.to_owned(), purpose, expires_at })
            .await?;
        Ok(format!("{}/{path}/{}", mail.base_url, token.expose()))
    }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Reply, USER, cancelled, denied, done, found, found_all};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/send-mail.json");
    /// 32 bytes 7 as base64url.
    const TOKEN: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    /// printf %s <token> | openssl dgst -sha256 -binary | basenc --base64url
    const LINK: &str = "LINK#3Ev4DHdHPRMPoN6GukAY_pi7IUAF5qWJHRK6kURvnoE";

    fn replies() -> [Reply; 3] {
        let sent = "<SendEmailResponse><SendEmailResult><MessageId>1</MessageId></SendEmailResult></SendEmailResponse>";
        [found_all(&[]), done("TransactWriteItems"), Reply::new("SendEmail", sent)]
    }

    async fn handled(aws: &CannedAws) -> serde_json::Value {
        let app = App { random: Random::Fixed(7), ..App::new(&aws.config()) };
        json!(handle(&app, serde_json::from_str(EVENT).unwrap()).await)
    }

    #[tokio::test]
    async fn a_new_account_gets_a_link_of_which_only_the_hash_is_kept() {
        let aws = CannedAws::answering(replies()).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        let link = aws.call("TransactWriteItems");
        let (kept, noted) = (link.put(1), link.put(2));
        assert_eq!((&kept["pk"], &kept["email"]), (&json!(LINK), &json!("grace@example.com")));
        // Where the erasure of the account finds it.
        let user_id = kept["user_id"].as_str().unwrap();
        assert_eq!((&noted["pk"], &noted["sk"]), (&json!(format!("USER#{user_id}")), &json!(LINK)));
        assert_eq!(noted["ttl"], kept["ttl"]);
        assert!(!String::from_utf8_lossy(&link.body).contains(TOKEN));
        let letter = String::from_utf8(aws.call("SendEmail").body.to_vec()).unwrap();
        assert!(letter.contains("Destination.ToAddresses.member.1=grace%40example.com"), "{letter}");
        assert!(letter.contains("Source=no-reply%40example.com"), "{letter}");
        let url = format!("https%3A%2F%2Ffiles.example.com%2Fapi%2Fverify-email%2F{TOKEN}");
        assert!(letter.contains(&url), "{letter}");
    }

    #[tokio::test]
    async fn the_owner_of_an_address_is_told_and_gets_no_link() {
        let [_, _, sent] = replies();
        let taken =
            json!({"pk": "EMAIL#grace@example.com", "sk": "EMAIL", "user_id": USER, "username": "ada"});
        let aws = CannedAws::answering([found_all(&[taken]), sent]).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        assert_eq!(aws.operations(), ["BatchGetItem", "SendEmail"]);
        let letter = String::from_utf8(aws.call("SendEmail").body.to_vec()).unwrap();
        assert!(!letter.contains("verify-email"), "{letter}");
    }

    #[tokio::test]
    async fn an_account_that_is_erased_meanwhile_gets_neither_link_nor_mail() {
        let erased = cancelled(&["ConditionalCheckFailed", "None", "None"]);
        let aws = CannedAws::answering([found_all(&[]), erased]).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        let account = aws.call("TransactWriteItems").json()["TransactItems"][0]["ConditionCheck"].take();
        let is_kept = "attribute_exists(pk) AND attribute_not_exists(#erasing)";
        assert_eq!(account["ConditionExpression"], is_kept);
    }

    #[tokio::test]
    async fn a_marked_address_gets_no_mail_until_its_mark_expires() {
        // printf 'undeliverable grace@example.com' | openssl dgst -sha256 -hmac <counter key>, its first 32 digits
        let hash = "e3d503406ca255551e3cd3c80741498b";
        let mark = |ttl: i64| {
            let (pk, sk) = (format!("UNDELIVERABLE#{hash}"), "UNDELIVERABLE");
            json!({"pk": pk, "sk": sk, "reason": "bounce", "at": "2026-03-12T19:04:00Z", "ttl": ttl})
        };
        for (ttl, is_sent) in [(32_503_680_000, false), (1, true)] {
            let aws =
                CannedAws::answering([vec![found_all(&[mark(ttl)])], replies().to_vec()].concat()).await;
            assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
            assert_eq!(!aws.calls_of("SendEmail").is_empty(), is_sent, "{ttl}");
        }
    }

    #[tokio::test]
    async fn a_mark_that_names_its_address_counts_and_is_replaced() {
        let (pk, sk) = ("EMAIL#grace@example.com", "UNDELIVERABLE");
        let plain = json!({"pk": pk, "sk": sk, "reason": "complaint", "at": "2026-03-12T19:04:00Z"});
        let replies =
            [found_all(std::slice::from_ref(&plain)), found(Some(plain)), done("TransactWriteItems")];
        let aws = CannedAws::answering(replies).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        assert!(aws.calls_of("SendEmail").is_empty());
        let write = aws.call("TransactWriteItems");
        let mark = write.put(0);
        assert_eq!(mark["pk"], "UNDELIVERABLE#e3d503406ca255551e3cd3c80741498b");
        assert_eq!((&mark["reason"], mark["ttl"].is_i64()), (&json!("complaint"), true));
        let removed = &write.json()["TransactItems"][1]["Delete"]["Key"];
        assert_eq!(*removed, json!({"pk": {"S": pk}, "sk": {"S": sk}}));
    }

    #[tokio::test]
    async fn a_mail_that_was_not_sent_comes_again_whichever_call_fails() {
        for operation in ["BatchGetItem", "TransactWriteItems", "SendEmail"] {
            let aws = CannedAws::answering([vec![denied(operation)], replies().to_vec()].concat()).await;
            let failures = json!([{"itemIdentifier": "100000000000000000001"}]);
            assert_eq!(handled(&aws).await, json!({"batchItemFailures": failures}), "{operation}");
        }
    }

    #[tokio::test]
    async fn a_record_that_is_no_mail_holds_up_none_behind_it() {
        let aws = CannedAws::answering(replies()).await;
        let mut event: Event = serde_json::from_str(EVENT).unwrap();
        let mut broken = event.records[0].clone();
        broken.change.new_image.remove("email");
        event.records.insert(0, broken);
        let failures = handle(&App::new(&aws.config()), event).await;
        assert_eq!(json!(failures), json!({"batchItemFailures": []}));
        let sent = ["BatchGetItem", "SendEmail", "TransactWriteItems"];
        assert_eq!(aws.operations(), sent, "the second was sent");
    }
}
