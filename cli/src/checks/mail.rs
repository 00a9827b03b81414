//! Whether SES sends mail for this deployment.

use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::get_account::{GetAccountError, GetAccountOutput};
use aws_sdk_sesv2::operation::get_email_identity::{GetEmailIdentityError, GetEmailIdentityOutput};

use super::{Finding, Level};

type Identity<'a> = Result<&'a GetEmailIdentityOutput, &'a SdkError<GetEmailIdentityError>>;

/// Whether the parameters name a sender. `None`: they do, or no mail is sent, and there is nothing to say.
pub fn sender(mail: &str, from: &str, require_email: bool) -> Option<Finding> {
    if mail == "none" {
        return Some(if require_email {
            Finding::blocker(
                "mail",
                "Mail=none together with RequireEmail=true: nobody could sign up",
                "deploy with --parameter RequireEmail=false, or with Mail=ses and MailFrom",
            )
        } else {
            Finding::ok(
                "mail",
                "Mail=none: accounts have no addresses, and nobody can reset a password by mail",
            )
        });
    }
    let domain = from.rsplit_once('@').map(|(_, domain)| domain);
    match domain {
        None => Some(Finding::blocker(
            "mail",
            "there is no sender for mails",
            "deploy with --parameter MailFrom=no-reply@YOUR-DOMAIN, or with --parameter Mail=none",
        )),
        Some(domain) if domain == "example.com" || domain.ends_with(".example.com") => {
            Some(Finding::blocker(
                "mail",
                format!("{from} is an example, which nobody can verify"),
                "deploy with --parameter MailFrom=no-reply@YOUR-DOMAIN, or with --parameter Mail=none",
            ))
        }
        Some(_) => None,
    }
}

/// Whether the sender's address or its domain is verified in SES.
pub fn identity(from: &str, region: &str, address: Identity, domain: Identity) -> Finding {
    let is_verified =
        |answer: &Identity| answer.as_ref().is_ok_and(|identity| identity.verified_for_sending_status());
    let is_absent = |answer: &Identity| {
        answer.as_ref().is_err_and(|error| {
            error.as_service_error().is_some_and(GetEmailIdentityError::is_not_found_exception)
        })
    };
    let name = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    if is_verified(&domain) {
        return Finding::ok("mail", format!("the domain {name} is verified in SES"));
    }
    if is_verified(&address) {
        return Finding::ok("mail", format!("the address {from} is verified in SES"));
    }
    let create = |identity: &str| {
        format!("aws sesv2 create-email-identity --region {region} --email-identity {identity}")
    };
    if is_absent(&address) && is_absent(&domain) {
        return Finding::blocker(
            "mail",
            format!("neither {from} nor its domain is known to SES in {region}"),
            format!(
                "{} and then follow the mail, or: {} and then add its DKIM records",
                create(from),
                create(name)
            ),
        );
    }
    match (address, domain) {
        (Err(error), _) | (_, Err(error)) if !is_absent(&address) && !is_absent(&domain) => {
            Finding::unknown("mail", error)
        }
        _ => Finding::blocker(
            "mail",
            format!("{from} or its domain is known to SES, but not verified yet"),
            "follow the link in SES's mail, or add the DKIM records of the domain, and repeat this",
        ),
    }
}

/// Whether SES sends to everybody. In production (`prod`), the sandbox is a blocker: strangers could not sign up.
pub fn account(answer: Result<&GetAccountOutput, &SdkError<GetAccountError>>, prod: bool) -> Finding {
    let account = match answer {
        Ok(account) => account,
        Err(error) => return Finding::unknown("mail", error),
    };
    if !account.sending_enabled() {
        return Finding::blocker(
            "mail",
            format!(
                "SES has paused this account ({})",
                account.enforcement_status().unwrap_or("no reason given")
            ),
            "answer the case that AWS Support opened about it",
        );
    }
    if account.production_access_enabled() {
        let day = account.send_quota().map_or(0.0, |quota| quota.max24_hour_send());
        return Finding::ok("mail", format!("SES sends to everybody, {day:.0} mails a day"));
    }
    let finding = Finding::warning(
        "mail",
        "SES is in the sandbox: it sends only to addresses that are verified, so others sign up and never get a mail",
        "ask for production access: docs/operations.md, \"Moving SES out of the sandbox\"; until then verify each \
         address that signs up, or use --parameter Mail=none",
    );
    if prod { Finding { level: Level::Blocker, ..finding } } else { finding }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::Client;

    use super::super::canned::{by_path, config, reply};
    use super::*;

    const FROM: &str = "no-reply@files.test";
    const UNKNOWN: &str = r#"{"__type":"NotFoundException","message":"Email identity does not exist."}"#;

    async fn identities(address: (u16, &str), domain: (u16, &str)) -> Finding {
        let http = by_path(&[
            ("/identities/no-reply", address.0, address.1),
            ("/identities/files", domain.0, domain.1),
        ]);
        let client = Client::from_conf(config!(aws_sdk_sesv2, http));
        let ask = async |identity: &str| client.get_email_identity().email_identity(identity).send().await;
        let (address, domain) = (ask(FROM).await, ask("files.test").await);
        identity(FROM, "eu-north-1", address.as_ref(), domain.as_ref())
    }

    async fn asked(body: &str, prod: bool) -> Finding {
        let client = Client::from_conf(config!(aws_sdk_sesv2, reply(200, body)));
        account(client.get_account().send().await.as_ref(), prod)
    }

    #[test]
    fn a_sender_must_be_named_unless_no_mail_is_sent() {
        for from in ["", "no-reply@example.com"] {
            assert_eq!(sender("ses", from, false).unwrap().level, Level::Blocker, "{from}");
        }
        assert_eq!(sender("ses", FROM, false), None);
        assert_eq!(sender("none", "", false).unwrap().level, Level::Ok);
        assert_eq!(sender("none", "", true).unwrap().level, Level::Blocker);
    }

    #[tokio::test]
    async fn a_verified_domain_or_address_is_enough() {
        let verified = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":true}"#;
        assert_eq!(identities((404, UNKNOWN), (200, verified)).await.level, Level::Ok);
        assert_eq!(identities((200, verified), (404, UNKNOWN)).await.level, Level::Ok);
    }

    #[tokio::test]
    async fn an_identity_that_is_unknown_or_not_verified_blocks() {
        let finding = identities((404, UNKNOWN), (404, UNKNOWN)).await;
        assert_eq!(finding.level, Level::Blocker);
        assert!(finding.advice.unwrap().contains("create-email-identity"));
        let waiting = r#"{"IdentityType":"EMAIL_ADDRESS","VerifiedForSendingStatus":false}"#;
        let finding = identities((200, waiting), (404, UNKNOWN)).await;
        assert_eq!(finding.level, Level::Blocker);
        assert!(finding.fact.contains("not verified yet"), "{}", finding.fact);
    }

    #[tokio::test]
    async fn the_sandbox_warns_and_blocks_production() {
        let sandbox =
            r#"{"SendingEnabled":true,"ProductionAccessEnabled":false,"EnforcementStatus":"HEALTHY"}"#;
        assert_eq!(asked(sandbox, false).await.level, Level::Warning);
        assert_eq!(asked(sandbox, true).await.level, Level::Blocker);
        let production =
            r#"{"SendingEnabled":true,"ProductionAccessEnabled":true,"SendQuota":{"Max24HourSend":50000}}"#;
        let finding = asked(production, true).await;
        assert_eq!((finding.level, finding.fact.contains("50000")), (Level::Ok, true));
        let paused =
            r#"{"SendingEnabled":false,"ProductionAccessEnabled":true,"EnforcementStatus":"SHUTDOWN"}"#;
        assert_eq!(asked(paused, false).await.level, Level::Blocker);
    }
}
