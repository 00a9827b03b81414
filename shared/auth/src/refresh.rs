//! Exchanges a refresh token for a new access token and the refresh token's one successor.

use satchel_guard::{Auth, KeyError, TokenError, TokenKind};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{Error, Refusal};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::StoreError;

use crate::{Refreshed, Sessions, TokenMint, Tokens};

/// Exchanges refresh tokens.
#[derive(Clone)]
pub struct Refresh {
    auth: Auth,
    sessions: Sessions,
    mint: TokenMint,
    clock: Clock,
}

/// Why a refresh token was not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is invalid or expired, was replaced too long ago, or its session has ended.
    #[error("the refresh token is not valid")]
    Refused(TokenError),
    /// The exchange itself failed.
    #[error(transparent)]
    Failed(Error),
}

impl From<Error> for RefreshError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for RefreshError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<KeyError> for RefreshError {
    fn from(error: KeyError) -> Self {
        Self::Failed(error.into())
    }
}

impl Wired for Refresh {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { auth: wiring.get()?, sessions: wiring.get()?, mint: wiring.get()?, clock: wiring.clock() })
    }
}

impl Refresh {
    /// Exchanges `token` for a new access token and the token's one successor.
    ///
    /// # Errors
    /// The reason, if there are no new tokens.
    pub async fn refresh(&self, token: &Secret) -> Result<Tokens, RefreshError> {
        let now = self.clock.now();
        let claims = self.auth.verifier().verify(token, TokenKind::Refresh).map_err(RefreshError::Refused)?;
        let gone = || RefreshError::Refused(TokenError::Invalid);
        let caller = self.auth.find(&claims).await?.ok_or_else(gone)?;
        let mint = self.mint.get().await?;
        let (user, sid, end) = (claims.user_id, claims.sid, caller.session.expires_at);
        let fresh = mint.refresh_claims(now, end);
        let Refreshed::Successor(successor) = self.sessions.refresh(&caller, &claims.jti, fresh, now).await?
        else {
            return Err(gone());
        };
        Ok(Tokens {
            refresh: mint.refresh(user, sid, &successor)?,
            access: mint.access(user, sid, now, end)?,
        })
    }
}

impl From<RefreshError> for Error {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Failed(error) => error,
            RefreshError::Refused(TokenError::WrongKind) => Self::Refused(Refusal::TokenHasWrongType),
            RefreshError::Refused(_) => Self::Refused(Refusal::RefreshTokenNotValid),
        }
    }
}
