//! The text of the files that the checks read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// Folders and files that are read, from the root of the repository.
const READ: [&str; 12] = [
    "functions",
    "shared",
    "local",
    "xtask",
    "cli",
    "tests",
    "events",
    "docs",
    "template.yaml",
    "openapi.yaml",
    "README.md",
    "Cargo.toml",
];

/// What is never read: files of other programs.
const SKIPPED: [&str; 3] = ["target", "node_modules", ".local"];

/// Endings of the files that are read.
const ENDINGS: [&str; 6] = ["rs", "toml", "json", "md", "txt", "yaml"];

/// The files of the repository by path, such as `functions/get-file/src/lib.rs`.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: BTreeMap<String, String>,
}

impl Sources {
    /// The files of the repository at `root`.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut sources = Self::default();
        for name in READ {
            sources.add(root, name)?;
        }
        Ok(sources)
    }

    /// Files given by path and text.
    pub fn new<Path: Into<String>, Text: Into<String>>(
        files: impl IntoIterator<Item = (Path, Text)>,
    ) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }

    fn add(&mut self, root: &Path, path: &str) -> io::Result<()> {
        let place = root.join(path);
        if place.is_dir() {
            for entry in fs::read_dir(&place)? {
                let name = entry?.file_name();
                let name = name.to_string_lossy();
                if !SKIPPED.contains(&name.as_ref()) {
                    self.add(root, &format!("{path}/{name}"))?;
                }
            }
        } else if place.is_file() && ENDINGS.iter().any(|ending| path.ends_with(&format!(".{ending}"))) {
            self.files.insert(path.to_owned(), fs::read_to_string(&place)?);
        }
        Ok(())
    }

    /// The text of a file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Adds a file or replaces its text.
    pub fn put(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// Removes a file.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// All files below a folder, in the order of their paths.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &str)> {
        let start = format!("{folder}/");
        let files = self.files.iter().filter(move |(path, _)| path.starts_with(&start));
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files below a folder whose names end in `ending`.
    pub fn with_ending(&self, folder: &str, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        self.below(folder).filter(move |(path, _)| path.ends_with(ending))
    }

    /// The names of the folders directly below a folder.
    #[must_use]
    pub fn folders(&self, folder: &str) -> BTreeSet<&str> {
        let rest = self.below(folder).filter_map(|(path, _)| path.get(folder.len() + 1..));
        rest.filter_map(|rest| rest.split_once('/')).map(|(name, _)| name).collect()
    }
}

/// The number of the first line of `text` that contains `part`, counted from 1; 1 if no line does.
#[must_use]
pub fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).map_or(1, |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_directly_below() {
        let sources = Sources::new([
            ("functions/a/src/lib.rs", ""),
            ("functions/b/Cargo.toml", ""),
            ("functions/README.md", ""),
            ("functions-of-others/c/Cargo.toml", ""),
        ]);
        assert_eq!(sources.folders("functions"), BTreeSet::from(["a", "b"]));
    }

    #[test]
    fn the_line_of_a_text_is_counted_from_1() {
        assert_eq!(line_of("a\nbc\nc", "c"), 2);
    }
}
