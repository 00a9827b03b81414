//! Rate limits: counters that DynamoDB increments only up to a limit and deletes by itself.
//!
//! The window of time is part of a counter's key, so that each increment is one conditional write. Subjects
//! are keyed hashes: the table contains neither client addresses nor guessed names.

use futures_util::future::try_join_all;
use jiff::Timestamp;

use satchel_model::secret::Secret;
use satchel_model::{Error, KnownAddress, Login, Refusal, Viewer};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed};

const MAX_KNOWN: usize = 5;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// The limits in each window of time.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Length of the window for failed sign-ins and guessed links, in seconds.
    window: i64,
    /// Failed sign-ins to one account from one client address.
    sign_ins_per_account_and_address: u32,
    /// Failed sign-ins from one client address.
    sign_ins_per_address: u32,
    /// Failed sign-ins to one account, from addresses that are not known to it.
    sign_ins_per_account: u32,
    /// Attempts with invalid mail links, from one client address.
    guesses_per_address: u32,
    /// Sign-ups per hour, from one client address.
    sign_ups_per_address: u32,
    /// Minimum time between two mails to one address, in seconds.
    mail_interval: i64,
    /// Mails per day, to one address.
    mails_per_day: u32,
    /// How long a client address stays known to an account after a sign-in, in seconds.
    known_address: i64,
}

impl Limits {
    fn read(wiring: &Wiring) -> Self {
        Self {
            window: wiring.parsed("THROTTLE_SECONDS"),
            sign_ins_per_account_and_address: wiring.parsed("SIGN_INS_PER_ACCOUNT_AND_ADDRESS"),
            sign_ins_per_address: wiring.parsed("SIGN_INS_PER_ADDRESS"),
            sign_ins_per_account: wiring.parsed("SIGN_INS_PER_ACCOUNT"),
            guesses_per_address: wiring.parsed("GUESSES_PER_ADDRESS"),
            sign_ups_per_address: wiring.parsed("SIGN_UPS_PER_ADDRESS"),
            mail_interval: wiring.parsed("MAIL_INTERVAL_SECONDS"),
            mails_per_day: wiring.parsed("MAILS_PER_DAY"),
            known_address: wiring.parsed("KNOWN_ADDRESS_SECONDS"),
        }
    }
}

/// Counts and limits attempts.
#[derive(Clone)]
pub struct Attempts {
    table: Table,
    limits: Limits,
    key: Secret,
}

/// A counted attempt, which [`Attempts::give_back`] removes from the counters if it succeeded.
#[derive(Debug)]
pub struct Attempt(Vec<Write>);

/// A refused attempt, which must not be processed and was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Seconds until the client may try again.
    pub seconds: u64,
    /// Whether the account's limit is reached, and not the client's own: too many attempts came from other
    /// clients.
    pub by_account: bool,
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(Refusal::Throttled { seconds: refused.seconds })
    }
}

impl Wired for Attempts {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, limits: Limits::read(wiring), key: wiring.secret("COUNTER_KEY") })
    }
}

impl Attempts {
    /// Counts a password attempt for `account`, whether or not that account exists.
    ///
    /// The attempt counts for the client, for the client and the account together and, unless the client is
    /// `known` to the account, for the account. It counts for all of them or none, so that a refused attempt
    /// uses up nothing.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn at_password(
        &self,
        account: &str,
        viewer: &Viewer,
        known: bool,
        now: Timestamp,
    ) -> Result<Result<Attempt, Refused>, StoreError> {
        let (client, account) = (self.client(viewer), self.subject("account", account));
        let by_client = Counter::new(&client, "SIGN_IN", self.limits.window, now);
        let by_account = Counter::new(&account, "SIGN_IN", self.limits.window, now);
        // One record counts a client's attempts in total and for each account. Its size is limited by the
        // client's own limit.
        let raise_client = by_client
            .update(&format!("ADD #total :one, #at_{account} :one SET #ttl = :end"))
            .when(&format!(
                "(attribute_not_exists(#total) OR #total < :total) AND \
                 (attribute_not_exists(#at_{account}) OR #at_{account} < :each)"
            ))
            .number(":total", self.limits.sign_ins_per_address)
            .number(":each", self.limits.sign_ins_per_account_and_address);
        let mut raise = vec![raise_client];
        let lower_client = by_client.lower(&format!("ADD #total :less REMOVE #at_{account}"));
        let mut lower = vec![lower_client];
        if !known {
            raise.push(by_account.raise(self.limits.sign_ins_per_account));
            lower.push(by_account.lower("ADD #total :less"));
        }
        let wait = by_client.seconds_left(now).max(by_account.seconds_left(now));
        match self.table.transact(raise).await {
            Ok(Outcome::Done) => Ok(Ok(Attempt(lower))),
            Ok(Outcome::Cancelled(reasons)) if failed(&reasons, 0) => {
                Ok(Err(Refused { seconds: by_client.seconds_left(now), by_account: false }))
            }
            Ok(Outcome::Cancelled(_)) => Ok(Err(Refused { seconds: wait, by_account: true })),
            // Too many attempts at the same moment to count them: refuse all of these.
            Err(StoreError::Conflict) => Ok(Err(Refused { seconds: 1, by_account: true })),
            Err(error) => Err(error),
        }
    }

    /// Counts an attempt to use a mail link.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn at_link(
        &self,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<Result<Attempt, Refused>, StoreError> {
        let counter = Counter::new(&self.client(viewer), "LINK", self.limits.window, now);
        match self.table.update(counter.raise(self.limits.guesses_per_address)).await {
            Ok(true) => Ok(Ok(Attempt(vec![counter.lower("ADD #total :less")]))),
            Ok(false) => Ok(Err(Refused { seconds: counter.seconds_left(now), by_account: false })),
            Err(StoreError::Conflict) => Ok(Err(Refused { seconds: 1, by_account: false })),
            Err(error) => Err(error),
        }
    }

    /// Removes a successful attempt from the counters; the client's count for the account restarts at zero.
    ///
    /// # Errors
    /// If the table does not answer; the attempt is then counted as a failed one.
    pub async fn give_back(&self, attempt: Attempt) -> Result<(), StoreError> {
        // These are separate writes, so that an expired counter does not prevent the update of the other.
        try_join_all(attempt.0.into_iter().map(|write| self.table.update(write))).await?;
        Ok(())
    }

    /// Counts a sign-up of this client, before anything is hashed or looked up for it.
    ///
    /// The sign-up stays counted even if it fails.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] if the client signed up too often; or if the table does not answer.
    pub async fn at_sign_up(&self, viewer: &Viewer, now: Timestamp) -> Result<(), Error> {
        let counter = Counter::new(&self.client(viewer), "SIGN_UP", HOUR, now);
        if self.table.update(counter.raise(self.limits.sign_ups_per_address)).await? {
            return Ok(());
        }
        Err(Error::Refused(Refusal::Throttled { seconds: counter.seconds_left(now) }))
    }

    /// For the transaction that requests a mail: counts a mail to `address`, on the condition that the
    /// previous one was sent long enough before.
    ///
    /// `address` is [`Email::key`](satchel_model::Email::key).
    #[must_use]
    pub fn mail(&self, address: &str, now: Timestamp) -> Write {
        self.any_mail(address, now, " AND #last <= :before")
            .number(":before", now.as_second() - self.limits.mail_interval)
    }

    /// Like [`mail`](Self::mail), but for a new account, whose first mail does not wait after a mail to
    /// another account with the same address.
    #[must_use]
    pub fn first_mail(&self, address: &str, now: Timestamp) -> Write {
        self.any_mail(address, now, "")
    }

    fn any_mail(&self, address: &str, now: Timestamp, and: &str) -> Write {
        let counter = Counter::new(&self.subject("address", address), "MAIL", DAY, now);
        counter
            .update("ADD #total :one SET #ttl = :end, #last = :now")
            .when(&format!("attribute_not_exists(#total) OR (#total < :limit{and})"))
            .number(":limit", self.limits.mails_per_day)
            .number(":now", now.as_second())
    }

    /// Seconds until `address` may get a mail again, according to `counter`, the record on which a mail was
    /// refused.
    #[must_use]
    pub fn mail_wait(&self, address: &str, counter: Option<&Item>, now: Timestamp) -> u64 {
        let number = |name: &str| -> Option<i64> { counter?.get(name)?.as_n().ok()?.parse().ok() };
        let day = Counter::new(&self.subject("address", address), "MAIL", DAY, now);
        match (number("total"), number("last")) {
            (Some(total), Some(last)) if total < i64::from(self.limits.mails_per_day) => {
                u64::try_from(last + self.limits.mail_interval - now.as_second()).unwrap_or_default().max(1)
            }
            _ => day.seconds_left(now),
        }
    }

    /// Whether this client has recently signed in to the account of `login`.
    #[must_use]
    pub fn knows(&self, login: &Login, viewer: &Viewer, now: Timestamp) -> bool {
        let hash = self.known_hash(login, viewer);
        login.known_addresses.iter().any(|known| known.hash == hash && known.until > now.as_second())
    }

    /// The known clients of the account after a sign-in from this client; `None` if the stored list need not
    /// change.
    ///
    /// The list is rewritten at most once a day for a known client.
    #[must_use]
    pub fn introduce(&self, login: &Login, viewer: &Viewer, now: Timestamp) -> Option<Vec<KnownAddress>> {
        let (hash, until) = (self.known_hash(login, viewer), now.as_second() + self.limits.known_address);
        let is_fresh = |known: &KnownAddress| known.hash == hash && known.until > until - DAY;
        if login.known_addresses.iter().any(is_fresh) {
            return None;
        }
        let others = login.known_addresses.iter().filter(|known| known.hash != hash).cloned();
        let mut known: Vec<_> = others.chain([KnownAddress { hash: hash.clone(), until }]).collect();
        known.drain(..known.len().saturating_sub(MAX_KNOWN));
        Some(known)
    }

    fn client(&self, viewer: &Viewer) -> String {
        self.subject("client", &viewer.client())
    }

    /// The keyed hash of a subject. It covers the kind, because an account may have a name that equals an
    /// address.
    fn subject(&self, kind: &str, text: &str) -> String {
        self.key.name_for(&format!("{kind} {text}"))
    }

    fn known_hash(&self, login: &Login, viewer: &Viewer) -> String {
        self.subject("known", &format!("{} {}", login.user_id, viewer.client()))
    }
}

/// The counter of one subject in one window.
struct Counter {
    key: Key,
    /// End of the window, in epoch seconds.
    end: i64,
}

impl Counter {
    fn new(subject: &str, what: &str, seconds: i64, now: Timestamp) -> Self {
        // Each subject's windows begin at a different time, so that the limits of all subjects are not reset
        // in the same second.
        let start = subject.get(..8).and_then(|digits| i64::from_str_radix(digits, 16).ok());
        let phase = start.unwrap_or_default() % seconds;
        let window = (now.as_second() + phase).div_euclid(seconds);
        Self { key: Key::count(subject, what, window), end: (window + 1) * seconds - phase }
    }

    fn seconds_left(&self, now: Timestamp) -> u64 {
        u64::try_from(self.end - now.as_second()).unwrap_or_default().max(1)
    }

    fn update(&self, expression: &str) -> Write {
        Write::update(self.key.clone(), expression).number(":one", 1).number(":end", self.end)
    }

    fn raise(&self, limit: u32) -> Write {
        self.update("ADD #total :one SET #ttl = :end")
            .when("attribute_not_exists(#total) OR #total < :limit")
            .number(":limit", limit)
    }

    fn lower(&self, expression: &str) -> Write {
        Write::update(self.key.clone(), expression).when("attribute_exists(pk)").number(":less", -1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_its_configured_length_and_is_followed_by_the_next() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = Counter::new("0000000a", "SIGN_IN", 900, at(1_800_000_000));
        assert!(first.end > 1_800_000_000 && first.end <= 1_800_000_900);
        let last = Counter::new("0000000a", "SIGN_IN", 900, at(first.end - 1));
        assert_eq!((&last.key, last.end, last.seconds_left(at(first.end - 1))), (&first.key, first.end, 1));
        let next = Counter::new("0000000a", "SIGN_IN", 900, at(first.end));
        assert_ne!(next.key, first.key);
        assert_eq!(next.end, first.end + 900);
    }

    #[test]
    fn the_windows_of_two_subjects_begin_at_different_times() {
        let end = |subject| Counter::new(subject, "SIGN_IN", 900, Timestamp::UNIX_EPOCH).end;
        assert_ne!(end("00000001"), end("00000002"));
    }
}
