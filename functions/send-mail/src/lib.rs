//! What the table's stream starts: sends the mails of the outbox.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use satchel_aws::Aws;
use satchel_core::clock::{Clock, later};
use satchel_core::config::Config;
use satchel_core::model::Email;
use satchel_core::random::Random;
use satchel_core::secret::Secret;
use satchel_core::telemetry::chain;
use satchel_mail::{Letter, MailError, Mailer, address_taken, verification};
use satchel_store::{MailKind, MailLinks, OutgoingMail, StoreError, Table, Users, VerificationLink};
use serde::Serialize;
use tracing::{error, info};

/// What this function needs.
pub struct App {
    users: Users,
    links: MailLinks,
    mailer: Mailer,
    link_seconds: i64,
    clock: Clock,
    random: Random,
}

/// Which records of the batch Lambda is to send again.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    pub batch_item_failures: Vec<Failure>,
}

/// One record to send again; Lambda goes on from the first of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub item_identifier: String,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error("the record is no mail: {0}")]
    Record(#[from] serde_dynamo::Error),
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
            users: Users::new(table.clone()),
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
    for record in event.records {
        let number = record.change.sequence_number.clone().unwrap_or_default();
        if let Err(cause) = send(app, record).await {
            error!(cause = chain(&cause), "mail not sent");
            return Failures { batch_item_failures: vec![Failure { item_identifier: number }] };
        }
        info!("mail sent");
    }
    Failures::default()
}

async fn send(app: &App, record: EventRecord) -> Result<(), Unsent> {
    let mail: OutgoingMail = serde_dynamo::from_item(record.change.new_image)?;
    let letter = match mail.kind {
        MailKind::VerifyEmail => verification_letter(app, &mail).await?,
    };
    app.mailer.send(&mail.email, &letter).await?;
    Ok(())
}

/// A link for the new account or, if the address belongs to another account, word of it to its owner.
async fn verification_letter(app: &App, mail: &OutgoingMail) -> Result<Letter, StoreError> {
    if let Ok(email) = Email::parse(&mail.email)
        && app.users.address_is_taken(&email).await?
    {
        return Ok(address_taken(&mail.username));
    }
    let token = Secret::token(app.random);
    let link = VerificationLink {
        user_id: mail.user_id,
        username: mail.username.clone(),
        email: mail.email.clone(),
        expires_at: later(app.clock.now(), app.link_seconds).as_second(),
    };
    app.links.keep(&token, &link).await?;
    Ok(verification(&mail.username, &format!("{}/api/verify-email/{}", mail.base_url, token.expose())))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Reply, USER, denied, done, found};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/send-mail.json");
    /// 32 bytes 7 as base64url.
    const TOKEN: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    /// printf %s <token> | openssl dgst -sha256 -binary | basenc --base64url
    const LINK: &str = "LINK#3Ev4DHdHPRMPoN6GukAY_pi7IUAF5qWJHRK6kURvnoE";

    fn replies() -> [Reply; 3] {
        let sent = "<SendEmailResponse><SendEmailResult><MessageId>1</MessageId></SendEmailResult></SendEmailResponse>";
        [found(None), done("PutItem"), Reply::new("SendEmail", sent)]
    }

    async fn handled(aws: &CannedAws) -> serde_json::Value {
        let app = App { random: Random::Fixed(7), ..App::new(&aws.config()) };
        json!(handle(&app, serde_json::from_str(EVENT).unwrap()).await)
    }

    #[tokio::test]
    async fn a_new_account_gets_a_link_of_which_only_the_hash_is_kept() {
        let aws = CannedAws::answering(replies()).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        let link = aws.call("PutItem");
        assert_eq!(link.json()["Item"]["pk"]["S"], LINK);
        assert_eq!(link.json()["Item"]["email"]["S"], "grace@example.com");
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
        let taken = json!({"pk": "EMAIL#grace@example.com", "sk": "EMAIL", "user_id": USER});
        let aws = CannedAws::answering([found(Some(taken)), sent]).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        assert_eq!(aws.operations(), ["GetItem", "SendEmail"]);
        let letter = String::from_utf8(aws.call("SendEmail").body.to_vec()).unwrap();
        assert!(!letter.contains("verify-email"), "{letter}");
    }

    #[tokio::test]
    async fn a_mail_that_was_not_sent_comes_again_whichever_call_fails() {
        for operation in ["GetItem", "PutItem", "SendEmail"] {
            let aws = CannedAws::answering([vec![denied(operation)], replies().to_vec()].concat()).await;
            let failures = json!([{"itemIdentifier": "100000000000000000001"}]);
            assert_eq!(handled(&aws).await, json!({"batchItemFailures": failures}), "{operation}");
        }
    }

    #[tokio::test]
    async fn a_record_that_is_no_mail_comes_again_alone() {
        let aws = CannedAws::answering(replies()).await;
        let mut event: Event = serde_json::from_str(EVENT).unwrap();
        let mut broken = event.records[0].clone();
        broken.change.new_image.remove("email");
        broken.change.sequence_number = Some("2".to_owned());
        event.records.push(broken);
        let failures = handle(&App::new(&aws.config()), event).await;
        assert_eq!(json!(failures), json!({"batchItemFailures": [{"itemIdentifier": "2"}]}));
        assert_eq!(aws.operations(), ["GetItem", "PutItem", "SendEmail"], "the first was sent");
    }
}
