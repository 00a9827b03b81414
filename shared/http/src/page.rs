//! Pagination of lists: `limit`, `cursor` and the URL of the next page.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use serde::Serialize;

use satchel_model::Refusal;

use super::{ListQuery, Request};

pub(super) const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// The requested page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery<C> {
    /// 1 to 100.
    pub limit: usize,
    /// The id after which the page begins.
    pub after: Option<C>,
}

/// One page of a list, as a response.
#[derive(Debug, Serialize)]
pub struct Listing<T> {
    /// The URL of the next page, or null.
    pub next: Option<String>,
    pub results: Vec<T>,
}

impl<C: FromStr + ToString> PageQuery<C> {
    /// Reads `limit` and `cursor`, for a list without other parameters.
    ///
    /// # Errors
    /// 400 with every invalid and every unknown parameter.
    pub fn read(request: &Request) -> Result<Self, Refusal> {
        ListQuery::of(request).page()
    }

    /// The URL of the page after `last`, for routes with a fixed page size.
    #[must_use]
    pub fn next_of_size(request: &Request, last: &C) -> String {
        address(request, Serializer::new(String::new()), last)
    }

    /// The URL of the page after `last`, with the same `limit` and filters.
    #[must_use]
    pub fn next(&self, request: &Request, filters: &[(&str, Option<&str>)], last: &C) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in filters {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair("limit", &self.limit.to_string());
        address(request, query, last)
    }
}

fn address(request: &Request, mut query: Serializer<'_, String>, last: &impl ToString) -> String {
    query.append_pair("cursor", &URL_SAFE_NO_PAD.encode(last.to_string()));
    format!("{}{}?{}", request.viewer().base_url, request.path_text(), query.finish())
}

/// Parses `limit`.
pub(super) fn limit(text: &str) -> Result<usize, Vec<String>> {
    match text.parse::<i64>() {
        Err(_) => Err(vec!["A valid integer is required.".to_owned()]),
        Ok(limit) if limit < 1 => Err(vec!["Ensure this value is greater than or equal to 1.".to_owned()]),
        Ok(limit) => match usize::try_from(limit) {
            Ok(limit) if limit <= MAX_LIMIT => Ok(limit),
            _ => Err(vec![format!("Ensure this value is less than or equal to {MAX_LIMIT}.")]),
        },
    }
}

/// Parses `cursor`.
pub(super) fn position<C: FromStr>(text: &str) -> Result<C, Vec<String>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let position = bytes.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
    position.ok_or_else(|| vec!["Invalid cursor.".to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_whole_number_from_1_to_100() {
        let refused = |words: &str| Err(vec![words.to_owned()]);
        assert_eq!(limit("1"), Ok(1));
        assert_eq!(limit("100"), Ok(100));
        assert_eq!(limit("ten"), refused("A valid integer is required."));
        assert_eq!(limit("0"), refused("Ensure this value is greater than or equal to 1."));
        assert_eq!(limit("101"), refused("Ensure this value is less than or equal to 100."));
    }
}
