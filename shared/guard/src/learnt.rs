//! What a sign-in teaches about an account, and how it is stored.

use satchel_model::{KnownAddress, Session};
use satchel_table::StoreError;
use satchel_table::keys::Key;
use satchel_table::write::Write;

/// What a sign-in teaches about an account.
#[derive(Debug)]
pub struct Learnt {
    /// The key of the login record that it belongs to, as [`Logins::find_login`](crate::Logins::find_login) gave it.
    pub name: String,
    /// The hash that the password was compared with.
    pub password_hash: String,
    /// The new hash, with today's parameters, made from the password in NFC. It may equal the stored one, if only the
    /// mark that it is of NFC was missing.
    pub better_hash: Option<String>,
    /// The clients that the account knows from now on.
    pub known_addresses: Option<Vec<KnownAddress>>,
}

impl Learnt {
    /// The write that stores it with `session`.
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
