//! The keys that sign tokens and the keys that verify them (Ed25519, RFC 8037).

use std::collections::BTreeMap;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Deserialize;

use satchel_model::Error;

/// A key set that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key set is not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("key {0} is not a valid Ed25519 key")]
    Key(String),
    #[error("the key set has no key {0}")]
    NoSuchKey(String),
}

/// Public keys by `kid`: the previous, the current and the next key.
#[derive(Clone, Default)]
pub struct VerifyingKeys(BTreeMap<String, DecodingKey>);

impl VerifyingKeys {
    /// Reads a JSON array of JWKs (RFC 7517); all keys are Ed25519 keys, so only `kid` and `x` are read.
    ///
    /// # Errors
    /// If `json` is not such an array, or a key is not an Ed25519 key.
    pub fn from_jwks(json: &str) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Jwk {
            kid: String,
            x: String,
        }
        let jwks: Vec<Jwk> = serde_json::from_str(json)?;
        let key = |jwk: Jwk| match DecodingKey::from_ed_components(&jwk.x) {
            Ok(key) => Ok((jwk.kid, key)),
            Err(_) => Err(KeyError::Key(jwk.kid)),
        };
        Ok(Self(jwks.into_iter().map(key).collect::<Result<_, _>>()?))
    }

    pub(super) fn get(&self, kid: &str) -> Option<&DecodingKey> {
        self.0.get(kid)
    }
}

impl FromStr for VerifyingKeys {
    type Err = KeyError;

    fn from_str(json: &str) -> Result<Self, KeyError> {
        Self::from_jwks(json)
    }
}

/// Private keys by `kid`.
#[derive(Clone)]
pub struct SigningKeys(BTreeMap<String, EncodingKey>);

impl SigningKeys {
    /// Reads the secret's value: `{"keys":[{"kid","pkcs8"}]}`, `pkcs8` in base64.
    ///
    /// # Errors
    /// If the value does not have that form. The error contains nothing of the value.
    pub fn from_secret(json: &str) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Key>,
        }
        #[derive(Deserialize)]
        struct Key {
            kid: String,
            pkcs8: String,
        }
        let Keys { keys } = serde_json::from_str(json)?;
        let key = |key: Key| match STANDARD.decode(&key.pkcs8) {
            Ok(der) => Ok((key.kid, EncodingKey::from_ed_der(&der))),
            Err(_) => Err(KeyError::Key(key.kid)),
        };
        Ok(Self(keys.into_iter().map(key).collect::<Result<_, _>>()?))
    }

    pub(super) fn get(&self, kid: &str) -> Result<&EncodingKey, KeyError> {
        self.0.get(kid).ok_or_else(|| KeyError::NoSuchKey(kid.to_owned()))
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::failed(error)
    }
}
