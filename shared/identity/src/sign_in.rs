//! Signing in: a name and a password against a session with its first pair of tokens.

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::auth::{Hasher, KeyError};
use satchel_core::clock::{Clock, later};
use satchel_core::config::{Config, Lives};
use satchel_core::http::ApiError;
use satchel_core::model::{Session, SessionId, Succession};
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

    /// Makes a session. Whether the account exists shows neither in the answer nor in the time it takes.
    ///
    /// # Errors
    /// Says why nobody was signed in.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &Secret,
        user_agent: Option<&str>,
    ) -> Result<Tokens, SignInError> {
        let now = self.clock.now();
        let login = self.users.login(username, now).await?;
        let hash = login.as_ref().map(|login| login.password_hash.as_str());
        let matches = self.hasher.verify(password, hash).await;
        let login = login.filter(|login| matches && login.is_active).ok_or(SignInError::Denied)?;
        if login.awaits_verification {
            return Err(SignInError::NotVerified);
        }
        let mint = self.mint.get().await?;
        let expires_at = later(now, self.lives.session);
        let refresh = mint.refresh_claims(now, expires_at);
        let session = Session {
            id: SessionId::new(self.random, now),
            user_id: login.user_id,
            auth_epoch: login.auth_epoch,
            created_at: now,
            last_used_at: now,
            expires_at,
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT_CHARS).collect()),
            refresh: Some(Succession { current: refresh.clone(), successor: None, replaced: Vec::new() }),
        };
        let tokens = Tokens {
            refresh: mint.refresh(login.user_id, session.id, &refresh)?,
            access: mint.access(login.user_id, session.id, now, expires_at)?,
        };
        if self.sessions.create(&session).await? { Ok(tokens) } else { Err(SignInError::Denied) }
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
