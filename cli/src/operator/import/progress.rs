//! `FILE.progress`: how far an import is.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;

/// How far an import is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    fingerprint: u64,
    /// Pages that are done.
    pub pages: usize,
    pub report: Report,
    #[serde(skip)]
    pub file: PathBuf,
}

/// What all pages did together. docs/moving.md describes it.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub imported: u64,
    pub corrected: u64,
    pub skipped: Vec<Value>,
    pub notes: Vec<Value>,
}

impl Progress {
    /// The progress of this import of `dump`, or none if the last one was into another target, of another file or with other options.
    ///
    /// # Errors
    /// If the file with the progress is not valid.
    pub fn load(dump: &Path, fingerprint: u64) -> Result<Self, Failure> {
        let mut name = OsString::from(dump);
        name.push(".progress");
        let file = PathBuf::from(name);
        let none = Self { fingerprint, file: file.clone(), ..Self::default() };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(none),
            Err(error) => return Err(failed("read", &file, &error)),
        };
        let progress: Self =
            serde_json::from_str(&text).map_err(|error| failed("understand", &file, &error))?;
        Ok(if progress.fingerprint == fingerprint { Self { file, ..progress } } else { none })
    }

    /// Adds the report of a page, and writes the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn add(&mut self, report: &Value) -> Result<(), Failure> {
        let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
        let number = |name: &str| report[name].as_u64().unwrap_or_default();
        self.pages += 1;
        self.report.imported += number("imported");
        self.report.corrected += number("corrected");
        self.report.skipped.extend(list("skipped"));
        self.report.notes.extend(list("notes"));
        let text = serde_json::to_string(self).map_err(|error| failed("write", &self.file, &error))?;
        let unfinished = self.file.with_extension("progress.new");
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, &self.file))
            .map_err(|error| failed("write", &self.file, &error))
    }

    /// Removes the file, because it has names and addresses.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self) -> Result<(), Failure> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", &self.file, &error)),
            _ => Ok(()),
        }
    }

    /// One line for a person.
    pub fn summary(&self) -> String {
        let Report { imported, corrected, skipped, notes } = &self.report;
        format!(
            "{imported} imported, {corrected} corrected, {} skipped, {} with notes",
            skipped.len(),
            notes.len()
        )
    }
}

fn failed(what: &str, file: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("cannot {what} {}: {error}", file.display()))
        .advice("users that exist already are skipped, so the file can be deleted and the import repeated")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_import_continues_after_the_pages_that_are_done() {
        let folder = tempfile::tempdir().unwrap();
        let dump = folder.path().join("users.json");
        let mut progress = Progress::load(&dump, 7).unwrap();
        progress.add(&json!({"imported": 2, "skipped": [{"pk": 1}], "notes": [], "corrected": 0})).unwrap();
        progress.add(&json!({"imported": 1, "skipped": [], "notes": [{"pk": 2}], "corrected": 1})).unwrap();

        let again = Progress::load(&dump, 7).unwrap();
        assert_eq!(
            (again.pages, again.summary()),
            (2, "3 imported, 1 corrected, 1 skipped, 1 with notes".to_owned())
        );
        assert_eq!(Progress::load(&dump, 8).unwrap().pages, 0, "another target or file, or other options");

        again.remove().unwrap();
        again.remove().unwrap();
        assert_eq!(Progress::load(&dump, 7).unwrap().pages, 0);
    }
}
