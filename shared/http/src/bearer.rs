//! The Authorization header.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::ApiError;
use satchel_model::secret::Secret;

/// The access token of `Authorization: Bearer <token>`; the scheme `Token` is taken too, names ignore case.
///
/// # Errors
/// 401 if there is no such header, or not of that form.
pub fn bearer(headers: &HeaderMap) -> Result<Secret, ApiError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Err(ApiError::NotAuthenticated) };
    let mut words = value.to_str().unwrap_or_default().split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(scheme), token, more) if is_ours(scheme) => match (token, more) {
            (Some(token), None) => Ok(Secret::new(token.to_owned())),
            _ => Err(ApiError::BadAuthorizationHeader),
        },
        _ => Err(ApiError::NotAuthenticated),
    }
}

fn is_ours(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Secret, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        bearer(&headers)
    }

    #[test]
    fn both_schemes_are_taken_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "TOKEN abc", "Token  abc"] {
            assert_eq!(read(value).unwrap().expose(), "abc", "{value}");
        }
    }

    #[test]
    fn another_scheme_is_no_credentials_and_another_form_is_a_bad_header() {
        assert!(matches!(read("Basic YTpi"), Err(ApiError::NotAuthenticated)));
        assert!(matches!(read("Bearer"), Err(ApiError::BadAuthorizationHeader)));
        assert!(matches!(read("Bearer a b"), Err(ApiError::BadAuthorizationHeader)));
        assert!(matches!(bearer(&HeaderMap::new()), Err(ApiError::NotAuthenticated)));
    }
}
