//! Interprets SES's refusal of a mail.
//!
//! SES documents only its codes (<https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html>);
//! the phrases below have been observed in its messages.

use aws_sdk_ses::error::ProvideErrorMetadata;

/// The failure to send a mail through SES.
///
/// Contains SES's code but not its message, which repeats addresses.
#[derive(Debug, thiserror::Error)]
#[error("SES: {code}")]
pub struct MailError {
    code: String,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// SES refuses every mail to this address.
    Address,
    /// SES would refuse the same mail again.
    Final,
    /// The cause is SES or our own address, which an operator may still verify.
    Passing,
}

/// The words by which SES refers to an invalid address: "Domain contains illegal character", "Missing local
/// name", "Missing final '@domain'", "Illegal address", "Address blacklisted.".
const FAULTS: [&str; 3] = ["address", "domain", "local name"];
/// "Sending suspended for this account. For more information, please check the inbox of the email address ..."
const ACCOUNT: &str = "account";
/// An operator must correct this, although the message names an address: in SES's sandbox, each recipient
/// must be verified.
const NOT_VERIFIED: &str = "not verified";

/// Codes of failures that pass without anybody's help.
const PASSING: [&str; 5] =
    [NO_RESPONSE, "Throttling", "ThrottlingException", "ServiceUnavailable", "RequestExpired"];
const NO_RESPONSE: &str = "no response";

impl MailError {
    /// SES's code, such as `MessageRejected`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether SES refuses the recipient's address, regardless of the mail.
    #[must_use]
    pub fn is_about_address(&self) -> bool {
        self.verdict == Verdict::Address
    }

    /// Whether SES would refuse the same mail again.
    ///
    /// Then the cause is the mail or its recipient, and neither SES nor our own address, which an operator
    /// may still verify.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.verdict != Verdict::Passing
    }

    /// Whether SES answered, and refused the mail for a reason that lasts. Throttling passes, and so does a failure of SES.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !PASSING.contains(&self.code.as_str()) && !self.code.starts_with("Internal")
    }

    /// The error of a mail that could not be built.
    pub(crate) fn incomplete() -> Self {
        Self { code: "the letter is incomplete".to_owned(), verdict: Verdict::Final }
    }

    /// Interprets SES's response to a mail from `sender` to `recipient`. `sender` is a valid address if
    /// `sender_is_valid`.
    pub(crate) fn new(
        answer: &impl ProvideErrorMetadata,
        sender: &str,
        sender_is_valid: bool,
        recipient: &str,
    ) -> Self {
        let code = answer.code().unwrap_or(NO_RESPONSE).to_owned();
        // Anyone can sign up with an address that contains ours or any other word, and SES's message may
        // repeat it.
        let message = answer.message().unwrap_or_default().replace(recipient, "the recipient").to_lowercase();
        let punctuation = |c: char| c.is_ascii_punctuation();
        let is_address = |word: &&str| word.trim_matches(punctuation).contains('@');
        let (addresses, words): (Vec<_>, Vec<_>) = message.split_whitespace().partition(is_address);
        let words = words.join(" ");
        let names_sender =
            addresses.iter().any(|address| address.trim_matches(punctuation) == sender.to_lowercase());
        let is_about_letter = matches!(code.as_str(), "MessageRejected" | "InvalidParameterValue");
        let contains = |text: &str| words.contains(text);
        // "Email address is not verified. The following identities failed the check in region ..." lists
        // addresses.
        let verdict = if !is_about_letter || names_sender || contains(ACCOUNT) {
            Verdict::Passing
        } else if sender_is_valid && !contains(NOT_VERIFIED) && FAULTS.iter().any(|fault| contains(fault)) {
            Verdict::Address
        } else {
            Verdict::Final
        };
        Self { code, verdict }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ses::error::ErrorMetadata;

    use super::*;

    const SENDER: &str = "no-reply@example.com";
    const SANDBOX: &str = "Email address is not verified. The following identities failed the check in region \
                           US-EAST-1: grace@example.com";

    fn refusal(code: &str, message: &str) -> MailError {
        let answer = ErrorMetadata::builder().code(code).message(message).build();
        MailError::new(&answer, SENDER, true, "grace@example.com")
    }

    #[test]
    fn an_address_that_ses_never_accepts_is_recognised() {
        for (code, message) in [
            ("InvalidParameterValue", "Missing final '@domain'"),
            ("InvalidParameterValue", "Local address contains control or whitespace"),
            ("InvalidParameterValue", "Domain contains illegal character"),
            ("InvalidParameterValue", "Missing local name"),
            ("InvalidParameterValue", "Illegal address"),
            ("MessageRejected", "Address blacklisted."),
        ] {
            let refusal = refusal(code, message);
            assert!(refusal.is_about_address() && refusal.is_final(), "{message}");
        }
    }

    #[test]
    fn a_mail_that_ses_never_accepts_is_refused_permanently_without_blaming_its_address() {
        for (code, message) in [
            ("MessageRejected", SANDBOX),
            ("MessageRejected", "Email contains a virus."),
            ("InvalidParameterValue", "Missing required header 'From'."),
        ] {
            let refusal = refusal(code, message);
            assert!(refusal.is_final() && !refusal.is_about_address(), "{message}");
        }
    }

    #[test]
    fn a_failure_that_ses_or_an_operator_may_correct_is_retried() {
        let sender = SANDBOX.replace("grace@", "no-reply@example.com, grace@");
        for (code, message) in [
            ("Throttling", "Maximum sending rate exceeded."),
            ("AccountSendingPausedException", "Sending is paused for this account; address AWS."),
            ("MessageRejected", "Sending suspended for this account. Check the inbox of its email address."),
            ("ConfigurationSetDoesNotExist", "Configuration set <x> does not exist."),
            ("MailFromDomainNotVerifiedException", "The domain is not verified."),
            ("MessageRejected", &sender),
        ] {
            let refusal = refusal(code, message);
            assert!(!refusal.is_final() && !refusal.is_about_address(), "{message}");
        }
    }

    #[test]
    fn only_a_failure_that_does_not_pass_by_itself_is_a_refusal() {
        for (code, is_refusal) in [
            ("Throttling", false),
            ("InternalFailure", false),
            ("ServiceUnavailable", false),
            ("MessageRejected", true),
            ("AccountSendingPausedException", true),
            ("AccessDenied", true),
        ] {
            assert_eq!(refusal(code, "a message").is_refusal(), is_refusal, "{code}");
        }
        let silent = MailError::new(&ErrorMetadata::builder().build(), SENDER, true, "grace@example.com");
        assert!(!silent.is_refusal());
    }

    #[test]
    fn an_invalid_sender_is_not_blamed_on_the_recipient() {
        let answer =
            ErrorMetadata::builder().code("InvalidParameterValue").message("Missing final '@domain'").build();
        assert!(!MailError::new(&answer, "no-reply", false, "grace@example.com").is_about_address());
    }

    #[test]
    fn a_recipient_that_contains_the_sender_is_not_the_sender() {
        let recipient = "\"no-reply@example.com\"@[127.0.0.1]";
        let message = format!("Local address contains illegal characters: {recipient}");
        let answer = ErrorMetadata::builder().code("InvalidParameterValue").message(message).build();
        assert!(MailError::new(&answer, SENDER, true, recipient).is_about_address());
    }
}
