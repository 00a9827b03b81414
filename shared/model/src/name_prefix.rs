//! The beginning of a username, by which staff find accounts.

use unicode_normalization::UnicodeNormalization;

use super::Username;
use super::username::{MAX_CHARS, too_long};

/// A character that sorts before each character that a name's key may contain.
const LEAST: char = ' ';

/// The beginning of a username, in any case and Unicode form. It may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePrefix {
    /// The first key that begins with the prefix.
    first: String,
    /// A text after all keys that begin with the prefix.
    end: String,
}

impl NamePrefix {
    /// Accepts any text that is not longer than a username.
    ///
    /// # Errors
    /// The message for a longer text.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let text: String = text.nfkc().collect();
        if text.chars().count() > MAX_CHARS {
            return Err(vec![too_long()]);
        }
        let key = Username::key_of(&text);
        // A sigma at the end of a key is ς, and elsewhere σ, which is the next character.
        let last = key.strip_suffix('ς').map_or_else(|| key.clone(), |rest| format!("{rest}σ"));
        Ok(Self { first: key, end: format!("{last}{}", char::MAX) })
    }

    /// The range, both ends included, in which the keys that follow `after` begin with the prefix; `None` if no key
    /// can follow.
    #[must_use]
    pub fn keys_after(&self, after: Option<&str>) -> Option<(String, &str)> {
        let next = after.map_or_else(|| LEAST.to_string(), |after| format!("{after}{LEAST}"));
        let first = next.max(self.first.clone());
        (first <= self.end).then_some((first, self.end.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(prefix: &str, name: &str) -> bool {
        let key = Username::parse(name).unwrap().key();
        let prefix = NamePrefix::parse(prefix).unwrap();
        let (first, end) = prefix.keys_after(None).unwrap();
        (first.as_str()..=end).contains(&key.as_str())
    }

    #[test]
    fn a_prefix_matches_in_any_case_and_unicode_form() {
        for (prefix, name) in [
            ("a", "Ada"),
            ("AD", "ada"),
            ("ada", "ADA"),
            ("", "ada"),
            ("", "+1"),
            ("ａｄ", "ada"),
            ("A\u{30a}", "ångström"),
            ("gros", "GROẞ"),
            ("straß", "STRASSE"),
            ("ΣΑΣ", "σασα"),
            ("σας", "ΣΑΣ"),
            ("i", "İstan1"),
        ] {
            assert!(has(prefix, name), "{prefix} {name}");
        }
        for (prefix, name) in
            [("a", "bada"), ("adam", "ada"), ("ada", "ad"), ("σας", "σατα"), (" ", "ada"), ("~", "ada")]
        {
            assert!(!has(prefix, name), "{prefix} {name}");
        }
    }

    #[test]
    fn a_position_skips_all_names_up_to_its_own() {
        let prefix = NamePrefix::parse("a").unwrap();
        let (first, end) = prefix.keys_after(Some("ada")).unwrap();
        let range = first.as_str()..=end;
        assert!(!range.contains(&"ada") && !range.contains(&"abc"));
        assert!(["ada+", "ada1", "adab", "b"].map(|key| range.contains(&key)) == [true, true, true, false]);
        assert_eq!(prefix.keys_after(Some("Ada")).map(|(first, _)| first), Some("a".to_owned()));
        assert_eq!(prefix.keys_after(Some("b")), None);
    }

    #[test]
    fn a_longer_text_than_a_name_is_refused() {
        assert!(NamePrefix::parse(&"a".repeat(150)).is_ok());
        let words = "Ensure this field has no more than 150 characters.";
        assert_eq!(NamePrefix::parse(&"a".repeat(151)), Err(vec![words.to_owned()]));
        // In form NFKC, this character has eighteen.
        assert_eq!(NamePrefix::parse(&"\u{fdfa}".repeat(9)), Err(vec![words.to_owned()]));
    }

    #[test]
    fn every_key_fits_into_the_sort_key_of_an_index() {
        // DynamoDB takes 1,024 bytes.
        let longest = ('\0'..=char::MAX).filter(|c| c.to_string().nfkc().count() == 1);
        let longest = longest.map(|c| Username::key_of(&c.to_string()).len()).max().unwrap();
        assert!(longest * MAX_CHARS + char::MAX.len_utf8() <= 1024, "{longest}");
    }
}
