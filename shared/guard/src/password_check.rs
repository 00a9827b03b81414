//! Proving to be somebody by a password, so often and no more.

use jiff::Timestamp;
use tracing::warn;

use satchel_model::secret::Secret;
use satchel_model::{Error, Login, Username, Viewer};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::StoreError;

use crate::{Attempt, Attempts, Caller, Comparison, Hasher, Learnt, Logins, Refused};

/// Compares passwords, and counts the attempts before it does.
#[derive(Clone)]
pub struct PasswordChecks {
    logins: Logins,
    attempts: Attempts,
    hasher: Hasher,
}

/// A password that was right.
#[derive(Debug)]
pub struct CheckedPassword {
    pub login: Login,
    /// What the sign-in teaches about the account, to be written with the session.
    pub learnt: Option<Learnt>,
    /// The attempt as it was counted, for [`PasswordChecks::was_right`].
    pub attempt: Attempt,
}

/// Why nothing was proven.
#[derive(Debug)]
pub enum PasswordCheckError {
    /// No active account has this name and this password.
    Wrong,
    /// There were too many attempts; this one was not looked at.
    Refused(Refused),
    /// It could not be found out.
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
    /// Whether `password` is that of the active account `username`, in Unicode form NFC or, for an older hash, as it was
    /// typed. Both comparisons are one attempt, which is counted before anything is hashed and takes the same time
    /// whether the account exists or not.
    ///
    /// # Errors
    /// Says why nothing was proven.
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
            // What others tried does not lock out whoever signed in from here before.
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

    /// Whether `password` is the caller's.
    ///
    /// # Errors
    /// Says why it was not proven.
    pub async fn of_caller(
        &self,
        caller: &Caller,
        password: &Secret,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<Attempt, PasswordCheckError> {
        let proven = self.of(&caller.user.username, password, viewer, now).await?;
        Ok(proven.attempt)
    }

    /// Takes back that an attempt was counted. If that fails, it counts as a wrong one until its window is over,
    /// which harms nobody enough to fail a request for.
    pub async fn was_right(&self, attempt: Attempt) {
        if let Err(error) = self.attempts.give_back(attempt).await {
            warn!(cause = %error, "a right password stays counted as an attempt");
        }
    }

    /// The new hash for a right password, if the stored one should be replaced: of NFC, with today's parameters.
    async fn better_hash(&self, login: &Login, password: &Secret, compared: Comparison) -> Option<String> {
        if compared == Comparison::AsTyped || Hasher::is_outdated(&login.password_hash) {
            return Some(self.hasher.hash(&password.nfc()).await);
        }
        // Only the mark is missing: the hash matched the password in NFC.
        (!login.is_nfc()).then(|| login.password_hash.clone())
    }
}

impl PasswordCheckError {
    /// As routes say it that ask for the caller's password once more in the field `name`.
    #[must_use]
    pub fn in_field(self, name: &str) -> Error {
        match self {
            Self::Wrong => Error::field(name, "Invalid password."),
            Self::Refused(refused) => refused.into(),
            Self::Failed(error) => error,
        }
    }
}
