//! The keys that sign the stack's tokens: made at first start, kept in the secret that the functions read.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The value of the secret: the previous key, the current one and the next.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SigningKeys {
    keys: [SigningKey; 3],
}

#[derive(Debug, Serialize, Deserialize)]
struct SigningKey {
    kid: String,
    /// Base64 of the DER.
    pkcs8: String,
}

/// What verifiers and minters are told, as parameters of the template.
#[derive(Debug)]
pub(super) struct Published {
    /// A JSON array of JWKs, one for each key.
    pub public_keys: String,
    /// The key that signs.
    pub signing_kid: String,
}

impl SigningKeys {
    /// Makes three new keys.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate() -> Result<Self, Unspecified> {
        Ok(Self { keys: [SigningKey::generate()?, SigningKey::generate()?, SigningKey::generate()?] })
    }

    /// Reads a secret's value; `None` if it does not hold three keys.
    pub fn parse(secret: &str) -> Option<Self> {
        serde_json::from_str(secret).ok()
    }

    /// The value to keep.
    pub fn secret(&self) -> String {
        json!(self).to_string()
    }

    /// The public half of every key; `None` if one is not a key.
    pub fn published(&self) -> Option<Published> {
        let jwks: Option<Vec<_>> = self.keys.iter().map(SigningKey::jwk).collect();
        let [_, current, _] = &self.keys;
        Some(Published { public_keys: json!(jwks?).to_string(), signing_kid: current.kid.clone() })
    }
}

impl SigningKey {
    fn generate() -> Result<Self, Unspecified> {
        let pair = Ed25519KeyPair::generate()?;
        let der: Pkcs8V1Der<'_> = pair.as_der()?;
        Ok(Self { kid: thumbprint(&x(&pair)), pkcs8: STANDARD.encode(der.as_ref()) })
    }

    fn jwk(&self) -> Option<serde_json::Value> {
        let pair = Ed25519KeyPair::from_pkcs8(&STANDARD.decode(&self.pkcs8).ok()?).ok()?;
        let x = x(&pair);
        Some(json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x}))
    }
}

fn x(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
}

/// The key's id: its thumbprint by RFC 7638, over the required members in lexical order (RFC 8037).
fn thumbprint(x: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_that_of_rfc_8037() {
        // RFC 8037, appendix A.3.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(thumbprint(x), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn keys_survive_being_kept() {
        let keys = SigningKeys::generate().unwrap();
        let published = keys.published().unwrap();
        let kept = SigningKeys::parse(&keys.secret()).unwrap().published().unwrap();
        assert_eq!(kept.public_keys, published.public_keys);
        let jwks: serde_json::Value = serde_json::from_str(&published.public_keys).unwrap();
        assert_eq!(jwks.as_array().unwrap().len(), 3);
        assert_eq!(jwks[1]["kid"], published.signing_kid);
        assert_eq!(jwks[1]["kid"], thumbprint(jwks[1]["x"].as_str().unwrap()));
    }

    #[test]
    fn a_secret_that_holds_no_keys_is_none() {
        assert!(SigningKeys::parse("{}").is_none());
        assert!(SigningKeys::parse("secret").is_none());
    }
}
