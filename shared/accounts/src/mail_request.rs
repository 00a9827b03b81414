//! Asking for mails.

use satchel_guard::{Attempts, Caller};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::{Email, Error, MailId};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{Accounts, MailKind, Outbox, OutgoingMail};

/// Writes mails into the outbox, so often to one address and no more.
#[derive(Clone)]
pub struct MailRequest {
    outbox: Outbox,
    accounts: Accounts,
    attempts: Attempts,
    clock: Clock,
    random: Random,
}

impl Wired for MailRequest {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            outbox: wiring.get()?,
            accounts: wiring.get()?,
            attempts: wiring.get()?,
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl MailRequest {
    /// Asks for a mail to `email`, unless it got too many. It may be anybody's address or nobody's: neither the response
    /// nor the time that it takes shows which.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn ask(&self, kind: MailKind, email: &Email, base_url: &str) -> Result<(), Error> {
        let mail = self.mail(kind, email.as_str(), base_url);
        Ok(self.outbox.ask(&mail, email, self.clock.now()).await?)
    }

    /// Notes the address that the caller wants and asks for the mail that verifies it; the verified address that it
    /// is to replace is told.
    ///
    /// # Errors
    /// 401 if the caller was signed out meanwhile; 429 if the address got too many mails.
    pub async fn change_email(&self, caller: &Caller, email: &Email, base_url: &str) -> Result<(), Error> {
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
