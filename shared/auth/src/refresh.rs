//! Staying signed in: a refresh token against a new access token and its one successor.

use crate::{Refreshed, Sessions};
use http::StatusCode;
use satchel_guard::Auth;
use satchel_guard::{KeyError, TokenError, TokenKind};
use satchel_http::ApiError;
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::StoreError;
use serde_json::json;

use crate::{TokenMint, Tokens};

/// Answers refresh tokens.
#[derive(Clone)]
pub struct Refresh {
    auth: Auth,
    sessions: Sessions,
    mint: TokenMint,
    clock: Clock,
}

/// Why a refresh token is not answered.
#[derive(Debug)]
pub enum RefreshError {
    /// It is none of ours, is over, was replaced too long ago, or its session has ended.
    Refused(TokenError),
    /// It could not be found out.
    Failed(ApiError),
}

impl From<ApiError> for RefreshError {
    fn from(error: ApiError) -> Self {
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
    /// A new access token, and the token's one successor.
    ///
    /// # Errors
    /// Says why there are none.
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

impl From<RefreshError> for ApiError {
    /// As `djangorestframework-simplejwt` says it.
    fn from(error: RefreshError) -> Self {
        let detail = match error {
            RefreshError::Failed(error) => return error,
            RefreshError::Refused(TokenError::WrongKind) => "Token has wrong type",
            RefreshError::Refused(_) => "Token is invalid or expired",
        };
        let body = json!({ "detail": detail, "code": "token_not_valid" });
        Self::Body(StatusCode::UNAUTHORIZED, body)
    }
}
