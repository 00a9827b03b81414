//! Addresses of mail.

use email_address::{EmailAddress, Options};

const MAX_CHARS: usize = 254;

/// An address as its owner writes it; addresses that differ only in case are one.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(redacted)")
    }
}

impl Email {
    /// An address with a domain of at least two labels, without display name and without a literal domain.
    ///
    /// # Errors
    /// Says which rule was broken.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
        if text.chars().count() > MAX_CHARS {
            return Err(vec![format!("Ensure this field has no more than {MAX_CHARS} characters.")]);
        }
        match EmailAddress::parse_with_options(text, options) {
            Ok(_) if !text.contains(['"', '\\', ',', '<', '>']) => Ok(Self(text.to_owned())),
            _ => Err(vec!["Enter a valid email address.".to_owned()]),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is claimed: the whole address in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The part after the at sign, in lower case.
    #[must_use]
    pub fn domain(&self) -> String {
        self.0.rsplit('@').next().unwrap_or_default().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused() {
        let refused = Err(vec!["Enter a valid email address.".to_owned()]);
        for text in [
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@example.com\nBcc: eve@example.com",
            "Ada <ada@example.com>",
            "ada@[127.0.0.1]",
            "a da@example.com",
            "\"a b\"@example.com",
        ] {
            assert_eq!(Email::parse(text).map(|_| ()), refused, "{text:?}");
        }
    }

    #[test]
    fn ordinary_addresses_are_taken() {
        for text in ["ada@example.com", "Ada.Lovelace+satchel@mail.example.co.uk", "ada@bücher.example"] {
            assert!(Email::parse(text).is_ok(), "{text}");
        }
    }
}
