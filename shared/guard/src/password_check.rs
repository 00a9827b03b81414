//! Rate-limited password checks.

use jiff::Timestamp;
use tracing::warn;

use satchel_model::secret::Secret;
use satchel_model::{Error, Login, Username, Viewer};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::StoreError;

use crate::{Attempt, Attempts, Caller, Comparison, Hasher, Learnt, Logins, Refused};

/// Checks passwords; each attempt is counted before anything is compared.
#[derive(Clone)]
pub struct PasswordChecks {
    logins: Logins,
    attempts: Attempts,
    hasher: Hasher,
}

/// The result of a successful password check.
#[derive(Debug)]
pub struct CheckedPassword {
    pub login: Login,
    /// What the sign-in reveals about the account, to be written with the session.
    pub learnt: Option<Learnt>,
    /// The counted attempt, to be passed to [`PasswordChecks::was_right`].
    pub attempt: Attempt,
}

/// Why a password check did not succeed.
#[derive(Debug)]
pub enum PasswordCheckError {
    /// No active account has this name and this password.
    Wrong,
    /// There were too many attempts; the password was not compared.
    Refused(Refused),
    /// The check itself failed.
    Failed(Error),
}

impl From<StoreError> for PasswordCheckError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Wired for PasswordChecks {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { logins: wiring.get()?, attempts: wiring.get()?, hasher: Hasher })
    }
}

impl PasswordChecks {
    /// Checks the password of the active account `username`.
    ///
    /// The password is compared in Unicode form NFC and, for an older hash, also as it was typed. Both
    /// comparisons count as one attempt. The attempt is counted before anything is hashed. The check takes
    /// the same time whether the account exists or not.
    ///
    /// # Errors
    /// The reason, if the check did not succeed.
    pub async fn of(
        &self,
        username: &str,
        password: &Secret,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<CheckedPassword, PasswordCheckError> {
        let name = Username::key_of(username);
        let (found, counted) = tokio::join!(
            self.logins.find_login(username, now),
            self.attempts.at_password(&name, viewer, false, now)
        );
        let (key, login) = found?.unzip();
        let knows = || login.as_ref().is_some_and(|login| self.attempts.knows(login, viewer, now));
        let counted = match counted? {
            // Attempts of others do not lock out a client that has signed in to the account before.
            Err(refused) if refused.by_account && knows() => {
                self.attempts.at_password(&name, viewer, true, now).await?
            }
            counted => counted,
        };
        let attempt = counted.map_err(PasswordCheckError::Refused)?;
        let hash = login.as_ref().map(|login| login.password_hash.as_str());
        let is_nfc = login.as_ref().is_some_and(Login::is_nfc);
        let compared = self.hasher.compare(password, hash, is_nfc).await;
        let is_right = |login: &Login| compared != Comparison::Different && login.is_active;
        let (key, login) = key.zip(login.filter(is_right)).ok_or(PasswordCheckError::Wrong)?;
        let better_hash = self.better_hash(&login, password, compared).await;
        let known_addresses = self.attempts.introduce(&login, viewer, now);
        let learnt = (known_addresses.is_some() || better_hash.is_some()).then(|| Learnt {
            name: key,
            password_hash: login.password_hash.clone(),
            better_hash,
            known_addresses,
        });
        Ok(CheckedPassword { login, learnt, attempt })
    }

    /// Checks the caller's own password.
    ///
    /// # Errors
    /// The reason, if the check did not succeed.
    pub async fn of_caller(
        &self,
        caller: &Caller,
        password: &Secret,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<Attempt, PasswordCheckError> {
        let checked = self.of(&caller.user.username, password, viewer, now).await?;
        Ok(checked.attempt)
    }

    /// Removes a successful attempt from the counters.
    ///
    /// If that fails, the attempt counts as a wrong one until its window ends, which is too harmless to fail
    /// the request.
    pub async fn was_right(&self, attempt: Attempt) {
        if let Err(error) = self.attempts.give_back(attempt).await {
            warn!(cause = %error, "a correct password remains counted as an attempt");
        }
    }

    /// The hash that replaces the stored one after a successful check, if it should be replaced: made from
    /// NFC, with today's parameters.
    async fn better_hash(&self, login: &Login, password: &Secret, compared: Comparison) -> Option<String> {
        if compared == Comparison::AsTyped || Hasher::is_outdated(&login.password_hash) {
            return Some(self.hasher.hash(&password.nfc()).await);
        }
        // Only the mark is missing: the hash matches the password in NFC.
        (!login.is_nfc()).then(|| login.password_hash.clone())
    }
}

impl PasswordCheckError {
    /// The error for a request that contains the caller's current password in the field `name`.
    #[must_use]
    pub fn in_field(self, name: &str) -> Error {
        match self {
            Self::Wrong => Error::field(name, "Invalid password."),
            Self::Refused(refused) => refused.into(),
            Self::Failed(error) => error,
        }
    }
}
