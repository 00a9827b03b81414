//! Access keys of the local stack: each function process signs as itself.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;

/// Who signed a call: the slot-th process of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signer {
    /// The function's name, `create-file`.
    pub function: String,
    pub slot: u32,
}

/// Derives access keys and their secrets from the data folder's own secret, so that a presigned URL
/// outlives the process that signed it and a restart of the stack.
#[derive(Clone)]
pub struct Credentials {
    key: hmac::Key,
}

impl Credentials {
    /// Derives from `secret`, which the data folder keeps.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The access key of a signer: `local.create-file.0`.
    #[must_use]
    pub fn access_key(&self, signer: &Signer) -> String {
        format!("local.{}.{}", signer.function, signer.slot)
    }

    /// The secret that belongs to `access_key`, or `None` if this stack never hands out such a key.
    #[must_use]
    pub fn secret_key(&self, access_key: &str) -> Option<String> {
        Self::signer(access_key)?;
        let tag = hmac::sign(&self.key, access_key.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(tag))
    }

    /// The access key that signed a request, out of its `Authorization` header (Signature Version 4).
    #[must_use]
    pub fn access_key_of(headers: &HeaderMap) -> Option<&str> {
        let authorization = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
        let (_, credential) = authorization.split_once("Credential=")?;
        credential.split('/').next()
    }

    /// Who an access key belongs to.
    #[must_use]
    pub fn signer(access_key: &str) -> Option<Signer> {
        let (function, slot) = access_key.strip_prefix("local.")?.rsplit_once('.')?;
        Some(Signer { function: function.to_owned(), slot: slot.parse().ok()? })
    }
}
