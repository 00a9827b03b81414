//! Names of accounts.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

const INVALID: &str =
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
const MAX_CHARS: usize = 150;

/// The name of an account as its owner writes it, in Unicode form NFKC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Username(String);

impl Username {
    /// 1 to 150 letters, digits and `@ . + - _`, as Django has it.
    ///
    /// # Errors
    /// Says which rule was broken.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let name: String = text.nfkc().collect();
        if name.chars().count() > MAX_CHARS {
            return Err(vec![format!("Ensure this field has no more than {MAX_CHARS} characters.")]);
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

    /// What must be unique: the name without regard to case and Unicode form.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The key of what somebody signs in with, which need not be a valid name.
    #[must_use]
    pub fn key_of(text: &str) -> String {
        // Upper, then lower: final sigma, dotted i and sharp s fall together whichever way they were written.
        let folded = text.nfkc().collect::<String>().to_uppercase().to_lowercase();
        folded.nfkc().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_or_unicode_form_have_one_key() {
        for (one, other) in
            [("Ada", "aDA"), ("ａｄａ", "ada"), ("Ångström", "A\u{30a}ngström"), ("ΣΑΣ", "σας")]
        {
            let key = |name| Username::parse(name).unwrap().key();
            assert_eq!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn what_django_refuses_is_refused() {
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
