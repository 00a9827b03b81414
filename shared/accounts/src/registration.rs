//! The deployment's policy for sign-ups.

use satchel_model::Email;
use satchel_runtime::{StartError, Wired, Wiring};

use crate::Mailing;

/// Who may sign up: anybody, owners of addresses in some domains, or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// The only domains whose addresses may be used, in lower case.
    ///
    /// They are converted to Punycode when they are compared: every function reads the configuration, but few
    /// need the tables of IDNA.
    Domains(Vec<String>),
    Closed,
}

/// What a deployment requires of a sign-up.
#[derive(Debug, Clone)]
pub struct SignUpPolicy {
    pub registration: Registration,
    pub mailing: Mailing,
    require_email: bool,
}

impl SignUpPolicy {
    /// Whether every account needs an address: by its own parameter, or because only addresses of some domains may
    /// sign up.
    #[must_use]
    pub fn email_required(&self) -> bool {
        self.require_email || matches!(self.registration, Registration::Domains(_))
    }

    /// Parses an address and checks that an account of this deployment may have it.
    ///
    /// # Errors
    /// The message for each rule that the address breaks.
    pub fn email(&self, text: &str) -> Result<Email, Vec<String>> {
        self.mailing.check()?;
        self.registration.email(text)
    }
}

impl Wired for SignUpPolicy {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            registration: wiring.get()?,
            mailing: wiring.get()?,
            require_email: wiring.parsed("REQUIRE_EMAIL"),
        })
    }
}

impl Registration {
    /// The value of the template's parameter.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Domains(_) => "domains",
            Self::Closed => "closed",
        }
    }

    /// Parses an address and checks that this deployment accepts it.
    ///
    /// # Errors
    /// The message for each rule that the address breaks.
    pub fn email(&self, text: &str) -> Result<Email, Vec<String>> {
        let email = Email::parse(text)?;
        match self {
            Self::Domains(domains)
                if !domains.iter().any(|domain| Email::domain_of(domain) == email.domain()) =>
            {
                Err(vec!["Addresses of this domain cannot be used here.".to_owned()])
            }
            _ => Ok(email),
        }
    }
}

impl Wired for Registration {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(match wiring.text("REGISTRATION").as_str() {
            "" | "open" => Self::Open,
            "closed" => Self::Closed,
            "domains" => {
                let domains = wiring.text("REGISTRATION_DOMAINS").to_lowercase();
                Self::Domains(domains.split(',').map(|domain| domain.trim().to_owned()).collect())
            }
            other => {
                wiring.record(format!("REGISTRATION must be open, domains or closed, not {other:?}"));
                Self::Closed
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registration_domains_match_in_any_spelling() {
        let registration = Registration::Domains(vec!["bücher.example".to_owned(), "example.com".to_owned()]);
        for address in ["ada@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@Example.COM"] {
            assert!(registration.email(address).is_ok(), "{address}");
        }
        for address in ["ada@bucher.example", "ada@mail.example.com", "ada@example.com.example.org"] {
            let messages = registration.email(address).unwrap_err();
            assert_eq!(messages, ["Addresses of this domain cannot be used here."], "{address}");
        }
    }
}
