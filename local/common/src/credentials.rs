//! Access keys of the local stack: each process of a function has its own.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;

/// The process that signed a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signer {
    /// The function's name, `create-file`.
    pub function: String,
    /// The process's number among the processes of its function, from 0.
    pub slot: u32,
}

/// Derives access keys and their secrets from the data folder's own secret. A presigned URL therefore stays valid after
/// the process that signed it has ended and after a restart of the stack.
#[derive(Clone)]
pub struct Credentials {
    key: hmac::Key,
}

impl Credentials {
    /// Derives keys from `secret`, which is stored in the data folder.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The access key of a signer: `local.create-file.0`.
    #[must_use]
    pub fn access_key(&self, signer: &Signer) -> String {
        format!("local.{}.{}", signer.function, signer.slot)
    }

    /// The secret that belongs to `access_key`, or `None` if the key does not have the form of this stack's keys.
    #[must_use]
    pub fn secret_key(&self, access_key: &str) -> Option<String> {
        Self::signer(access_key)?;
        let tag = hmac::sign(&self.key, access_key.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(tag))
    }

    /// The access key that signed a request, read from its `Authorization` header (Signature Version 4).
    #[must_use]
    pub fn access_key_of(headers: &HeaderMap) -> Option<&str> {
        let authorization = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
        let (_, credential) = authorization.split_once("Credential=")?;
        credential.split('/').next()
    }

    /// The process that an access key belongs to, or `None` if the key does not have the form of this stack's keys.
    #[must_use]
    pub fn signer(access_key: &str) -> Option<Signer> {
        let (function, slot) = access_key.strip_prefix("local.")?.rsplit_once('.')?;
        Some(Signer { function: function.to_owned(), slot: slot.parse().ok()? })
    }
}
