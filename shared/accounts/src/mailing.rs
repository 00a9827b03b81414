//! Whether the deployment sends mail.

use satchel_model::Refusal;
use satchel_runtime::{StartError, Wired, Wiring};

const NO_MAIL: &str = "This deployment sends no mail.";

/// Whether the deployment sends mail. Without mail nobody can verify an address, so no account gets one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailing {
    sends: bool,
}

impl Mailing {
    /// Whether the deployment sends mail.
    #[must_use]
    pub fn sends(self) -> bool {
        self.sends
    }

    /// Checks that a request for a mail, or with an address, can be granted.
    ///
    /// # Errors
    /// The messages for the address, if the deployment sends no mail.
    pub fn check(self) -> Result<(), Vec<String>> {
        if self.sends { Ok(()) } else { Err(vec![NO_MAIL.to_owned()]) }
    }

    /// Like [`check`](Self::check), for requests that are useless without a mail.
    ///
    /// # Errors
    /// A field error for `email`, if the deployment sends no mail.
    pub fn require(self) -> Result<(), Refusal> {
        if self.sends { Ok(()) } else { Err(Refusal::field("email", NO_MAIL)) }
    }
}

impl Wired for Mailing {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let sends = match wiring.text("MAIL").as_str() {
            "" | "ses" => true,
            "none" => false,
            other => {
                wiring.record(format!("MAIL must be ses or none, not {other:?}"));
                false
            }
        };
        Ok(Self { sends })
    }
}
