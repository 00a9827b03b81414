//! Creates accounts by sign-up.

use satchel_api::{Fields, Input, SignUp};
use satchel_guard::{Attempts, Hasher};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::{Error, MailId, NewPassword, Refusal, User, UserId, Username, Viewer};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::{MailKind, NewUser, OutgoingMail, Registration, SignUpPolicy, Users};

/// Reads sign-ups and creates their accounts.
#[derive(Clone)]
pub struct SignUps {
    users: Users,
    attempts: Attempts,
    hasher: Hasher,
    policy: SignUpPolicy,
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
            policy: wiring.get()?,
            unverified_seconds: wiring.parsed("UNVERIFIED_ACCOUNT_SECONDS"),
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl SignUps {
    /// Reads `username`, `password` and `email` from `input`.
    ///
    /// `email` is required if `email_required` is set or the deployment requires it.
    ///
    /// # Errors
    /// All field errors together; [`Refusal::RegistrationClosed`] if this deployment accepts no sign-ups; only a field
    /// error for `email` if an address is required and this deployment sends no mail.
    pub fn read(&self, input: &Input, email_required: bool) -> Result<SignUp, Refusal> {
        let policy = &self.policy;
        if policy.registration == Registration::Closed {
            return Err(Refusal::RegistrationClosed);
        }
        let email_required = email_required || policy.email_required();
        if email_required {
            policy.mailing.require()?;
        }
        let mut fields = Fields::of(input);
        let username = fields.required("username", Username::parse);
        let like = username.as_ref().map_or("", Username::as_str);
        let password = fields.untrimmed("password", |text| NewPassword::parse(text, like));
        let email = if email_required {
            fields.required("email", |text| policy.email(text))
        } else {
            fields.optional_or_blank("email", |text| policy.email(text))
        };
        let (username, password) = fields.finish(username.zip(password))?;
        Ok(SignUp { username, password, email })
    }

    /// Creates the account and, if it has an address, queues the mail that verifies it.
    ///
    /// The attempt is counted first: beyond the limit nothing is hashed, and the result does not reveal which
    /// names are taken.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] if this client signed up too often; a field error for `username` if the name is
    /// taken.
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
