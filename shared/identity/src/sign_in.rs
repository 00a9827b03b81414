//! Signing in: a name and a password against a session with its first pair of tokens.

use http::StatusCode;
use jiff::Timestamp;
use satchel_aws::Aws;
use satchel_core::auth::{Hasher, KeyError};
use satchel_core::clock::{Clock, later};
use satchel_core::config::{Config, Lives};
use satchel_core::http::{ApiError, Fields, Input, Request};
use satchel_core::model::{Login, Session, SessionId, Succession};
use satchel_core::random::Random;
use satchel_core::secret::Secret;
use satchel_store::{Sessions, StoreError, Table, Users};

use crate::TokenMint;

const MAX_USER_AGENT_CHARS: usize = 256;

/// Signs accounts in.
#[derive(Clone)]
pub struct SignIn {
    users: Users,
    sessions: Sessions,
    mint: TokenMint,
    hasher: Hasher,
    lives: Lives,
    clock: Clock,
    random: Random,
}

/// The name and the password that somebody signs in with.
#[derive(Debug)]
pub struct Credentials {
    pub username: String,
    pub password: Secret,
}

impl Credentials {
    /// Reads `username` and `password`; the password is never trimmed.
    ///
    /// # Errors
    /// 400 for what is wrong with the fields.
    pub fn read(input: &Input) -> Result<Self, ApiError> {
        let mut fields = Fields::of(input);
        let username = fields.required("username", |text| Ok(text.to_owned()));
        let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
        let (username, password) = fields.finish(username.zip(password))?;
        Ok(Self { username, password })
    }
}

/// The tokens of a session; `access` lives minutes, `refresh` gets new ones.
#[derive(Debug)]
pub struct Tokens {
    pub refresh: Secret,
    pub access: Secret,
}

/// Why nobody was signed in.
#[derive(Debug)]
pub enum SignInError {
    /// No active account has this name and this password.
    Denied,
    /// Name and password are right, the address is not verified.
    NotVerified,
    /// It could not be found out.
    Failed(ApiError),
}

impl From<ApiError> for SignInError {
    fn from(error: ApiError) -> Self {
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

impl SignIn {
    #[must_use]
    pub fn new(aws: &Aws, table: &Table, config: &Config) -> Self {
        Self {
            users: Users::new(table.clone()),
            sessions: Sessions::new(table.clone(), config.lives.refresh_grace),
            mint: TokenMint::start(aws, config),
            hasher: Hasher,
            lives: config.lives,
            clock: Clock::System,
            random: Random::System,
        }
    }

    /// Makes a session with a pair of tokens. Whether the account exists shows neither in the answer nor in the
    /// time it takes.
    ///
    /// # Errors
    /// Says why nobody was signed in.
    pub async fn sign_in(&self, credentials: &Credentials, request: &Request) -> Result<Tokens, SignInError> {
        let now = self.clock.now();
        let login = self.proven(credentials, now).await?;
        let mint = self.mint.get().await?;
        let mut session = self.session(&login, request, now, self.lives.session);
        let refresh = mint.refresh_claims(now, session.expires_at);
        let tokens = Tokens {
            refresh: mint.refresh(login.user_id, session.id, &refresh)?,
            access: mint.access(login.user_id, session.id, now, session.expires_at)?,
        };
        session.refresh = Some(Succession { current: refresh, successor: None, replaced: Vec::new() });
        if self.sessions.create(&session).await? { Ok(tokens) } else { Err(SignInError::Denied) }
    }

    /// Makes a session of one long-lived access token, which nothing renews, and says how many seconds it lives.
    ///
    /// # Errors
    /// Says why nobody was signed in.
    pub async fn sign_in_once(
        &self,
        credentials: &Credentials,
        request: &Request,
    ) -> Result<(Secret, i64), SignInError> {
        let now = self.clock.now();
        let login = self.proven(credentials, now).await?;
        let mint = self.mint.get().await?;
        let session = self.session(&login, request, now, self.lives.login_token);
        let token = mint.access_until(login.user_id, session.id, now, session.expires_at)?;
        if self.sessions.create(&session).await? {
            Ok((token, self.lives.login_token))
        } else {
            Err(SignInError::Denied)
        }
    }

    /// What the table has of the account whose name and password these are.
    async fn proven(&self, credentials: &Credentials, now: Timestamp) -> Result<Login, SignInError> {
        let login = self.users.login(&credentials.username, now).await?;
        let hash = login.as_ref().map(|login| login.password_hash.as_str());
        let matches = self.hasher.verify(&credentials.password, hash).await;
        let login = login.filter(|login| matches && login.is_active).ok_or(SignInError::Denied)?;
        if login.awaits_verification { Err(SignInError::NotVerified) } else { Ok(login) }
    }

    fn session(&self, login: &Login, request: &Request, now: Timestamp, seconds: i64) -> Session {
        let user_agent = request.header("user-agent");
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

impl From<SignInError> for ApiError {
    /// As the Django REST services say it.
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Denied | SignInError::NotVerified => {
                Self::Detail(StatusCode::UNAUTHORIZED, "No active account found with the given credentials")
            }
            SignInError::Failed(error) => error,
        }
    }
}
