//! `satchel smoke URL`

mod api;
mod facts;
mod jpeg;
mod walk;

use serde::Serialize;
use serde_json::json;

use crate::console::Console;
use crate::failure::{End, Failure};
use crate::local::Local;
use crate::options::Options;

use api::Api;

pub use walk::{Account, password};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The deployment, such as <https://d111111abcdef8.cloudfront.net>. Not needed with --local.
    url: Option<String>,
    /// API Gateway's own address, to see that it refuses requests that bypass CloudFront (output `ApiEndpoint`).
    #[arg(long, value_name = "URL")]
    api_endpoint: Option<String>,
    /// An existing account to use, if strangers cannot sign up without an address.
    #[arg(long, value_name = "NAME", requires = "password")]
    username: Option<String>,
    /// Its password.
    #[arg(long, value_name = "PASSWORD", env = "SATCHEL_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

/// What a check saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    NotOk,
    NotApplicable,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub state: State,
    pub detail: String,
}

impl Check {
    /// A check from its result: what was seen, or what is wrong.
    pub fn of(name: &'static str, result: Result<String, String>) -> Self {
        let state = if result.is_ok() { State::Ok } else { State::NotOk };
        Self { name, state, detail: result.unwrap_or_else(|wrong| wrong) }
    }

    /// A check that this deployment does not need.
    pub fn not_applicable(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, state: State::NotApplicable, detail: detail.into() }
    }
}

/// Walks through a deployment and reports facts about it.
///
/// # Errors
/// If it does not answer at all.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let console = options.console();
    let url = match (&args.url, &options.local) {
        (Some(url), _) => url.clone(),
        (None, Some(folder)) => Local::open(folder)?.api,
        (None, None) => {
            return Err(Failure::usage("there is no URL").advice("add it: satchel smoke https://..."));
        }
    };
    let account = match (args.username, args.password) {
        (Some(name), Some(password)) => Account::Existing { name, password },
        _ => Account::New,
    };
    let who = match &account {
        Account::Existing { name, .. } => format!("sign in as {name}"),
        Account::New => "create an account without an address, and delete it at the end".to_owned(),
    };
    console.plan(
        format!("walk through {url}"),
        &[
            who,
            "upload a photo, fetch its thumbnail, share it, and delete it".to_owned(),
            "send requests that are refused, and look at headers".to_owned(),
        ],
    );
    console.ask()?;
    let checks = all(&url, args.api_endpoint.as_deref(), &account, console).await?;
    console.finish(&json!({"url": url, "checks": checks}), || summary(&checks));
    Ok(if is_ok(&checks) { End::Done } else { End::NotOk })
}

/// All checks of a deployment, each shown when it is done.
///
/// # Errors
/// If the deployment does not answer at all.
pub async fn all(
    url: &str,
    api_endpoint: Option<&str>,
    account: &Account,
    console: Console,
) -> Result<Vec<Check>, Failure> {
    let api = Api::new(url)?;
    let mut checks = Vec::new();
    for check in walk::through(&api, account, console).await {
        checks.push(check);
    }
    for check in facts::about(&api, api_endpoint).await? {
        show(&check, console);
        checks.push(check);
    }
    Ok(checks)
}

/// Whether no check failed.
pub fn is_ok(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.state != State::NotOk)
}

/// Shows a check.
pub fn show(check: &Check, console: Console) {
    console.say(line(check));
}

fn line(check: &Check) -> String {
    let state = match check.state {
        State::Ok => "ok",
        State::NotOk => "NOT OK",
        State::NotApplicable => "n/a",
    };
    format!("{state:6}  {:18} {}", check.name, check.detail)
}

/// The last line.
pub fn summary(checks: &[Check]) -> String {
    let count = |state: State| checks.iter().filter(|check| check.state == state).count();
    format!(
        "{} ok, {} not ok, {} not applicable",
        count(State::Ok),
        count(State::NotOk),
        count(State::NotApplicable)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_check_that_fails_makes_the_whole_not_ok() {
        let checks =
            [Check::of("tls", Ok("HTTP/2".to_owned())), Check::not_applicable("compress", "no CloudFront")];
        assert!(is_ok(&checks));
        let failed = Check::of("413", Err("expected 413, got 502".to_owned()));
        assert_eq!(line(&failed), "NOT OK  413                expected 413, got 502");
        assert!(!is_ok(&[failed]));
        assert_eq!(summary(&checks), "1 ok, 0 not ok, 1 not applicable");
    }
}
