//! Decides which users of a dump can be imported, and with which data.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use satchel_accounts::ImportedUser;
use satchel_guard::Hasher;
use satchel_model::random::Random;
use satchel_model::{Email, UserId, Username};

use crate::report::{Note, Skipped, Who};
use crate::rows::Row;

const ADDRESS_DROPPED: &str = "its address is not valid: it has none now";
const DATE_DROPPED: &str = "its `date_joined` cannot be read: it has the time of the import";
const ADDRESS_SHARED: &str = "an earlier user of the dump has its address: it has it without being verified";
const NAME_SHARED: &str = "an earlier user of the dump has its name, if case and Unicode form do not count";

/// A user that can be imported.
pub struct Candidate {
    pub who: Who,
    pub user: ImportedUser,
    pub notes: Vec<Note>,
}

/// Judges the users of one dump, one after another.
pub struct Judge {
    pub emails_verified: bool,
    pub now: Timestamp,
    pub random: Random,
    names: HashSet<String>,
    addresses: HashSet<String>,
}

impl Judge {
    pub fn new(emails_verified: bool, now: Timestamp, random: Random) -> Self {
        Self { emails_verified, now, random, names: HashSet::new(), addresses: HashSet::new() }
    }

    /// The account for a user, or the reason why the user cannot be imported.
    pub fn judge(&mut self, row: Result<Row, Skipped>) -> Result<Candidate, Skipped> {
        let row = row?;
        let email = row.email.filter(|email| !email.is_empty());
        let who = Who { pk: row.pk, username: row.username.unwrap_or_default(), email };
        let skipped = |reason: String| Skipped { user: who.clone(), reason };
        let username = Username::parse(&who.username).map_err(|reasons| skipped(reasons.join(" ")))?;
        if !self.names.insert(username.key()) {
            return Err(skipped(NAME_SHARED.to_owned()));
        }
        let mut notes = Vec::new();
        let mut note = |note: &str| notes.push(Note { user: who.clone(), note: note.to_owned() });
        let email = who
            .email
            .as_deref()
            .and_then(|email| Email::parse(email).inspect_err(|_| note(ADDRESS_DROPPED)).ok());
        let is_first = email.as_ref().is_none_or(|email| self.addresses.insert(email.key()));
        if self.emails_verified && !is_first {
            note(ADDRESS_SHARED);
        }
        let password_hash = usable(row.password.unwrap_or_default()).unwrap_or_else(|reason| {
            note(&format!("{reason}: {}", if email.is_some() { RESET_HELPS } else { NOTHING_HELPS }));
            Hasher::NO_PASSWORD.to_owned()
        });
        let joined = row.date_joined.filter(|text| !text.is_empty()).and_then(|text| {
            time(&text).or_else(|| {
                note(DATE_DROPPED);
                None
            })
        });
        let user = ImportedUser {
            id: UserId::new(self.random, self.now),
            username,
            email,
            email_verified: self.emails_verified && is_first,
            password_hash,
            is_active: row.is_active.unwrap_or(true),
            created_at: joined.unwrap_or(self.now),
        };
        Ok(Candidate { who, user, notes })
    }
}

const RESET_HELPS: &str = "it gets a password by a reset";
const NOTHING_HELPS: &str = "it cannot sign in, because it has no address for a reset";

/// Returns the hash if sign-in can verify it, and otherwise the reason, which never quotes the hash.
fn usable(hash: String) -> Result<String, &'static str> {
    const VERIFIED: [&str; 6] =
        ["pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt"];
    if Hasher::understands(&hash) {
        return Ok(hash);
    }
    if hash.is_empty() || hash.starts_with('!') {
        return Err("has no usable password");
    }
    let algorithm = hash.split_once('$').map_or("", |(algorithm, _)| algorithm);
    if VERIFIED.contains(&algorithm) || algorithm.is_empty() {
        return Err("its password hash is damaged, or would take too long to verify");
    }
    Err("its password is hashed by an algorithm that is not verified here")
}

/// Parses a time as JSON and databases write it, to the millisecond. Without an offset, it is UTC.
fn time(text: &str) -> Option<Timestamp> {
    let naive = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    let time = text.parse().ok().or_else(|| naive().map(|zoned| zoned.timestamp()))?;
    Timestamp::from_millisecond(time.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_databases_and_django_write_them() {
        let joined = Some("2021-03-04T05:06:07.890Z".parse().unwrap());
        for text in [
            "2021-03-04T05:06:07.890Z",
            "2021-03-04T05:06:07.890+00:00",
            "2021-03-04T07:06:07.890+02:00",
            "2021-03-04 05:06:07.890123+00:00",
            // As the CSV exports of PostgreSQL, SQLite and MySQL write them.
            "2021-03-04 05:06:07.890123+00",
            "2021-03-04 05:06:07.890123",
            "2021-03-04T05:06:07.890",
        ] {
            assert_eq!(time(text), joined, "{text}");
        }
        for text in ["yesterday", "04.03.2021", "1614834367"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn the_reason_for_refusing_a_hash_does_not_quote_it() {
        for hash in ["secret", "secret$secret", "$secret", "argon2$secret", "!secret", "md5$secret$secret"] {
            assert!(!usable(hash.to_owned()).unwrap_err().contains("secret"), "{hash}");
        }
    }
}
