//! The parts of a file: those that the client names, and those in the store.

use std::collections::BTreeMap;

use http::StatusCode;
use satchel_api::{Fields, Input};
use satchel_http::ApiError;
use satchel_model::{Multipart, Refusal, Upload};
use satchel_objects::{Completed, Objects, StoredPart};
use serde::Deserialize;

/// A part as the client names it.
#[derive(Debug, Deserialize)]
pub struct GivenPart {
    number: u64,
    etag: String,
}

/// Reads the field `parts`.
///
/// # Errors
/// 400 if it is missing or malformed.
pub fn read(input: &Input) -> Result<Vec<GivenPart>, Refusal> {
    let mut fields = Fields::of(input);
    let parts = fields.records("parts", "number and etag");
    fields.finish(parts)
}

/// Completes the multipart upload if each part in `given` is in the store and has the given `ETag`.
///
/// # Errors
/// 400 with a message for each part that is missing or differs; 409 if a part was replaced during the request.
pub async fn put_together(
    objects: &Objects,
    file: &Upload,
    multipart: &Multipart,
    given: &[GivenPart],
) -> Result<(), ApiError> {
    let stored = match &multipart.upload_id {
        None => Some(Vec::new()),
        Some(upload_id) => objects.parts(file, upload_id).await?,
    };
    // The upload was completed or aborted earlier. The caller finds out which by looking for the object.
    let Some(stored) = stored else { return Ok(()) };
    let problems = problems(file.size, multipart, given, &stored);
    if !problems.is_empty() {
        return Err(ApiError::fields([("parts".to_owned(), problems)].into()));
    }
    let upload_id = multipart.upload_id.as_deref().unwrap_or_default();
    match objects.complete_parts(file, upload_id, &stored).await? {
        Completed::Now | Completed::Before => Ok(()),
        Completed::Changed => {
            let words = "A part was sent again meanwhile. List the parts and complete the file again.";
            Err(ApiError::Detail(StatusCode::CONFLICT, words))
        }
    }
}

/// Lists the missing and the wrong parts.
fn problems(size: u64, multipart: &Multipart, given: &[GivenPart], stored: &[StoredPart]) -> Vec<String> {
    let mut named: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for part in given {
        named.entry(part.number).or_default().push(part.etag.trim_matches('"'));
    }
    let stored: BTreeMap<_, _> = stored.iter().map(|part| (part.number, part)).collect();
    let problem = |number: u64| {
        let (Some(named), Some(stored)) = (named.get(&number), stored.get(&number)) else {
            return Some(format!("Part {number} is missing."));
        };
        let is_same = named.iter().all(|etag| *etag == stored.etag.trim_matches('"'));
        let is_whole = Some(stored.size) == multipart.part_length(number, size);
        (!is_same || !is_whole).then(|| format!("Part {number} in the store is another."))
    };
    let count = multipart.part_count(size);
    let strangers = named.keys().filter(|number| !(1..=count).contains(number));
    let strangers = strangers.map(|number| format!("There is no part {number}; the last is {count}."));
    (1..=count).filter_map(problem).chain(strangers).collect()
}
