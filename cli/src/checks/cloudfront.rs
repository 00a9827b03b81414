//! Whether the account may use CloudFront.

use aws_sdk_cloudfront::error::SdkError;
use aws_sdk_cloudfront::operation::list_distributions::{ListDistributionsError, ListDistributionsOutput};

use super::{Finding, refusals};

const NEW_ACCOUNT: &str = "CloudFront refuses some new accounts, and only the deployment shows it (\"Your account must \
                           be verified\"). If it does: open a case with AWS Support, or deploy with --parameter \
                           Cdn=none until then";

/// Whether the account may create distributions.
///
/// There is no call that tells. An account that has a distribution could create it, and so may create others.
pub fn verified(answer: Result<&ListDistributionsOutput, &SdkError<ListDistributionsError>>) -> Finding {
    match answer {
        Ok(answer) if answer.distribution_list().is_some_and(|list| list.quantity() > 0) => {
            Finding::ok("cloudfront", "the account has distributions, so it may create others")
        }
        Ok(_) => Finding::note("cloudfront", "the account has no distribution yet", NEW_ACCOUNT),
        Err(error) => {
            let refused = refusals::advice(&format!("{error:?}"));
            match refused {
                Some(advice) => Finding::blocker("cloudfront", "CloudFront refuses this account", advice),
                None => Finding::unknown("cloudfront", error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudfront::Client;

    use super::super::Level;
    use super::super::canned::{config, reply};
    use super::*;

    async fn found(status: u16, body: &str) -> Finding {
        let client = Client::from_conf(config!(aws_sdk_cloudfront, reply(status, body)));
        verified(client.list_distributions().send().await.as_ref())
    }

    fn distributions(quantity: u32) -> String {
        format!(
            "<DistributionList><Marker></Marker><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>\
             <Quantity>{quantity}</Quantity></DistributionList>"
        )
    }

    #[tokio::test]
    async fn a_new_account_is_warned_that_cloudfront_may_refuse_it() {
        assert_eq!(found(200, &distributions(3)).await.level, Level::Ok);
        let finding = found(200, &distributions(0)).await;
        assert_eq!(finding.level, Level::Note);
        assert!(finding.advice.unwrap().contains("Cdn=none"));
    }

    #[tokio::test]
    async fn an_account_that_is_not_verified_is_blocked() {
        let body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Your account must be verified before you can \
                    add new CloudFront resources.</Message></Error></ErrorResponse>";
        let finding = found(403, body).await;
        assert_eq!(finding.level, Level::Blocker);
        assert!(finding.advice.unwrap().contains("AWS Support"));
    }

    #[tokio::test]
    async fn a_missing_permission_leaves_the_question_open() {
        let body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User is not authorized</Message></Error>\
                    </ErrorResponse>";
        assert_eq!(found(403, body).await.level, Level::Note);
    }
}
