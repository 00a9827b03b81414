//! Authenticates callers: verifies an access token, then loads its session and account from the table.

use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{Bearer, Error, Refusal, Session, User, UserId};
use satchel_runtime::telemetry::note_caller;
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{StoreError, Table, read};

use crate::{Claims, TokenKind, Verifier, VerifyingKeys};

/// An authenticated account, and the session that its token belongs to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Caller {
    pub user: User,
    pub session: Session,
}

/// Checks tokens against sessions and accounts.
#[derive(Clone)]
pub struct Auth {
    verifier: Verifier,
    table: Table,
    clock: Clock,
}

impl Wired for Auth {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let keys = wiring.parsed::<VerifyingKeys>("PUBLIC_KEYS");
        let verifier = Verifier::new(keys, &wiring.text("ISSUER"), wiring.clock());
        Ok(Self { verifier, table: wiring.get()?, clock: wiring.clock() })
    }
}

impl Auth {
    /// Authenticates the caller who sent `bearer`.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] unless the token, the session and the account are all valid.
    pub async fn caller(&self, bearer: Bearer) -> Result<Caller, Error> {
        let (caller, ()) = self.caller_and(bearer, async |_| Ok::<_, Error>(())).await?;
        Ok(caller)
    }

    /// Authenticates the caller who sent `bearer`, and runs `load` for the same account at the same time.
    ///
    /// Loading in parallel saves one round trip. The result of `load` is returned only if authentication
    /// succeeds.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] unless the token, the session and the account are all valid; otherwise the
    /// error of `load`.
    pub async fn caller_and<T, E: Into<Error>>(
        &self,
        bearer: Bearer,
        load: impl AsyncFnOnce(UserId) -> Result<T, E>,
    ) -> Result<(Caller, T), Error> {
        let claims = self
            .verifier
            .verify(&bearer.0, TokenKind::Access)
            .map_err(|_| Error::Refused(Refusal::TokenNotValid))?;
        let (caller, loaded) = tokio::join!(self.find(&claims), load(claims.user_id));
        let caller = caller?.ok_or(Refusal::TokenNotValid)?;
        Ok((caller, loaded.map_err(Into::into)?))
    }

    /// Does the same as [`caller_and`](Self::caller_and), but accepts only staff.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] unless the token, the session and the account are all valid;
    /// [`Refusal::NotFound`] unless the caller is staff, so that other users cannot tell that the route
    /// exists.
    pub async fn staff_and<T, E: Into<Error>>(
        &self,
        bearer: Bearer,
        load: impl AsyncFnOnce(UserId) -> Result<T, E>,
    ) -> Result<(Caller, T), Error> {
        let load = async |id| Ok::<_, Error>(load(id).await);
        let (caller, loaded) = self.caller_and(bearer, load).await?;
        if !caller.user.is_staff {
            return Err(Refusal::NotFound.into());
        }
        Ok((caller, loaded.map_err(Into::into)?))
    }

    /// Loads the session and account of an access or refresh token; `None` if the token, the session or the
    /// account is not valid now.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn holder(&self, token: &Secret) -> Result<Option<(Caller, Claims)>, StoreError> {
        let Ok(claims) = self.verifier.verify_any(token) else { return Ok(None) };
        Ok(self.find(&claims).await?.map(|caller| (caller, claims)))
    }

    /// The verifier, for checks of a token that need no table access.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Loads the session and account that `claims` name; `None` if the session has ended or the account no
    /// longer accepts it.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn find(&self, claims: &Claims) -> Result<Option<Caller>, StoreError> {
        let keys = [Key::session(claims.user_id, claims.sid), Key::user(claims.user_id)];
        let [Some(session), Some(user)] = self.table.get_all(keys).await? else { return Ok(None) };
        let caller = Caller { session: read(session)?, user: read(user)? };
        let caller = Some(caller).filter(|caller| caller.is_good(self.clock));
        if let Some(caller) = &caller {
            note_caller(caller.user.id);
        }
        Ok(caller)
    }
}

impl Caller {
    fn is_good(&self, clock: Clock) -> bool {
        let Self { user, session } = self;
        user.is_active && session.auth_epoch == user.auth_epoch && session.expires_at > clock.now()
    }

    /// For a transaction: checks that the session still exists.
    #[must_use]
    pub fn session_is_there(&self) -> Write {
        Write::check(Key::session(self.user.id, self.session.id)).when("attribute_exists(pk)")
    }

    /// For a transaction: updates the account if it still accepts the session and the condition `and` holds.
    ///
    /// `and` is empty or a further clause, with a leading `AND`.
    #[must_use]
    pub fn update_user(&self, expression: &str, and: &str) -> Write {
        self.while_good(Write::update(Key::user(self.user.id), expression), and)
    }

    /// The first two writes of a transaction that leaves the account unchanged: they check that session and
    /// account are still valid.
    #[must_use]
    pub fn is_still_good(&self) -> [Write; 2] {
        [self.session_is_there(), self.while_good(Write::check(Key::user(self.user.id)), "")]
    }

    /// Like [`is_still_good`](Self::is_still_good), and also checks that the account is still staff.
    #[must_use]
    pub fn is_still_staff(&self) -> [Write; 2] {
        let account = Write::check(Key::user(self.user.id));
        [self.session_is_there(), self.while_good(account, " AND #is_staff = :true")]
    }

    fn while_good(&self, write: Write, and: &str) -> Write {
        write
            .when(&format!("#auth_epoch = :epoch AND #is_active = :true{and}"))
            .number(":epoch", self.session.auth_epoch)
            .flag(":true", true)
    }
}
