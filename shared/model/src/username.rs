//! Usernames.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::folding::folded;

const INVALID: &str =
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
/// The most characters of a name.
pub(super) const MAX_CHARS: usize = 150;
const MAX_ROUNDS: usize = 4;

/// The name of an account, as its owner typed it, in Unicode form NFKC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Username(String);

impl Username {
    /// Accepts 1 to 150 letters, digits and `@ . + - _`, like Django.
    ///
    /// # Errors
    /// The message for the broken rule.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let name: String = text.nfkc().collect();
        if name.chars().count() > MAX_CHARS {
            return Err(vec![too_long()]);
        }
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "@.+-_".contains(c)) {
            return Err(vec![INVALID.to_owned()]);
        }
        Ok(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the name, which must be unique: it ignores case and Unicode form.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The key that the name had before `İ` and `i` were treated as one letter, if it differs. Accounts of
    /// that time keep it.
    #[must_use]
    pub fn former_key(&self) -> Option<String> {
        Some(folded(&self.0)).filter(|former| *former != self.key())
    }

    /// The key of a name typed at sign-in, which need not be a valid username.
    #[must_use]
    pub fn key_of(text: &str) -> String {
        let mut key = text.to_owned();
        // A capital sharp s takes two rounds: it becomes a small sharp s, then `ss`.
        for _ in 0..MAX_ROUNDS {
            // The small letter of `İ` is an i with a combining dot, which no name can contain.
            let next = folded(&key).replace("i\u{307}", "i");
            if next == key {
                break;
            }
            key = next;
        }
        key
    }
}

/// The message for a name of more than [`MAX_CHARS`] characters.
pub(super) fn too_long() -> String {
    format!("Ensure this field has no more than {MAX_CHARS} characters.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_or_unicode_form_have_one_key() {
        for (one, other) in [
            ("Ada", "aDA"),
            ("ａｄａ", "ada"),
            ("Ångström", "A\u{30a}ngström"),
            ("ΣΑΣ", "σας"),
            ("İstan1", "istan1"),
            ("İstan1", "ISTAN1"),
            ("I\u{307}stan1", "ıstan1"),
            ("GROẞ", "gross"),
            ("groß", "GROSS"),
            ("żaba", "Z\u{307}ABA"),
        ] {
            let key = |name| Username::parse(name).unwrap().key();
            assert_eq!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn the_key_of_a_key_is_the_same_key_in_either_case() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric()) {
            let key = Username::key_of(&c.to_string());
            for text in [key.clone(), key.to_lowercase(), key.to_uppercase()] {
                assert_eq!(Username::key_of(&text), key, "{c:?}");
            }
        }
    }

    #[test]
    fn only_names_whose_key_has_changed_have_a_former_key() {
        let former = |name| Username::parse(name).unwrap().former_key();
        assert_eq!(former("İstan1"), Some("i\u{307}stan1".to_owned()));
        assert_eq!(former("GROẞ"), Some("groß".to_owned()));
        for name in ["ada", "ADA", "istan1", "Ångström", "σας", "groß", "żaba", "ａｄａ"] {
            assert_eq!(former(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_django_refuses_are_refused() {
        for name in ["", "a b", "a\u{200b}b", "a/b", "a\0", "a\nb", "😀"] {
            assert_eq!(Username::parse(name), Err(vec![INVALID.to_owned()]), "{name:?}");
        }
        assert!(Username::parse(&"a".repeat(150)).is_ok());
        assert_eq!(
            Username::parse(&"a".repeat(151)),
            Err(vec!["Ensure this field has no more than 150 characters.".to_owned()])
        );
    }
}
