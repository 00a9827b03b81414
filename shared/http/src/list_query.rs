//! Query parameters of lists. Lists accept only their own query parameters, and ignore `format`, which Django REST
//! framework clients send.

use std::str::FromStr;

use satchel_api::Filter;
use satchel_model::{FieldErrors, MediaType, Refusal, Status};

use super::Request;
use super::page::{self, PageQuery};

/// The parameter that clients of Django REST framework add to any URL. It has no effect.
const IGNORED: &str = "format";

/// Reads the query parameters of a list and collects their errors.
pub struct ListQuery<'r> {
    request: &'r Request,
    known: Vec<&'static str>,
    errors: FieldErrors,
}

impl<'r> ListQuery<'r> {
    #[must_use]
    pub fn of(request: &'r Request) -> Self {
        Self { request, known: vec![IGNORED], errors: FieldErrors::new() }
    }

    /// Reads an optional parameter.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        self.known.push(name);
        match parse(&self.request.query(name)?) {
            Ok(value) => Some(value),
            Err(messages) => {
                self.errors.insert(name.to_owned(), messages);
                None
            }
        }
    }

    /// Reads `content_type` and `status`, the filters of lists of files.
    pub fn filter(&mut self) -> Filter {
        Filter {
            content_type: self.optional("content_type", MediaType::parse),
            status: self.optional("status", Status::parse),
            ..Filter::default()
        }
    }

    /// Reads `limit` and `cursor`, the last parameters. A cursor only states where the list continues; it grants
    /// no access.
    ///
    /// # Errors
    /// 400 with every invalid and every unknown parameter.
    pub fn page<C: FromStr + ToString>(mut self) -> Result<PageQuery<C>, Refusal> {
        let limit = self.optional("limit", page::limit);
        self.page_of(limit.unwrap_or(page::DEFAULT_LIMIT))
    }

    /// Reads `cursor`, the last parameter of a list whose pages have one size.
    ///
    /// # Errors
    /// As for [`page`](Self::page).
    pub fn page_of<C: FromStr + ToString>(mut self, limit: usize) -> Result<PageQuery<C>, Refusal> {
        let after = self.optional("cursor", page::position);
        self.finish()?;
        Ok(PageQuery { limit, after })
    }

    /// Returns all errors, including those for unknown parameters.
    ///
    /// # Errors
    /// As for [`page`](Self::page).
    pub fn finish(mut self) -> Result<(), Refusal> {
        for name in self.request.query_names() {
            if !self.known.contains(&name.as_str()) {
                self.errors.insert(name, vec!["Unknown parameter.".to_owned()]);
            }
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::Fields(self.errors)) }
    }
}
