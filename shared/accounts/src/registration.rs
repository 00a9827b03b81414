//! Who may sign up.

use satchel_model::Email;
use satchel_runtime::{StartError, Wired, Wiring};

/// Who may sign up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// The only domains whose addresses may be used, in lower case. They are converted to Punycode when they are
    /// compared: every function reads the configuration, but few need the tables of IDNA.
    Domains(Vec<String>),
    Closed,
}

impl Registration {
    /// Reads an address that an account of this deployment may have.
    ///
    /// # Errors
    /// Says which rule was broken.
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
                wiring.record(format!("REGISTRATION is none of open, domains, closed: {other:?}"));
                Self::Closed
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domains_that_may_sign_up_are_compared_however_they_are_written() {
        let registration = Registration::Domains(vec!["bücher.example".to_owned(), "example.com".to_owned()]);
        for address in ["ada@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@Example.COM"] {
            assert!(registration.email(address).is_ok(), "{address}");
        }
        for address in ["ada@bucher.example", "ada@mail.example.com", "ada@example.com.example.org"] {
            let says = registration.email(address).unwrap_err();
            assert_eq!(says, ["Addresses of this domain cannot be used here."], "{address}");
        }
    }
}
