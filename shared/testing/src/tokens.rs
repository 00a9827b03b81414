//! Tokens of the account in `records`.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Value, json};

use satchel_guard::{Mint, SigningKeys, TokenLifetimes};
use satchel_model::RefreshClaims;
use satchel_model::random::Random;

use crate::records::{NOW, SESSION, USER};
use crate::settings::setting;

pub(crate) const KID: &str = "test";
/// The key of RFC 8037, appendix A, whose private half is public.
pub(crate) const PUBLIC_KEYS: &str =
    r#"[{"kty":"OKP","crv":"Ed25519","kid":"test","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]"#;
const PRIVATE_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

/// The end of the session, after every test's time.
const END: Timestamp = Timestamp::constant(32_503_680_000, 0);

const LIFETIMES: TokenLifetimes = TokenLifetimes { access: 900, refresh: 86_400 };

static REFRESH: LazyLock<RefreshClaims> = LazyLock::new(|| mint().refresh_claims(NOW, END));

/// An access token that is valid at [`NOW`].
#[must_use]
pub fn access_token() -> String {
    let token = mint().access(id(USER), id(SESSION), NOW, END);
    token.expect("the key signs").expose().to_owned()
}

/// The one refresh token of this run.
#[must_use]
pub fn refresh_token() -> String {
    let token = mint().refresh(id(USER), id(SESSION), &REFRESH);
    token.expect("the key signs").expose().to_owned()
}

/// The claims of [`refresh_token`] that the session stores.
#[must_use]
pub(crate) fn refresh_claims() -> Value {
    json!(*REFRESH)
}

/// The secret that Secrets Manager stores.
#[must_use]
pub(crate) fn signing_keys() -> String {
    json!({"keys": [{"kid": KID, "pkcs8": PRIVATE_KEY}]}).to_string()
}

fn mint() -> Mint {
    let keys = SigningKeys::from_secret(&signing_keys()).expect("the key can be read");
    Mint::new(keys, KID, setting("ISSUER", ""), LIFETIMES, Random::System)
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}
