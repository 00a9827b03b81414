//! What can keep a deployment from working, found before it begins.
//!
//! Each check is a function over the answer of a service or of a tool. `deploy` makes the calls.

pub mod account;
pub mod cloudfront;
pub mod concurrency;
pub mod mail;
pub mod names;
pub mod refusals;
pub mod tools;

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Could not be checked, or could be better.
    Note,
    /// The deployment succeeds, but something will not work as expected.
    Warning,
    /// The deployment would fail, or nobody could use it.
    Blocker,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check, such as `cloudfront`.
    pub check: &'static str,
    pub level: Level,
    pub fact: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, fact: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, fact: fact.into(), advice: None }
    }

    pub fn note(check: &'static str, fact: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Note, fact: fact.into(), advice: Some(advice.into()) }
    }

    pub fn warning(check: &'static str, fact: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::note(check, fact, advice) }
    }

    pub fn blocker(check: &'static str, fact: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Blocker, ..Self::note(check, fact, advice) }
    }

    /// A call that failed: the check cannot say anything, and the deployment may still work.
    pub fn unknown(check: &'static str, error: &dyn std::error::Error) -> Self {
        let cause = aws_smithy_types::error::display::DisplayErrorContext(error).to_string();
        let cause = cause.split(" (").next().unwrap_or_default().to_owned();
        Self::note(check, format!("could not be checked: {cause}"), "check it in the console, or ignore this")
    }
}

/// Whether a finding blocks the deployment.
pub fn is_blocked(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Blocker)
}

/// Findings as a person reads them.
pub fn text(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Note => "note",
            Level::Warning => "WARNING",
            Level::Blocker => "BLOCKER",
        };
        let advice = finding.advice.iter().map(|advice| format!("\n{:21}-> {advice}", ""));
        format!("{level:7}  {:11} {}{}", finding.check, finding.fact, advice.collect::<String>())
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
pub mod canned;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_blocker_blocks_and_advice_is_below_its_fact() {
        let warning = Finding::warning("mail", "SES is in the sandbox", "ask for production access");
        assert!(!is_blocked(std::slice::from_ref(&warning)));
        assert_eq!(
            text(std::slice::from_ref(&warning)),
            "WARNING  mail        SES is in the sandbox\n                     -> ask for production access"
        );
        assert!(is_blocked(&[warning, Finding::blocker("names", "taken", "rename")]));
    }
}
