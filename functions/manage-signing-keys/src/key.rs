//! An Ed25519 key: its stored form and its public form.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use satchel_model::secret::{Secret, sha256};
use serde_json::{Value, json};

use crate::KeysError;

/// A key that signs tokens.
pub(crate) struct SigningKey {
    pub kid: String,
    /// Base64 of the PKCS #8 document.
    pkcs8: Secret,
}

impl SigningKey {
    /// Generates a key with the system's random generator.
    pub fn generate() -> Result<Self, KeysError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeysError::Randomness)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeysError::Randomness)?;
        Ok(Self { kid: thumbprint(&x(&pair)), pkcs8: Secret::new(STANDARD.encode(der.as_ref())) })
    }

    /// Reads a member of the secret's `keys`.
    pub fn of_secret(member: &Value) -> Option<Self> {
        let text = |name: &str| member[name].as_str().map(str::to_owned);
        Some(Self { kid: text("kid")?, pkcs8: Secret::new(text("pkcs8")?) })
    }

    /// The form that the secret stores.
    pub fn to_secret(&self) -> Value {
        json!({"kid": self.kid, "pkcs8": self.pkcs8.expose()})
    }

    /// The public key as a JWK (RFC 7517, RFC 8037).
    pub fn jwk(&self) -> Result<Value, KeysError> {
        let pair =
            STANDARD.decode(self.pkcs8.expose()).ok().and_then(|der| Ed25519KeyPair::from_pkcs8(&der).ok());
        let x = x(&pair.ok_or(KeysError::Form)?);
        Ok(json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x}))
    }
}

fn x(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
}

/// The key's id: its thumbprint by RFC 7638, over the required members in lexical order (RFC 8037).
fn thumbprint(x: &str) -> String {
    sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 8037, appendix A: the key, its public half and its thumbprint.
    const PKCS8: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn the_thumbprint_equals_the_example_in_rfc_8037() {
        assert_eq!(thumbprint(X), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_public_key_equals_the_example_in_rfc_8037() {
        let key = SigningKey::of_secret(&json!({"kid": "k", "pkcs8": PKCS8})).unwrap();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k", "x": X});
        assert_eq!(key.jwk().unwrap(), jwk);
    }

    #[test]
    fn a_new_key_is_named_by_its_thumbprint_and_differs_from_every_other() {
        let [one, two] = [SigningKey::generate().unwrap(), SigningKey::generate().unwrap()];
        assert_eq!(one.kid, thumbprint(one.jwk().unwrap()["x"].as_str().unwrap()));
        assert_ne!(one.kid, two.kid);
    }

    #[test]
    fn a_malformed_key_is_not_published() {
        let key = SigningKey::of_secret(&json!({"kid": "k", "pkcs8": "AAAA"})).unwrap();
        assert!(matches!(key.jwk(), Err(KeysError::Form)));
        assert!(SigningKey::of_secret(&json!({"kid": "k"})).is_none());
    }
}
