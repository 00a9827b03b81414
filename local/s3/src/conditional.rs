//! Conditional requests: reads (RFC 9110, section 13), and writes, for which S3 supports only conditions on `ETag`s.

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use s3s::dto::{ETagCondition, GetObjectInput, HeadObjectInput, Timestamp as Stamp};
use s3s::{S3Error, S3Result, s3_error};

use super::errors::precondition_failed;
use super::record::Object;

/// The conditions of a read.
pub(super) struct ReadCondition<'a> {
    pub matches: Option<&'a ETagCondition>,
    pub matches_none: Option<&'a ETagCondition>,
    pub modified_since: Option<&'a Stamp>,
    pub unmodified_since: Option<&'a Stamp>,
}

impl<'a> From<&'a GetObjectInput> for ReadCondition<'a> {
    fn from(input: &'a GetObjectInput) -> Self {
        Self {
            matches: input.if_match.as_ref(),
            matches_none: input.if_none_match.as_ref(),
            modified_since: input.if_modified_since.as_ref(),
            unmodified_since: input.if_unmodified_since.as_ref(),
        }
    }
}

impl<'a> From<&'a HeadObjectInput> for ReadCondition<'a> {
    fn from(input: &'a HeadObjectInput) -> Self {
        Self {
            matches: input.if_match.as_ref(),
            matches_none: input.if_none_match.as_ref(),
            modified_since: input.if_modified_since.as_ref(),
            unmodified_since: input.if_unmodified_since.as_ref(),
        }
    }
}

impl ReadCondition<'_> {
    /// Returns an error with status 412 or 304 if a condition fails. Conditions on the `ETag` take precedence over
    /// those on dates.
    pub fn check(&self, object: &Object) -> S3Result<()> {
        let modified = whole_seconds(object.modified);
        match (self.matches, self.unmodified_since) {
            (Some(condition), _) if !matches(condition, &object.etag) => return Err(precondition_failed()),
            (None, Some(date)) if modified > *date => return Err(precondition_failed()),
            _ => {}
        }
        match (self.matches_none, self.modified_since) {
            (Some(condition), _) if matches(condition, &object.etag) => Err(not_modified(object)),
            (None, Some(date)) if modified <= *date => Err(not_modified(object)),
            _ => Ok(()),
        }
    }
}

/// The conditions of a write on the object that it would replace.
#[derive(Debug, Default)]
pub(super) struct WriteCondition {
    if_match: Option<ETagCondition>,
    absent: bool,
}

impl WriteCondition {
    /// For writes, S3 supports only `*` in `If-None-Match`.
    pub fn new(if_match: Option<ETagCondition>, if_none_match: Option<ETagCondition>) -> S3Result<Self> {
        match if_none_match {
            Some(ETagCondition::ETag(_)) => Err(s3_error!(
                NotImplemented,
                "A header you provided implies functionality that is not implemented"
            )),
            other => Ok(Self { if_match, absent: other.is_some() }),
        }
    }

    /// Checks the conditions against the `ETag` of the existing object. Called inside the transaction that replaces it.
    pub fn check(&self, existing: Option<&str>) -> S3Result<()> {
        if self.absent && existing.is_some() {
            return Err(precondition_failed());
        }
        match (&self.if_match, existing) {
            (Some(_), None) => Err(s3_error!(NoSuchKey, "The specified key does not exist.")),
            (Some(condition), Some(etag)) if !matches(condition, etag) => Err(precondition_failed()),
            _ => Ok(()),
        }
    }
}

pub(super) fn matches(condition: &ETagCondition, etag: &str) -> bool {
    condition.as_etag().is_none_or(|wanted| wanted.value() == etag)
}

/// Drops fractions of a second, which HTTP dates do not have.
fn whole_seconds(time: Timestamp) -> Stamp {
    let seconds = std::time::Duration::from_secs(u64::try_from(time.as_second()).unwrap_or_default());
    Stamp::from(std::time::SystemTime::UNIX_EPOCH + seconds)
}

fn not_modified(object: &Object) -> S3Error {
    let mut error = s3_error!(NotModified);
    if let Ok(etag) = HeaderValue::try_from(format!("\"{}\"", object.etag)) {
        error.set_headers(HeaderMap::from_iter([(header::ETAG, etag)]));
    }
    error
}
