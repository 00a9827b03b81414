//! The parts of a file, as its sender knows them and as the store has them.

use std::collections::BTreeMap;

use http::StatusCode;
use satchel_api::{Fields, Input};
use satchel_http::ApiError;
use satchel_model::{Multipart, Refusal, Upload};
use satchel_objects::{Completed, Objects, StoredPart};
use serde::Deserialize;

/// A part as its sender knows it.
#[derive(Debug, Deserialize)]
pub struct GivenPart {
    number: u64,
    etag: String,
}

/// Reads `parts`.
///
/// # Errors
/// 400 if there are none, or they are not of their form.
pub fn read(input: &Input) -> Result<Vec<GivenPart>, Refusal> {
    let mut fields = Fields::of(input);
    let parts = fields.records("parts", "number and etag");
    fields.finish(parts)
}

/// Makes one object of the parts, if each that `given` names is in the store as it says.
///
/// # Errors
/// 400 with every part that is missing or another; 409 if a part was sent anew since.
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
    // No such upload any more: it was put together before, or given up, which shows in whether there is an object.
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

/// What keeps the parts from being the whole file, part by part.
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
