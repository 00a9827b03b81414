//! `GET /.well-known/jwks.json`: the public keys that tokens are verified with.

use http::header::{CACHE_CONTROL, HeaderValue};
use satchel_http::{ApiResult, Request, ok};
use satchel_runtime::config::Config;
use serde_json::{Value, json};

/// How long others may keep the keys. The next key is among them long before it signs.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What this function needs: the keys of its own environment.
pub struct App {
    keys: Vec<Value>,
}

impl App {
    /// # Errors
    /// If `PUBLIC_KEYS` is no JSON array.
    pub fn new(config: &Config) -> Result<Self, serde_json::Error> {
        Ok(Self { keys: serde_json::from_str(&config.public_keys)? })
    }
}

/// `GET /.well-known/jwks.json`: a JWK set (RFC 7517, section 5) of the previous, the current and the next key.
///
/// # Errors
/// None.
#[expect(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(app: &App, _request: &Request) -> ApiResult {
    let mut response = ok(&json!({ "keys": app.keys }))?;
    response.headers_mut().insert(CACHE_CONTROL, CACHED);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    async fn handler(config: &Config, request: Request) -> ApiResult {
        handle(&App::new(config).unwrap(), &request).await
    }

    #[tokio::test]
    async fn the_public_keys_are_a_jwk_set_that_may_be_kept_for_a_while() {
        let aws = CannedAws::answering([]).await;
        let answer = aws.ask(handler, Event::of(include_str!("../../../events/get-jwks.json"))).await;
        // RFC 8037, appendix A.2: the key that the test configuration has.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "test", "x": x});
        assert_eq!(answer.outcome(), (200, json!({"keys": [key]})));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert!(aws.calls().is_empty());
    }

    #[test]
    fn keys_that_are_none_keep_the_function_from_starting() {
        let config = Config { public_keys: "keys".to_owned(), ..satchel_testing::config("http://localhost") };
        assert!(App::new(&config).is_err());
    }
}
