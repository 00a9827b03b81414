//! Signs and verifies tokens: JWTs with Ed25519 signatures (RFC 7519, RFC 8037), validated as RFC 8725
//! recommends.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::secret::Secret;
use satchel_model::{RefreshClaims, SessionId, UserId};

use super::{KeyError, SigningKeys, VerifyingKeys};

/// Longer tokens are refused without parsing; ours have about 450 bytes.
const MAX_TOKEN_BYTES: usize = 4096;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    Access,
    Refresh,
}

/// The claims of a token; times are in epoch seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    pub token_type: TokenKind,
    pub exp: i64,
    pub iat: i64,
    pub nbf: i64,
    pub jti: String,
    pub iss: String,
    pub user_id: UserId,
    pub sid: SessionId,
}

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Malformed, not signed by one of our keys, or not valid yet.
    Invalid,
    /// Signed by one of our keys, but expired.
    Expired,
    /// An access token where a refresh token is expected, or the reverse.
    WrongKind,
}

/// Verifies tokens with the public keys.
#[derive(Clone)]
pub struct Verifier {
    keys: VerifyingKeys,
    validation: Validation,
    clock: Clock,
}

impl Verifier {
    /// A verifier that accepts the tokens of `issuer` that one of `keys` signed.
    #[must_use]
    pub fn new(keys: VerifyingKeys, issuer: &str, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss"]);
        // Time is checked below, by our clock and without leeway.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self { keys, validation, clock }
    }

    /// Verifies a token of the kind `wanted` and returns its claims.
    ///
    /// # Errors
    /// The reason, if the token is refused.
    pub fn verify(&self, token: &Secret, wanted: TokenKind) -> Result<Claims, TokenError> {
        let claims = self.verify_any(token)?;
        if claims.token_type == wanted { Ok(claims) } else { Err(TokenError::WrongKind) }
    }

    /// Verifies a token of either kind and returns its claims.
    ///
    /// # Errors
    /// The reason, if the token is refused.
    pub fn verify_any(&self, token: &Secret) -> Result<Claims, TokenError> {
        let token = token.expose();
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let key = header.kid.and_then(|kid| self.keys.get(&kid)).ok_or(TokenError::Invalid)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        let now = self.clock.now().as_second();
        match claims {
            claims if claims.nbf > now => Err(TokenError::Invalid),
            claims if claims.exp <= now => Err(TokenError::Expired),
            claims => Ok(claims),
        }
    }
}

/// How long tokens live, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct TokenLifetimes {
    pub access: i64,
    pub refresh: i64,
}

/// Creates tokens with the private keys.
#[derive(Clone)]
pub struct Mint {
    keys: SigningKeys,
    kid: String,
    issuer: String,
    lifetimes: TokenLifetimes,
    random: Random,
}

impl Mint {
    /// A mint that signs as `issuer` with the key `kid`.
    #[must_use]
    pub fn new(
        keys: SigningKeys,
        kid: &str,
        issuer: &str,
        lifetimes: TokenLifetimes,
        random: Random,
    ) -> Self {
        Self { keys, kid: kid.to_owned(), issuer: issuer.to_owned(), lifetimes, random }
    }

    /// Creates an access token for a session; the token does not outlive the session.
    ///
    /// # Errors
    /// If the signing key does not exist.
    pub fn access(
        &self,
        user: UserId,
        sid: SessionId,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<Secret, KeyError> {
        let claims = self.claims(now, self.lifetimes.access, end);
        self.write(TokenKind::Access, user, sid, &claims)
    }

    /// Creates an access token that is valid as long as its session.
    ///
    /// # Errors
    /// If the signing key does not exist.
    pub fn access_until(
        &self,
        user: UserId,
        sid: SessionId,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<Secret, KeyError> {
        self.write(TokenKind::Access, user, sid, &self.claims_until(now, end))
    }

    /// The claims of a new refresh token, which does not outlive the session.
    #[must_use]
    pub fn refresh_claims(&self, now: Timestamp, end: Timestamp) -> RefreshClaims {
        self.claims(now, self.lifetimes.refresh, end)
    }

    /// Signs a refresh token with these claims; the same claims always give the same token.
    ///
    /// # Errors
    /// If the key named in `claims` no longer exists.
    pub fn refresh(&self, user: UserId, sid: SessionId, claims: &RefreshClaims) -> Result<Secret, KeyError> {
        self.write(TokenKind::Refresh, user, sid, claims)
    }

    fn claims(&self, now: Timestamp, seconds: i64, end: Timestamp) -> RefreshClaims {
        self.claims_until(now, later(now, seconds).min(end))
    }

    fn claims_until(&self, now: Timestamp, expires_at: Timestamp) -> RefreshClaims {
        RefreshClaims {
            jti: self.random.uuid(now).to_string(),
            kid: self.kid.clone(),
            issued_at: now,
            expires_at,
        }
    }

    fn write(
        &self,
        kind: TokenKind,
        user_id: UserId,
        sid: SessionId,
        c: &RefreshClaims,
    ) -> Result<Secret, KeyError> {
        let claims = Claims {
            token_type: kind,
            exp: c.expires_at.as_second(),
            iat: c.issued_at.as_second(),
            nbf: c.issued_at.as_second(),
            jti: c.jti.clone(),
            iss: self.issuer.clone(),
            user_id,
            sid,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(c.kid.clone());
        let token = jsonwebtoken::encode(&header, &claims, self.keys.get(&c.kid)?);
        token.map(Secret::new).map_err(|_| KeyError::Key(c.kid.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
    const SESSION_SECONDS: i64 = 2_592_000;
    const LIFETIMES: TokenLifetimes = TokenLifetimes { access: 900, refresh: 86_400 };

    fn mint_and_jwks() -> (Mint, String) {
        let pair = Ed25519KeyPair::generate().unwrap();
        let pkcs8 =
            STANDARD.encode(AsDer::<aws_lc_rs::encoding::Pkcs8V1Der>::as_der(&pair).unwrap().as_ref());
        let x = URL_SAFE_NO_PAD.encode(pair.public_key());
        let keys =
            SigningKeys::from_secret(&format!(r#"{{"keys":[{{"kid":"k1","pkcs8":"{pkcs8}"}}]}}"#)).unwrap();
        let jwks = format!(r#"[{{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"{x}"}}]"#);
        (Mint::new(keys, "k1", "https://satchel.test", LIFETIMES, Random::System), jwks)
    }

    fn verifier(jwks: &str, issuer: &str, at: Timestamp) -> Verifier {
        Verifier::new(VerifyingKeys::from_jwks(jwks).unwrap(), issuer, Clock::Fixed(at))
    }

    fn ids() -> (UserId, SessionId) {
        (UserId::new(Random::System, NOW), SessionId::new(Random::System, NOW))
    }

    #[test]
    fn an_access_token_is_valid_from_its_first_second_to_its_last() {
        let (mint, jwks) = mint_and_jwks();
        let (user, sid) = ids();
        let token = mint.access(user, sid, NOW, later(NOW, SESSION_SECONDS)).unwrap();
        let at = |seconds| {
            let verifier = verifier(&jwks, "https://satchel.test", later(NOW, seconds));
            verifier.verify(&token, TokenKind::Access).map(|claims| claims.user_id)
        };
        assert_eq!(at(-1), Err(TokenError::Invalid));
        assert_eq!(at(0), Ok(user));
        assert_eq!(at(899), Ok(user));
        assert_eq!(at(900), Err(TokenError::Expired));
    }

    #[test]
    fn no_token_outlives_its_session() {
        let (mint, _) = mint_and_jwks();
        assert_eq!(mint.refresh_claims(NOW, later(NOW, 60)).expires_at, later(NOW, 60));
    }

    #[test]
    fn the_same_claims_give_the_same_refresh_token() {
        let (mint, _) = mint_and_jwks();
        let (user, sid) = ids();
        let claims = mint.refresh_claims(NOW, later(NOW, SESSION_SECONDS));
        assert_eq!(mint.refresh(user, sid, &claims).unwrap(), mint.refresh(user, sid, &claims).unwrap());
    }

    #[test]
    fn a_token_of_another_deployment_kind_or_key_is_refused() {
        let (mint, jwks) = mint_and_jwks();
        let (user, sid) = ids();
        let token = mint.access(user, sid, NOW, later(NOW, 900)).unwrap();
        let ours = verifier(&jwks, "https://satchel.test", NOW);
        assert_eq!(ours.verify(&token, TokenKind::Refresh).unwrap_err(), TokenError::WrongKind);
        let others = verifier(&jwks, "https://other.test", NOW);
        assert_eq!(others.verify_any(&token).unwrap_err(), TokenError::Invalid);
        let (_, other_keys) = mint_and_jwks();
        let stranger = verifier(&other_keys, "https://satchel.test", NOW);
        assert_eq!(stranger.verify_any(&token).unwrap_err(), TokenError::Invalid);
    }

    #[test]
    fn unsigned_truncated_and_oversized_tokens_are_refused() {
        let (mint, jwks) = mint_and_jwks();
        let (user, sid) = ids();
        let token = mint.access(user, sid, NOW, later(NOW, 900)).unwrap();
        let ours = verifier(&jwks, "https://satchel.test", NOW);
        let [_, payload, _] = token.expose().split('.').collect::<Vec<_>>()[..] else {
            panic!("three parts")
        };
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT","kid":"k1"}"#);
        for bad in [
            format!("{none}.{payload}."),
            token.expose()[..token.expose().len() - 4].to_owned(),
            format!("{}{}", token.expose(), "A".repeat(8192)),
            "not a token".to_owned(),
        ] {
            assert_eq!(ours.verify_any(&Secret::new(bad)).unwrap_err(), TokenError::Invalid);
        }
    }

    #[test]
    fn a_key_in_the_format_of_openssl_can_sign() {
        // RFC 8410, section 10.3: the private key without its public one, and section 10.1.
        let pkcs8 = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
        let jwks = r#"[{"kid":"k1","x":"Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE"}]"#;
        let keys =
            SigningKeys::from_secret(&format!(r#"{{"keys":[{{"kid":"k1","pkcs8":"{pkcs8}"}}]}}"#)).unwrap();
        let mint = Mint::new(keys, "k1", "https://satchel.test", LIFETIMES, Random::System);
        let (user, sid) = ids();
        let token = mint.access(user, sid, NOW, later(NOW, 900)).unwrap();
        assert!(verifier(jwks, "https://satchel.test", NOW).verify_any(&token).is_ok());
    }
}
