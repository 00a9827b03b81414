//! Pagination of lists: `limit`, `cursor` and the URL of the next page.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use serde::Serialize;

use satchel_model::{FieldErrors, Refusal};

use super::Request;

const DEFAULT_LIMIT: usize = 20;
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
    /// Reads `limit` and `cursor`. A cursor only states where the caller's own list continues; it grants no
    /// access.
    ///
    /// # Errors
    /// 400 if either is invalid.
    pub fn read(request: &Request) -> Result<Self, Refusal> {
        let mut errors = FieldErrors::new();
        let limit = request.query("limit").map_or(Ok(DEFAULT_LIMIT), |text| parse_limit(&text));
        let after = request.query("cursor").map(|text| decode(&text)).transpose();
        if let Err(message) = &limit {
            errors.insert("limit".to_owned(), vec![message.clone()]);
        }
        if after.is_err() {
            errors.insert("cursor".to_owned(), vec!["Invalid cursor.".to_owned()]);
        }
        match (limit, after) {
            (Ok(limit), Ok(after)) => Ok(Self { limit, after }),
            _ => Err(Refusal::Fields(errors)),
        }
    }

    /// Reads `cursor` alone, for routes whose pages have one size.
    ///
    /// # Errors
    /// 400 if the cursor is invalid.
    pub fn of_size(request: &Request, limit: usize) -> Result<Self, Refusal> {
        match request.query("cursor").map(|text| decode(&text)).transpose() {
            Ok(after) => Ok(Self { limit, after }),
            Err(()) => Err(Refusal::field("cursor", "Invalid cursor.")),
        }
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

fn parse_limit(text: &str) -> Result<usize, String> {
    match text.parse::<i64>() {
        Err(_) => Err("A valid integer is required.".to_owned()),
        Ok(limit) if limit < 1 => Err("Ensure this value is greater than or equal to 1.".to_owned()),
        Ok(limit) => match usize::try_from(limit) {
            Ok(limit) if limit <= MAX_LIMIT => Ok(limit),
            _ => Err(format!("Ensure this value is less than or equal to {MAX_LIMIT}.")),
        },
    }
}

fn decode<C: FromStr>(text: &str) -> Result<C, ()> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ())?;
    String::from_utf8(bytes).map_err(|_| ())?.parse().map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_whole_number_from_1_to_100() {
        assert_eq!(parse_limit("1"), Ok(1));
        assert_eq!(parse_limit("100"), Ok(100));
        assert_eq!(parse_limit("ten"), Err("A valid integer is required.".to_owned()));
        assert_eq!(parse_limit("0"), Err("Ensure this value is greater than or equal to 1.".to_owned()));
        assert_eq!(parse_limit("101"), Err("Ensure this value is less than or equal to 100.".to_owned()));
    }
}
