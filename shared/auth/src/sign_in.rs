//! Signs in: exchanges a username and password for a session with an access and a refresh token.

use jiff::Timestamp;

use satchel_api::Credentials;
use satchel_guard::{CheckedPassword, KeyError, PasswordCheckError, PasswordChecks};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::secret::Secret;
use satchel_model::{Client, Error, Login, Refusal, Session, SessionId, Succession};
use satchel_runtime::telemetry::note_caller;
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::StoreError;

use crate::{Sessions, TokenMint};

const MAX_USER_AGENT_CHARS: usize = 256;

/// Signs in to accounts.
#[derive(Clone)]
pub struct SignIn {
    checks: PasswordChecks,
    sessions: Sessions,
    mint: TokenMint,
    session_seconds: i64,
    /// Lifetime of the token of [`sign_in_once`](Self::sign_in_once), in seconds.
    login_token_seconds: i64,
    clock: Clock,
    random: Random,
}

/// The tokens of a session: `access` is valid for minutes, `refresh` is exchanged for new ones.
#[derive(Debug)]
pub struct Tokens {
    pub refresh: Secret,
    pub access: Secret,
}

/// Why a sign-in did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No active account has this name and this password.
    #[error("wrong credentials")]
    Denied,
    /// Name and password are right, but the address is not verified.
    #[error("the address is not verified")]
    NotVerified,
    /// The sign-in itself failed.
    #[error(transparent)]
    Failed(Error),
}

impl From<Error> for SignInError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<KeyError> for SignInError {
    fn from(error: KeyError) -> Self {
        Self::Failed(error.into())
    }
}

impl Wired for SignIn {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            checks: wiring.get()?,
            sessions: wiring.get()?,
            mint: wiring.get()?,
            session_seconds: wiring.parsed("SESSION_SECONDS"),
            login_token_seconds: wiring.parsed("LOGIN_TOKEN_SECONDS"),
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl SignIn {
    /// Creates a session with an access and a refresh token.
    ///
    /// Neither the result nor its timing reveals whether the account exists.
    ///
    /// # Errors
    /// The reason, if the sign-in did not succeed.
    pub async fn sign_in(&self, credentials: &Credentials, client: &Client) -> Result<Tokens, SignInError> {
        let now = self.clock.now();
        let checked = self.check(credentials, client, now).await?;
        let mint = self.mint.get().await?;
        let mut session = self.session(&checked.login, client, now, self.session_seconds);
        let refresh = mint.refresh_claims(now, session.expires_at);
        let tokens = Tokens {
            refresh: mint.refresh(session.user_id, session.id, &refresh)?,
            access: mint.access(session.user_id, session.id, now, session.expires_at)?,
        };
        session.refresh = Some(Succession { current: refresh, successor: None, replaced: Vec::new() });
        self.store(&session, checked).await?;
        Ok(tokens)
    }

    /// Creates a session with one long-lived access token, which cannot be refreshed. Returns the token and
    /// its lifetime in seconds.
    ///
    /// # Errors
    /// The reason, if the sign-in did not succeed.
    pub async fn sign_in_once(
        &self,
        credentials: &Credentials,
        client: &Client,
    ) -> Result<(Secret, i64), SignInError> {
        let now = self.clock.now();
        let checked = self.check(credentials, client, now).await?;
        let mint = self.mint.get().await?;
        let session = self.session(&checked.login, client, now, self.login_token_seconds);
        let token = mint.access_until(session.user_id, session.id, now, session.expires_at)?;
        self.store(&session, checked).await?;
        Ok((token, self.login_token_seconds))
    }

    /// Checks the credentials and that the account may sign in.
    async fn check(
        &self,
        credentials: &Credentials,
        client: &Client,
        now: Timestamp,
    ) -> Result<CheckedPassword, SignInError> {
        let Credentials { username, password } = credentials;
        let checked = match self.checks.of(username, password, &client.viewer, now).await {
            Ok(checked) => checked,
            Err(PasswordCheckError::Wrong) => return Err(SignInError::Denied),
            Err(PasswordCheckError::Refused(refused)) => return Err(SignInError::Failed(refused.into())),
            Err(PasswordCheckError::Failed(error)) => return Err(SignInError::Failed(error)),
        };
        note_caller(checked.login.user_id);
        if checked.login.awaits_verification {
            self.checks.was_right(checked.attempt).await;
            return Err(SignInError::NotVerified);
        }
        Ok(checked)
    }

    async fn store(&self, session: &Session, checked: CheckedPassword) -> Result<(), SignInError> {
        let CheckedPassword { learnt, attempt, .. } = checked;
        let (is_stored, ()) =
            tokio::join!(self.sessions.create(session, learnt.as_ref()), self.checks.was_right(attempt));
        if is_stored? { Ok(()) } else { Err(SignInError::Denied) }
    }

    fn session(&self, login: &Login, client: &Client, now: Timestamp, seconds: i64) -> Session {
        let user_agent = client.user_agent.as_deref();
        Session {
            id: SessionId::new(self.random, now),
            user_id: login.user_id,
            auth_epoch: login.auth_epoch,
            created_at: now,
            last_used_at: now,
            expires_at: later(now, seconds),
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT_CHARS).collect()),
            refresh: None,
        }
    }
}

impl From<SignInError> for Error {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Denied | SignInError::NotVerified => Self::Refused(Refusal::WrongCredentials),
            SignInError::Failed(error) => error,
        }
    }
}
