//! How a command ends: its exit code, and errors that say what to do next.

use std::error::Error;
use std::process::ExitCode;

use aws_smithy_types::error::display::DisplayErrorContext;
use serde::Serialize;

/// How a command ended. docs/satchel.md lists the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// 0: done.
    Done,
    /// 1: a service or a tool failed. The command can be repeated.
    Failed,
    /// 2: the command line, or a file that it names, is not valid. clap uses the same code.
    Usage,
    /// 3: a check found something: an account that is not ready, or a deployment that does not behave as it should.
    NotOk,
    /// 4: the question was answered with no, or nobody could be asked.
    Declined,
    /// 5: a part is done, and the report says what is left and why.
    Left,
}

impl End {
    /// The exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotOk => 3,
            Self::Declined => 4,
            Self::Left => 5,
        }
    }
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(end.code())
    }
}

/// Why a command failed, and what the person can do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub end: End,
    pub message: String,
    pub advice: Option<String>,
}

impl Failure {
    /// A service or a tool failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self { end: End::Failed, message: message.into(), advice: None }
    }

    /// The command line or a file is not valid.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { end: End::Usage, ..Self::new(message) }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Makes a failure of a call to AWS, or of any other step: `.map_err(doing("read the stack"))`.
pub fn doing<E: Error + 'static>(what: impl Into<String>) -> impl FnOnce(E) -> Failure {
    let what = what.into();
    move |error| {
        let cause = DisplayErrorContext(&error).to_string();
        let failure = Failure::new(format!("cannot {what}: {}", shortened(&cause)));
        match advice_for(&cause) {
            Some(advice) => failure.advice(advice),
            None => failure,
        }
    }
}

/// The chain of causes, without the debug output that the SDK appends in parentheses.
fn shortened(cause: &str) -> &str {
    cause
        .split_once(" (ServiceError")
        .or_else(|| cause.split_once(" (DispatchFailure"))
        .map_or(cause, |(text, _)| text)
}

/// What helps against failures that any call can have.
fn advice_for(cause: &str) -> Option<&'static str> {
    let is = |text: &str| cause.contains(text);
    if is("ExpiredToken") || is("token has expired") || is("InvalidGrant") {
        Some("sign in again, such as with `aws sso login`, and repeat the command")
    } else if is("AccessDenied") || is("UnauthorizedOperation") || is("not authorized to perform") {
        Some("use an identity that has this permission, with --profile")
    } else if is("no providers in chain") || is("CredentialsNotLoaded") || is("failed to load credentials") {
        Some("run `aws configure` or `aws sso login`, or name a profile with --profile")
    } else if is("dispatch failure") || is("error sending request") {
        Some("check the network, --region and AWS_ENDPOINT_URL, and repeat the command")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_a_code_of_its_own() {
        let codes = [End::Done, End::Failed, End::Usage, End::NotOk, End::Declined, End::Left].map(End::code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn an_expired_session_is_an_invitation_to_sign_in_again() {
        let failure = doing("read the stack")(std::io::Error::other("ExpiredTokenException: too late"));
        assert_eq!(failure.message.split_once(": ").unwrap().0, "cannot read the stack");
        assert!(failure.advice.unwrap().contains("aws sso login"));
    }
}
