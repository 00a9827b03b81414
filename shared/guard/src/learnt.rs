//! Facts about an account that a sign-in reveals, and the write that stores them.

use satchel_model::{KnownAddress, Session};
use satchel_table::StoreError;
use satchel_table::keys::Key;
use satchel_table::write::Write;

/// What a sign-in reveals about an account.
#[derive(Debug)]
pub struct Learnt {
    /// The key of the account's login record, as returned by
    /// [`Logins::find_login`](crate::Logins::find_login).
    pub name: String,
    /// The hash that the password was compared with.
    pub password_hash: String,
    /// The hash that replaces the stored one: today's parameters, made from the password in Unicode form NFC.
    /// It equals the stored hash if only the mark that it was made from NFC is missing.
    pub better_hash: Option<String>,
    /// The client addresses from which the account has been signed in to, including this one.
    pub known_addresses: Option<Vec<KnownAddress>>,
}

impl Learnt {
    /// The write that stores this, for the transaction that creates `session`.
    ///
    /// # Errors
    /// If the addresses cannot be serialized.
    pub fn write(&self, session: &Session) -> Result<Write, StoreError> {
        let expression = match (&self.better_hash, &self.known_addresses) {
            (Some(_), Some(_)) => "SET #password_hash = :hash, #nfc_hash = :hash, #known_addresses = :known",
            (Some(_), None) => "SET #password_hash = :hash, #nfc_hash = :hash",
            _ => "SET #known_addresses = :known",
        };
        let mut write = Write::update(Key::login(&self.name), expression)
            .when("#user_id = :user AND #password_hash = :had")
            .text(":user", session.user_id)
            .text(":had", &self.password_hash);
        if let Some(hash) = &self.better_hash {
            write = write.text(":hash", hash);
        }
        if let Some(known) = &self.known_addresses {
            write = write.value(":known", serde_dynamo::to_attribute_value(known)?);
        }
        Ok(write)
    }
}
