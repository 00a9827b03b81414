//! Signing up.

use satchel_api::{Fields, Input, SignUp};
use satchel_guard::{Attempts, Hasher};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::{Error, MailId, NewPassword, Refusal, User, UserId, Username, Viewer};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{MailKind, NewUser, OutgoingMail, Registration, Users};

/// Creates accounts for those who sign up.
#[derive(Clone)]
pub struct SignUps {
    users: Users,
    attempts: Attempts,
    hasher: Hasher,
    registration: Registration,
    require_email: bool,
    unverified_seconds: i64,
    clock: Clock,
    random: Random,
}

impl Wired for SignUps {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            users: wiring.get()?,
            attempts: wiring.get()?,
            hasher: Hasher,
            registration: wiring.get()?,
            require_email: wiring.parsed("REQUIRE_EMAIL"),
            unverified_seconds: wiring.parsed("UNVERIFIED_ACCOUNT_SECONDS"),
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl SignUps {
    /// Reads `username`, `password` and `email`, which must be there if `email_required` or if the deployment asks
    /// for it: by a parameter, or because only some domains' addresses may sign up.
    ///
    /// # Errors
    /// 400 with everything that is wrong; 403 if this deployment does not take such accounts.
    pub fn read(&self, input: &Input, email_required: bool) -> Result<SignUp, Refusal> {
        if self.registration == Registration::Closed {
            return Err(Refusal::RegistrationClosed);
        }
        let mut fields = Fields::of(input);
        let username = fields.required("username", Username::parse);
        let like = username.as_ref().map_or("", Username::as_str);
        let password = fields.untrimmed("password", |text| NewPassword::parse(text, like));
        let email_required =
            email_required || self.require_email || matches!(self.registration, Registration::Domains(_));
        let email = if email_required {
            fields.required("email", |text| self.registration.email(text))
        } else {
            fields.optional_or_blank("email", |text| self.registration.email(text))
        };
        let (username, password) = fields.finish(username.zip(password))?;
        Ok(SignUp { username, password, email })
    }

    /// Makes the account and, if it has an address, asks for its verification by mail. The attempt is counted first:
    /// beyond the limit nothing is hashed, and the answer does not reveal which names are taken.
    ///
    /// # Errors
    /// 429 if this client signed up too often; 400 if somebody has the name.
    pub async fn sign_up(&self, sign_up: SignUp, viewer: &Viewer) -> Result<User, Error> {
        let SignUp { username, password, email } = sign_up;
        let now = self.clock.now();
        self.attempts.at_sign_up(viewer, now).await?;
        let id = UserId::new(self.random, now);
        let mail = email.as_ref().map(|email| OutgoingMail {
            id: MailId::new(self.random, now),
            kind: MailKind::VerifyEmail { user_id: id, username: username.as_str().to_owned() },
            email: email.as_str().to_owned(),
            base_url: viewer.base_url.clone(),
        });
        let new = NewUser {
            id,
            username,
            email,
            password_hash: self.hasher.hash(password.secret()).await,
            created_at: now,
            unverified_until: later(now, self.unverified_seconds),
        };
        self.users.create(new, mail.as_ref(), &self.attempts).await
    }
}
