//! Rules for new passwords: Django's validators, with Django's messages.

use crate::secret::Secret;

const MIN_CHARS: usize = 8;
const MAX_CHARS: usize = 128;
const MAX_SIMILARITY: f64 = 0.7;

/// About 19 600 common passwords, in lower case and sorted by bytes. The list is that of Django's
/// `CommonPasswordValidator` (BSD-3-Clause), compiled by Royce Williams.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password that meets the rules for new passwords.
#[derive(Debug, Clone)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Accepts 8 to 128 characters that are not a common password, not only digits and not similar to the
    /// username.
    ///
    /// The text is not trimmed, but converted to Unicode form NFC first, so that neither the rules nor the
    /// hash depend on how a keyboard encodes an accent.
    ///
    /// # Errors
    /// The messages of all broken rules, in Django's order.
    pub fn parse(text: &str, username: &str) -> Result<Self, Vec<String>> {
        // Django REST framework's message, also for white space: nobody chooses an invisible password on
        // purpose.
        if text.trim().is_empty() {
            return Err(vec!["This field may not be blank.".to_owned()]);
        }
        let password = Secret::new(text.to_owned()).nfc();
        let text = password.expose();
        let chars = text.chars().count();
        if chars > MAX_CHARS {
            return Err(vec![format!("Ensure this field has no more than {MAX_CHARS} characters.")]);
        }
        let rules = [
            (similar(text, username), "The password is too similar to the username."),
            (chars < MIN_CHARS, "This password is too short. It must contain at least 8 characters."),
            (common(text), "This password is too common."),
            (text.chars().all(char::is_numeric), "This password is entirely numeric."),
        ];
        let broken: Vec<_> =
            rules.into_iter().filter(|(broken, _)| *broken).map(|(_, message)| message.to_owned()).collect();
        if broken.is_empty() { Ok(Self(password)) } else { Err(broken) }
    }

    /// The password in NFC.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// Searches the list by bisection of its text, which needs no preparation and no memory.
fn common(password: &str) -> bool {
    let wanted = password.trim().to_lowercase();
    let (mut low, mut high) = (0, COMMON.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = COMMON.as_bytes()[..middle].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let end =
            COMMON.as_bytes()[start..].iter().position(|b| *b == b'\n').map_or(COMMON.len(), |at| start + at);
        match COMMON.as_bytes()[start..end].cmp(wanted.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

/// Compares as Django's `UserAttributeSimilarityValidator` does: with the whole name and each word of it, by
/// difflib's `quick_ratio`.
fn similar(password: &str, username: &str) -> bool {
    let (password, username) = (password.to_lowercase(), username.to_lowercase());
    let words = username.split(|c: char| !(c.is_alphanumeric() || c == '_')).chain([username.as_str()]);
    let length = password.chars().count();
    words
        .filter(|word| !word.is_empty() && length < 10 * word.chars().count())
        .any(|word| quick_ratio(&password, word) >= MAX_SIMILARITY)
}

/// Twice the number of common letters divided by the total number of letters, as Python's
/// `difflib.SequenceMatcher.quick_ratio` counts them.
#[expect(clippy::cast_precision_loss, reason = "both are lengths of at most a few hundred")]
fn quick_ratio(one: &str, other: &str) -> f64 {
    let mut left: Vec<char> = one.chars().collect();
    let total = left.len() + other.chars().count();
    let shared =
        other.chars().filter(|c| left.iter().position(|l| l == c).map(|at| left.swap_remove(at)).is_some());
    2.0 * shared.count() as f64 / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(password: &str, username: &str) -> Vec<String> {
        NewPassword::parse(password, username).err().unwrap_or_default()
    }

    #[test]
    fn each_rule_has_the_message_of_django() {
        assert_eq!(
            complaints("x7!", "ada"),
            ["This password is too short. It must contain at least 8 characters."]
        );
        assert_eq!(complaints("PassWord1", "ada"), ["This password is too common."]);
        assert_eq!(complaints("837465910284", "ada"), ["This password is entirely numeric."]);
        assert_eq!(complaints("testuser1x", "testuser"), ["The password is too similar to the username."]);
        assert_eq!(
            complaints(&"x".repeat(129), "ada"),
            ["Ensure this field has no more than 128 characters."]
        );
        assert!(complaints(" correct horse ", "ada").is_empty());
    }

    #[test]
    fn white_space_alone_is_blank() {
        for password in ["", " ", "          ", "\u{2003}\t\u{a0}"] {
            assert_eq!(complaints(password, "ada"), ["This field may not be blank."], "{password:?}");
        }
    }

    #[test]
    fn a_password_is_checked_and_stored_in_nfc() {
        // 128 letters, each followed by a combining mark.
        let longest = "e\u{301}".repeat(128);
        assert_eq!(NewPassword::parse(&longest, "ada").unwrap().secret().expose(), "é".repeat(128));
        let short = "This password is too short. It must contain at least 8 characters.";
        assert_eq!(complaints("e\u{301}e\u{300}o\u{302}x", "ada"), [short]);
    }

    #[test]
    fn every_broken_rule_is_reported() {
        assert_eq!(
            complaints("12345", "ada"),
            [
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric."
            ]
        );
    }

    #[test]
    fn the_first_and_the_last_common_password_are_found() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(lines.len() > 10_000 && lines.is_sorted());
        for password in [lines[0], lines[1], lines[lines.len() / 2], lines[lines.len() - 1]] {
            assert!(common(password), "{password}");
        }
        assert!(!common("") && !common("zzzzzzzzzzzzzz") && !common("\u{1}"));
    }

    #[test]
    fn similarity_is_computed_as_difflib_does() {
        // python3 -c 'from difflib import SequenceMatcher as S; print(S(a="lovelace99", b="ada.lovelace").quick_ratio())'
        for (one, other, ratio) in [
            ("lovelace99", "ada.lovelace", 0.727_272_727_272_727_3),
            ("correct horse", "ada", 0.0),
            ("testuser1", "testuser", 0.941_176_470_588_235_3),
            ("abcdefgh", "hgfedcba", 1.0),
            ("adaadaada", "ada", 0.5),
        ] {
            assert!((quick_ratio(one, other) - ratio).abs() < 1e-12, "{one} {other}");
        }
    }
}
