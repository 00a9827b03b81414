//! Decodes tokens, and forges them with any key.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::TestStack;

/// A key that signs tokens.
pub struct SigningKey {
    pub kid: String,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// A key that the stack does not know.
    pub fn unknown(kid: &str) -> Self {
        Self { kid: kid.to_owned(), pair: Ed25519KeyPair::generate().expect("a key") }
    }

    /// A token with this header and these claims, signed with Ed25519.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        jwt(header, claims, |message| self.pair.sign(message).as_ref().to_vec())
    }

    /// The 32 bytes of the public key.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }
}

/// A token with this header and these claims, in compact serialization (RFC 7515).
pub fn jwt(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// Header and claims of a token.
pub fn decode_token(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        let json = URL_SAFE_NO_PAD.decode(part).expect("base64url");
        serde_json::from_slice(&json).expect("JSON")
    });
    (parts.next().expect("a header"), parts.next().expect("claims"))
}

impl TestStack {
    /// The keys in the stack's secret: the previous, the current and the next.
    pub fn signing_keys(&self) -> [SigningKey; 3] {
        let secrets = &self.deployment().secrets;
        let secret = secrets.iter().find(|secret| secret.logical_id == "SigningKeysSecret");
        let name = &secret.expect("the template has the secret").name;
        let kept = std::fs::read(self.data().file("secrets.json")).expect("the stack keeps its secrets");
        let kept: Value = serde_json::from_slice(&kept).expect("JSON");
        let versions = kept[name]["versions"].as_object().expect("versions");
        let is_current = |version: &&Value| {
            version["stages"].as_array().expect("stages").iter().any(|stage| stage == "AWSCURRENT")
        };
        let version = versions.values().find(is_current).expect("a current version");
        let value = version["value"]["SecretString"].as_str();
        let keys: Value = serde_json::from_str(value.expect("a text")).expect("JSON");
        [0, 1, 2].map(|place| {
            let key = &keys["keys"][place];
            let text = |name: &str| key[name].as_str().expect("a text");
            let der = STANDARD.decode(text("pkcs8")).expect("base64");
            let pair = Ed25519KeyPair::from_pkcs8(&der).expect("an Ed25519 key");
            SigningKey { kid: text("kid").to_owned(), pair }
        })
    }
}
