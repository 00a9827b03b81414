//! What a check found: what is wrong, where, and what to do.

use std::fmt;

/// One finding of a check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path of the file, from the root of the repository.
    pub file: String,
    /// Counted from 1; 0 if the file as a whole is meant, or if it is missing.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// A problem on one line of a file.
    pub fn new(
        file: impl Into<String>,
        line: usize,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), line, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what, remedy } = self;
        match line {
            0 => write!(f, "{file}: {what}\n    {remedy}"),
            line => write!(f, "{file}:{line}: {what}\n    {remedy}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_the_line_if_there_is_one() {
        let problem = Problem::new("a.rs", 3, "it is wrong", "Correct it.");
        assert_eq!(problem.to_string(), "a.rs:3: it is wrong\n    Correct it.");
        let missing = Problem { line: 0, ..problem };
        assert_eq!(missing.to_string(), "a.rs: it is wrong\n    Correct it.");
    }
}
