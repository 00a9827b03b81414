//! Interprets SES's refusal of a letter.
//!
//! The phrases are those that SES is known to use; its reference documents only the codes
//! (<https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html>).

use aws_sdk_ses::error::ProvideErrorMetadata;

/// A letter that SES refused.
///
/// It keeps SES's code and not its message, which repeats addresses.
#[derive(Debug, thiserror::Error)]
#[error("SES: {code}")]
pub struct MailError {
    code: String,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// SES refuses every letter to this address.
    Address,
    /// SES would refuse the same letter again.
    Final,
    /// The cause is SES, or our own address, which an operator may be about to verify.
    Passing,
}

/// The parts of an address that SES finds fault with: "Domain contains illegal character", "Missing local name",
/// "Missing final '@domain'", "Illegal address", "Address blacklisted.".
const FAULTS: [&str; 3] = ["address", "domain", "local name"];
/// "Sending suspended for this account. For more information, please check the inbox of the email address ..."
const ACCOUNT: &str = "account";
/// An operator has to correct this, although it names an address: in SES's sandbox each recipient has to be verified.
const NOT_VERIFIED: &str = "not verified";

impl MailError {
    /// SES's code, such as `MessageRejected`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether SES refuses the recipient's address, whatever is sent to it.
    #[must_use]
    pub fn is_about_address(&self) -> bool {
        self.verdict == Verdict::Address
    }

    /// Whether SES would refuse the same letter again: the cause is the letter or its recipient, and neither SES nor
    /// our own address, which an operator may be about to verify.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.verdict != Verdict::Passing
    }

    /// A letter that could not be built.
    pub(crate) fn incomplete() -> Self {
        Self { code: "the letter is incomplete".to_owned(), verdict: Verdict::Final }
    }

    /// SES's answer to a letter to `recipient` from `sender`, which is a valid address if `sender_is_sound`.
    pub(crate) fn new(
        answer: &impl ProvideErrorMetadata,
        sender: &str,
        sender_is_sound: bool,
        recipient: &str,
    ) -> Self {
        let code = answer.code().unwrap_or("no answer").to_owned();
        // Anybody may sign up with an address that has ours or any word in it, and SES's message may repeat it.
        let message = answer.message().unwrap_or_default().replace(recipient, "the recipient").to_lowercase();
        let punctuation = |c: char| c.is_ascii_punctuation();
        let is_address = |word: &&str| word.trim_matches(punctuation).contains('@');
        let (addresses, words): (Vec<_>, Vec<_>) = message.split_whitespace().partition(is_address);
        let words = words.join(" ");
        let names_sender =
            addresses.iter().any(|address| address.trim_matches(punctuation) == sender.to_lowercase());
        let is_about_letter = matches!(code.as_str(), "MessageRejected" | "InvalidParameterValue");
        let says = |text: &str| words.contains(text);
        // "Email address is not verified. The following identities failed the check in region ..." names them.
        let verdict = if !is_about_letter || names_sender || says(ACCOUNT) {
            Verdict::Passing
        } else if sender_is_sound && !says(NOT_VERIFIED) && FAULTS.iter().any(|fault| says(fault)) {
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
    fn an_address_that_ses_will_never_accept_is_recognised() {
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
    fn a_letter_that_ses_will_never_accept_is_refused_for_good_and_its_address_is_not_blamed() {
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
    fn a_failure_that_ses_or_an_operator_may_correct_is_tried_again() {
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
