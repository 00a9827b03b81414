//! Requests mails.

use satchel_guard::{Attempts, Caller};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::{Email, Error, MailId};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{Accounts, MailKind, Mailing, Outbox, OutgoingMail};

/// Writes mails to the outbox, with a limit for each address.
#[derive(Clone)]
pub struct MailRequest {
    outbox: Outbox,
    accounts: Accounts,
    mailing: Mailing,
    attempts: Attempts,
    clock: Clock,
    random: Random,
}

impl Wired for MailRequest {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            outbox: wiring.get()?,
            accounts: wiring.get()?,
            mailing: wiring.get()?,
            attempts: wiring.get()?,
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl MailRequest {
    /// Requests a mail to `email`, unless the address got too many mails.
    ///
    /// The address may belong to any account or to none; neither the result nor its timing reveals which.
    ///
    /// # Errors
    /// A field error if this deployment sends no mail; or if the table does not answer.
    pub async fn ask(&self, kind: MailKind, email: &Email, base_url: &str) -> Result<(), Error> {
        self.mailing.require()?;
        let mail = self.mail(kind, email.as_str(), base_url);
        Ok(self.outbox.ask(&mail, email, self.clock.now()).await?)
    }

    /// Stores the address that the caller wants and requests the mail that verifies it. The verified address
    /// that it replaces gets a notification.
    ///
    /// # Errors
    /// A field error if this deployment sends no mail;
    /// [`Refusal::TokenNotValid`](satchel_model::Refusal::TokenNotValid) if the caller was signed out in the
    /// meantime; [`Refusal::Throttled`](satchel_model::Refusal::Throttled) if one of the addresses got too
    /// many mails.
    pub async fn change_email(&self, caller: &Caller, email: &Email, base_url: &str) -> Result<(), Error> {
        self.mailing.require()?;
        let user = &caller.user;
        let verify = MailKind::VerifyNewEmail {
            user_id: user.id,
            username: user.username.clone(),
            replaces: user.email.clone(),
        };
        let mut mails = vec![self.mail(verify, email.as_str(), base_url)];
        let replaced = |old: &&str| user.email_verified && Email::stored(old).key() != email.key();
        if let Some(old) = user.email.as_deref().filter(replaced) {
            mails.push(self.mail(
                MailKind::AddressChanges { username: user.username.clone() },
                old,
                base_url,
            ));
        }
        self.accounts.change_email(caller, email, &mails, &self.attempts, self.clock.now()).await
    }

    fn mail(&self, kind: MailKind, email: &str, base_url: &str) -> OutgoingMail {
        OutgoingMail {
            id: MailId::new(self.random, self.clock.now()),
            kind,
            email: email.to_owned(),
            base_url: base_url.to_owned(),
        }
    }
}
