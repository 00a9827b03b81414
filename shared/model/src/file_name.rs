//! Names and titles of files. They come from clients, and responses contain them only escaped.

use serde::{Deserialize, Serialize};

const MAX_BYTES: usize = 255;

/// The name of a file: 1 to 255 bytes without path and control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(String);

impl FileName {
    /// Accepts any Unicode text, and removes path parts, control characters and marks that reverse the
    /// reading direction.
    ///
    /// # Errors
    /// The message, if nothing is left or the name has more than 255 bytes.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = last.chars().filter(|c| !c.is_control() && !is_direction_mark(*c)).collect();
        let name = name.trim();
        match name {
            "" | "." | ".." => Err(vec!["Enter a valid file name.".to_owned()]),
            _ if name.len() > MAX_BYTES => {
                Err(vec![format!("Ensure this field has no more than {MAX_BYTES} bytes.")])
            }
            _ => Ok(Self(name.to_owned())),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The title of a file: 1 to 255 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Title(String);

impl Title {
    /// Accepts any Unicode text, and removes control characters.
    ///
    /// # Errors
    /// The message, if nothing is left or the title has more than 255 characters.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let title: String = text.chars().filter(|c| !c.is_control()).collect();
        let title = title.trim();
        if title.is_empty() {
            return Err(vec!["This field may not be blank.".to_owned()]);
        }
        if title.chars().count() > 255 {
            return Err(vec!["Ensure this field has no more than 255 characters.".to_owned()]);
        }
        Ok(Self(title.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&FileName> for Title {
    /// The title of a file that was given none: its name.
    fn from(name: &FileName) -> Self {
        Self(name.0.clone())
    }
}

/// Whether `c` is a mark that makes `gnp.exe` look like `exe.png`: Unicode's `Bidi_Control`.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_parts_and_control_characters_are_removed() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\photos\\a.jpg", "a.jpg"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\u{61c}b.txt", "ab.txt"),
            (" Zürich 東京.pdf ", "Zürich 東京.pdf"),
        ] {
            assert_eq!(FileName::parse(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn a_name_is_refused_if_nothing_is_left_of_it_or_it_is_too_long() {
        for given in ["", "/", "..", "\n", "a/.."] {
            assert_eq!(FileName::parse(given), Err(vec!["Enter a valid file name.".to_owned()]), "{given:?}");
        }
        assert!(FileName::parse(&"é".repeat(127)).is_ok());
        assert!(FileName::parse(&"é".repeat(128)).is_err());
    }
}
