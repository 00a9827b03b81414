//! Credentials, and what a stack of the same name is doing.

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;

use super::Finding;
use crate::failure::Failure;

/// Whose credentials they are.
pub fn credentials(answer: Result<&GetCallerIdentityOutput, &Failure>, region: &str) -> Finding {
    match answer {
        Ok(identity) => {
            let arn = identity.arn().unwrap_or_default();
            let account = identity.account().unwrap_or_default();
            if arn.ends_with(":root") {
                Finding::warning(
                    "credentials",
                    format!("account {account}, region {region}, as the root user"),
                    "use a role or user with AdministratorAccess; the root user's keys cannot be limited",
                )
            } else {
                Finding::ok("credentials", format!("account {account}, region {region}, as {arn}"))
            }
        }
        Err(failure) => {
            let advice = failure.advice.as_deref();
            Finding::blocker(
                "credentials",
                format!("no valid credentials for {region}: {}", failure.message),
                advice
                    .unwrap_or("run `aws configure` or `aws sso login`; if the region is opt-in, enable it"),
            )
        }
    }
}

/// Whether a stack in this status can be deployed to. `None`: there is no stack.
pub fn stack(name: &str, status: Option<&str>) -> Finding {
    let stack = |text: &str| format!("the stack {name} {text}");
    match status {
        None => Finding::ok("stack", stack("does not exist yet")),
        Some("ROLLBACK_COMPLETE" | "ROLLBACK_FAILED") => Finding::blocker(
            "stack",
            stack("is what a failed first deployment left"),
            format!("delete it, then repeat this: satchel teardown --stack {name}"),
        ),
        Some("REVIEW_IN_PROGRESS") => Finding::ok("stack", stack("was announced and never deployed")),
        Some("DELETE_FAILED") => Finding::blocker(
            "stack",
            stack("could not be deleted completely"),
            format!("repeat its deletion: satchel teardown --stack {name}"),
        ),
        Some("UPDATE_ROLLBACK_FAILED") => Finding::blocker(
            "stack",
            stack("could not return to its previous state"),
            format!(
                "remove the cause, then: aws cloudformation continue-update-rollback --stack-name {name}"
            ),
        ),
        Some(status) if status.ends_with("_IN_PROGRESS") => Finding::blocker(
            "stack",
            stack(&format!("is being changed ({status})")),
            format!(
                "wait until it is done: aws cloudformation wait stack-update-complete --stack-name {name}"
            ),
        ),
        Some(status) => Finding::ok("stack", stack(&format!("is deployed ({status}) and will be updated"))),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::Client;

    use super::super::Level;
    use super::super::canned::{config, reply};
    use super::*;
    use crate::failure::doing;

    async fn found(status: u16, body: &str) -> Finding {
        let client = Client::from_conf(config!(aws_sdk_sts, reply(status, body)));
        let answer = client.get_caller_identity().send().await.map_err(doing("ask who is asking"));
        credentials(answer.as_ref(), "eu-north-1")
    }

    fn identity(arn: &str) -> String {
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>A</UserId>\
             <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
    }

    #[tokio::test]
    async fn credentials_of_a_role_are_ok_and_those_of_the_root_user_are_discouraged() {
        let role = found(200, &identity("arn:aws:sts::111122223333:assumed-role/Admin/ada")).await;
        assert_eq!(role.level, Level::Ok);
        assert!(role.fact.contains("111122223333") && role.fact.contains("eu-north-1"), "{}", role.fact);
        assert_eq!(found(200, &identity("arn:aws:iam::111122223333:root")).await.level, Level::Warning);
    }

    #[tokio::test]
    async fn refused_credentials_block_and_say_what_to_do() {
        let body = "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token is expired</Message>\
                    </Error></ErrorResponse>";
        let finding = found(403, body).await;
        assert_eq!(finding.level, Level::Blocker);
        assert!(finding.advice.unwrap().contains("aws sso login"));
    }

    #[test]
    fn what_a_failed_first_deployment_left_blocks_the_second() {
        assert_eq!(stack("files", None).level, Level::Ok);
        assert_eq!(stack("files", Some("UPDATE_COMPLETE")).level, Level::Ok);
        for status in ["ROLLBACK_COMPLETE", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED", "UPDATE_IN_PROGRESS"] {
            assert_eq!(stack("files", Some(status)).level, Level::Blocker, "{status}");
        }
    }
}
