//! How many functions may run at once, and whether some of that can be reserved.

use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::get_account_settings::{GetAccountSettingsError, GetAccountSettingsOutput};

use super::Finding;

/// What an account usually has after its first weeks.
const USUAL: i32 = 1000;
/// From this limit on, reserving is worth considering.
const ENOUGH: i32 = 200;
/// What Lambda keeps unreserved in every account.
const UNRESERVED: i32 = 100;
/// The least that the template takes.
const LEAST: i32 = 50;

/// Whether the account's limit is enough for the template and its reservations.
///
/// `hashing` is the number of functions that the parameter `HashingConcurrency` reserves for, `wanted` its value.
/// `deployed` is its value in the stack, whose reservations the account's figures include already.
pub fn limit(
    answer: Result<&GetAccountSettingsOutput, &SdkError<GetAccountSettingsError>>,
    hashing: usize,
    wanted: i32,
    deployed: i32,
) -> Finding {
    let limits = match answer {
        Ok(answer) => answer.account_limit(),
        Err(error) => return Finding::unknown("concurrency", error),
    };
    let total = limits.map_or(0, |limits| limits.concurrent_executions());
    let unreserved = limits.and_then(|limits| limits.unreserved_concurrent_executions()).unwrap_or(total);
    let functions = i32::try_from(hashing).unwrap_or(i32::MAX).max(1);
    // What the stack itself reserves is free to be reserved again.
    let free = unreserved.saturating_add(deployed.saturating_mul(functions)) - UNRESERVED;
    let room = free / functions;
    let fact = format!("{total} functions may run at once, {unreserved} of them unreserved");
    if wanted > 0 && wanted > room {
        let most =
            if room >= LEAST { format!("at most {room}") } else { "0, which reserves nothing".to_owned() };
        return Finding::blocker(
            "concurrency",
            format!("{fact}; HashingConcurrency={wanted} for {functions} functions does not fit"),
            format!(
                "deploy with --parameter HashingConcurrency={most}, or raise the quota L-B99A9384 of Lambda"
            ),
        );
    }
    if total < ENOUGH {
        return Finding::warning(
            "concurrency",
            fact,
            format!(
                "more callers at once get 503. Ask for {USUAL}: aws service-quotas request-service-quota-increase \
                 --service-code lambda --quota-code L-B99A9384 --desired-value {USUAL}"
            ),
        );
    }
    if wanted > 0 || hashing == 0 {
        return Finding::ok("concurrency", fact);
    }
    if room < LEAST {
        let needed = functions * LEAST + UNRESERVED;
        return Finding::note(
            "concurrency",
            fact,
            format!("a cap on functions that hash passwords (HashingConcurrency) needs a limit of {needed}"),
        );
    }
    Finding::note(
        "concurrency",
        fact,
        format!(
            "--parameter HashingConcurrency={LEAST} (up to {room}) caps what sign-ups and sign-ins can cost; one client \
             could then fill the cap"
        ),
    )
}

/// How many functions of the template the parameter reserves for.
pub fn hashing_functions(template: &str) -> usize {
    template.matches("ReservedConcurrentExecutions").count()
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::Client;

    use super::super::Level;
    use super::super::canned::{config, reply};
    use super::*;

    async fn found(total: i32, unreserved: i32, wanted: i32, deployed: i32) -> Finding {
        let body = format!(
            r#"{{"AccountLimit":{{"ConcurrentExecutions":{total},"UnreservedConcurrentExecutions":{unreserved},
               "TotalCodeSize":1,"CodeSizeUnzipped":1,"CodeSizeZipped":1}},"AccountUsage":{{}}}}"#
        );
        let client = Client::from_conf(config!(aws_sdk_lambda, reply(200, &body)));
        limit(client.get_account_settings().send().await.as_ref(), 10, wanted, deployed)
    }

    #[tokio::test]
    async fn a_limit_of_ten_is_a_warning_and_reserves_nothing() {
        let finding = found(10, 10, 0, 0).await;
        assert_eq!(finding.level, Level::Warning);
        assert!(finding.advice.unwrap().contains("--desired-value 1000"));
        let finding = found(10, 10, 50, 0).await;
        assert_eq!(finding.level, Level::Blocker);
        assert!(finding.advice.unwrap().contains("HashingConcurrency=0"));
    }

    #[tokio::test]
    async fn values_are_proposed_when_the_limit_has_room_for_them() {
        let finding = found(1000, 1000, 0, 0).await;
        assert_eq!(finding.level, Level::Note);
        assert!(finding.advice.unwrap().contains("HashingConcurrency=50 (up to 90)"));
        assert!(found(200, 200, 0, 0).await.advice.unwrap().contains("needs a limit of 600"));
        assert_eq!(found(1000, 1000, 60, 0).await.level, Level::Ok);
    }

    #[tokio::test]
    async fn what_the_stack_has_reserved_already_does_not_count_twice() {
        assert_eq!(found(1000, 400, 60, 60).await.level, Level::Ok);
        assert_eq!(found(1000, 400, 60, 0).await.level, Level::Blocker);
    }

    #[tokio::test]
    async fn a_refused_call_leaves_the_question_open() {
        let client = Client::from_conf(config!(aws_sdk_lambda, reply(403, "{}")));
        let finding = limit(client.get_account_settings().send().await.as_ref(), 10, 0, 0);
        assert_eq!(finding.level, Level::Note);
    }
}
