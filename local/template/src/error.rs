//! Errors in a template, with their lines.

use std::io;

/// Why a template cannot be run locally.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The path of the file, as it was given.
        file: String,
        /// The error of the file system.
        source: io::Error,
    },
    /// An element of the template is wrong or not supported by the local stack.
    #[error("{file}:{line}: {message}")]
    At {
        /// The path of the file, as it was given.
        file: String,
        /// The line, from 1.
        line: usize,
        /// A sentence that describes the error.
        message: String,
    },
}

/// A [`TemplateError`] without the path of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }

    pub(super) fn within(self, file: &str) -> TemplateError {
        TemplateError::At { file: file.to_owned(), line: self.line, message: self.message }
    }
}

/// The result of reading or evaluating a part of a template.
pub(super) type Checked<T> = Result<T, Problem>;
