//! What is wrong with a template, and where.

use std::io;

/// Why a template cannot be run locally.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file as it was named.
        file: String,
        /// What the file system said.
        source: io::Error,
    },
    /// Something in the file is wrong or not supported by the local stack.
    #[error("{file}:{line}: {message}")]
    At {
        /// The file as it was named.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, in a sentence.
        message: String,
    },
}

/// A [`TemplateError`] that does not know its file yet.
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

/// What every step inside this module answers.
pub(super) type Checked<T> = Result<T, Problem>;
