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
