//! Parses the Authorization header.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use satchel_model::secret::Secret;
use satchel_model::{Bearer, Refusal};

/// Reads the access token of `Authorization: Bearer <token>`; the scheme `Token` is also accepted, and case
/// is ignored.
///
/// # Errors
/// 401 if there is no such header or it is malformed.
pub fn bearer(headers: &HeaderMap) -> Result<Bearer, Refusal> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Err(Refusal::NotAuthenticated) };
    let mut words = value.to_str().unwrap_or_default().split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(scheme), token, more) if is_ours(scheme) => match (token, more) {
            (Some(token), None) => Ok(Bearer(Secret::new(token.to_owned()))),
            _ => Err(Refusal::BadAuthorizationHeader),
        },
        _ => Err(Refusal::NotAuthenticated),
    }
}

fn is_ours(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Bearer, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        bearer(&headers)
    }

    #[test]
    fn both_schemes_are_accepted_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "TOKEN abc", "Token  abc"] {
            assert_eq!(read(value).unwrap().0.expose(), "abc", "{value}");
        }
    }

    #[test]
    fn another_scheme_counts_as_no_credentials_and_a_malformed_value_is_refused() {
        assert!(matches!(read("Basic YTpi"), Err(Refusal::NotAuthenticated)));
        assert!(matches!(read("Bearer"), Err(Refusal::BadAuthorizationHeader)));
        assert!(matches!(read("Bearer a b"), Err(Refusal::BadAuthorizationHeader)));
        assert!(matches!(bearer(&HeaderMap::new()), Err(Refusal::NotAuthenticated)));
    }
}
