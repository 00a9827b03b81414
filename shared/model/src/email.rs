//! Email addresses.

mod django;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

const INVALID: &str = "Enter a valid email address.";

/// A valid email address.
///
/// Addresses that differ only in case are the same address.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    former_keys: Vec<String>,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(redacted)")
    }
}

impl Email {
    /// Accepts the addresses that Django's `EmailValidator` accepts and to which SES can send mail.
    ///
    /// The local part must be ASCII. A domain that is not ASCII is converted to Punycode (UTS #46), so that
    /// one mailbox has one spelling.
    ///
    /// # Errors
    /// The message for the broken rule.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        Self::read(text).ok_or_else(|| vec![INVALID.to_owned()])
    }

    /// Reads an address from a record. An address that was accepted before these rules is not changed.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self::read(text).unwrap_or_else(|| Self::new(text.to_owned(), text))
    }

    fn read(text: &str) -> Option<Self> {
        let (local, domain) = django::parts(text).filter(|(local, _)| local.is_ascii())?;
        let domain = if domain.is_ascii() { domain.to_owned() } else { punycode(domain)? };
        Some(Self::new(format!("{}@{domain}", django::simplest(local)), text))
    }

    fn new(address: String, text: &str) -> Self {
        let former_keys = former_keys(&address, text);
        Self { address, former_keys }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The key under which the address is claimed: the whole address in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// The keys that older records, from before domains were converted to Punycode, may have for the address;
    /// usually none.
    #[must_use]
    pub fn former_keys(&self) -> &[String] {
        &self.former_keys
    }

    /// [`key`](Self::key), then the former ones.
    pub fn keys(&self) -> impl Iterator<Item = String> + '_ {
        std::iter::once(self.key()).chain(self.former_keys.iter().cloned())
    }

    /// The part after the at sign, in lower case.
    #[must_use]
    pub fn domain(&self) -> String {
        self.address.rsplit('@').next().unwrap_or_default().to_lowercase()
    }

    /// Converts a domain, in any spelling, to the form of [`domain`](Self::domain).
    #[must_use]
    pub fn domain_of(text: &str) -> String {
        punycode(text).unwrap_or_else(|| text.to_lowercase())
    }
}

/// The domain in lower case, with labels that are not ASCII in Punycode (UTS #46, non-transitional).
fn punycode(domain: &str) -> Option<String> {
    let (rules, hyphens) = (AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    let ascii = Uts46::new().to_ascii(domain.as_bytes(), rules, hyphens, DnsLength::Verify).ok()?;
    // The converted domain may be one that Django refuses, such as one whose last label consists of digits.
    let is_top_level_encoded = ascii.rsplit_once('.').is_some_and(|(_, last)| last.starts_with("xn--"));
    (is_top_level_encoded || django::is_domain(&ascii)).then(|| ascii.into_owned())
}

/// The keys that `address`, typed as `text`, had when domains were stored as typed.
fn former_keys(address: &str, text: &str) -> Vec<String> {
    let key = address.to_lowercase();
    let mut former = Vec::new();
    if let Some((local, domain)) = key.rsplit_once('@').filter(|(_, domain)| domain.contains("xn--")) {
        former.push(format!("{local}@{}", idna::domain_to_unicode(domain).0));
    }
    former.push(text.to_lowercase());
    former.dedup();
    former.retain(|one| *one != key);
    former
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cases.py` creates them with Django.
    const CASES: &str = include_str!("email/cases.txt");

    #[test]
    fn an_address_is_accepted_if_django_accepts_it_and_its_local_part_is_ascii() {
        assert!(CASES.lines().count() > 150);
        for line in CASES.lines() {
            let (taken, address) = line.split_once('\t').unwrap();
            let address: String = serde_json::from_str(address).unwrap();
            let is_ascii = address.rsplit_once('@').is_some_and(|(local, _)| local.is_ascii());
            let email = Email::parse(&address);
            assert_eq!(email.is_ok(), taken == "yes" && is_ascii, "{address:?}");
            match email {
                Ok(email) => assert!(email.as_str().is_ascii(), "{address:?}"),
                Err(messages) => assert_eq!(messages, ["Enter a valid email address."], "{address:?}"),
            }
        }
    }

    /// RFC 5321, section 4.1.2: a backslash quotes the next character, which then has no special meaning.
    #[test]
    fn a_local_part_has_one_spelling_however_it_is_quoted() {
        for (written, expected) in [
            (r#""ada"@example.com"#, "ada@example.com"),
            (r#""\a\da"@example.com"#, "ada@example.com"),
            (r#""ada.l"@example.com"#, "ada.l@example.com"),
            (r#""a..b"@example.com"#, r#""a..b"@example.com"#),
            (r#""\a..\b"@example.com"#, r#""a..b"@example.com"#),
            (r#""a\ b"@example.com"#, r#""a\ b"@example.com"#),
            (r#""a\"b"@example.com"#, r#""a\"b"@example.com"#),
            (r#""a\\b"@example.com"#, r#""a\\b"@example.com"#),
        ] {
            let email = Email::parse(written).unwrap();
            assert_eq!((email.as_str(), email.key()), (expected, expected.to_owned()), "{written}");
            assert_eq!(Email::parse(expected).unwrap().as_str(), expected);
        }
    }

    /// The expected values are those of `new URL("http://" + domain).hostname` in Node 20.
    #[test]
    fn a_domain_that_is_not_ascii_is_converted_to_punycode() {
        for (domain, expected) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("straße.example", "xn--strae-oqa.example"),
            ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("example.göteborg", "example.xn--gteborg-90a"),
            ("ｅxample.com", "example.com"),
            ("exa。mple.com", "exa.mple.com"),
            ("exam\u{ad}ple.com", "example.com"),
        ] {
            let email = Email::parse(&format!("Ada@{domain}")).unwrap();
            assert_eq!(email.as_str(), format!("Ada@{expected}"), "{domain}");
            assert_eq!((email.key(), email.domain()), (format!("ada@{expected}"), expected.to_owned()));
            let stored = Email::stored(email.as_str());
            assert_eq!((stored.as_str(), stored.key()), (email.as_str(), email.key()));
            assert_eq!(Email::domain_of(domain), expected);
        }
    }

    #[test]
    fn a_domain_that_cannot_exist_in_dns_is_refused() {
        let long = format!("{}.example", "ü".repeat(60));
        for domain in ["example.１２", "exa\u{ff0f}mple.com", "a.ü\u{ff0d}.com", "\u{200b}é.１1", &long]
        {
            let expected = Err(vec!["Enter a valid email address.".to_owned()]);
            assert_eq!(Email::parse(&format!("ada@{domain}")).map(|_| ()), expected, "{domain}");
        }
    }

    #[test]
    fn the_keys_of_records_from_before_punycode_are_known() {
        for text in ["I@BÜCHER.example", "i@xn--bcher-kva.example", "i@XN--bcher-KVA.example"] {
            let email = Email::parse(text).unwrap();
            assert_eq!(email.key(), "i@xn--bcher-kva.example");
            assert!(email.former_keys().contains(&"i@bücher.example".to_owned()), "{text}");
        }
        assert_eq!(Email::parse("Ada@Example.com").unwrap().former_keys(), [""; 0]);
    }

    #[test]
    fn an_address_that_was_accepted_before_these_rules_keeps_its_key() {
        for (text, key) in
            [("Üser@example.com", "üser@example.com"), ("\u{212a}ate@example.com", "kate@example.com")]
        {
            let email = Email::stored(text);
            assert_eq!((email.as_str(), email.key()), (text, key.to_owned()));
        }
    }
}
