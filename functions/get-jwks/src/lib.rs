//! `GET /.well-known/jwks.json`: publishes the public keys that verify tokens.

use std::str::FromStr;

use http::header::{CACHE_CONTROL, HeaderValue};
use satchel_http::{ApiResult, Request, ok};
use satchel_runtime::{StartError, Wired, Wiring, app};
use serde_json::{Value, json};

/// How long clients may cache the keys. Each key is published long before it signs.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

app! {
    /// What this function needs: the keys of its own environment.
    pub struct App { keys: PublicKeys }
}

/// The JWKs from the setting `PUBLIC_KEYS`.
#[derive(Clone, Default)]
struct PublicKeys(Vec<Value>);

impl FromStr for PublicKeys {
    type Err = serde_json::Error;

    fn from_str(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json).map(Self)
    }
}

impl Wired for PublicKeys {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(wiring.parsed("PUBLIC_KEYS"))
    }
}

/// Returns a JWK set (RFC 7517, section 5) of the previous, the current and the next key.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(app: &'static App, _request: Request) -> ApiResult {
    let mut response = ok(&json!({ "keys": app.keys.0 }))?;
    response.headers_mut().insert(CACHE_CONTROL, CACHED);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    #[tokio::test]
    async fn the_public_keys_are_a_cacheable_jwk_set() {
        let aws = CannedAws::answering([]).await;
        let answer = aws.ask(handle, Event::of(include_str!("../../../events/get-jwks.json"))).await;
        // The key of the test configuration is the one of RFC 8037, appendix A.2.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "test", "x": x});
        assert_eq!(answer.outcome(), (200, json!({"keys": [key]})));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn the_function_does_not_start_with_malformed_keys() {
        let aws = CannedAws::answering([]).await.with_setting("PUBLIC_KEYS", "keys");
        assert!(App::wired(&aws.wiring()).is_err());
    }
}
