//! The permissions that SES operations need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html>

use super::arn;
use super::context::ContextKey;
use super::need::Need;

/// The permissions that `SendEmail` or `SendRawEmail` needs: the identity of the sender, and the configuration set if
/// one is named. `from` is an address without a display name.
#[must_use]
pub fn needs(region: &str, operation: &str, from: &str, set: Option<&str>) -> Vec<Need> {
    let identity = arn::identity(region, from);
    let set = set.map(|set| arn::configuration_set(region, set));
    let need = |resource| {
        Need::new(format!("ses:{operation}"), resource).with(ContextKey::FromAddress, vec![from.to_owned()])
    };
    [Some(identity), set].into_iter().flatten().map(need).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_needs_its_senders_identity_and_its_configuration_set() {
        let need = |resource: &str| {
            Need::new("ses:SendEmail", format!("arn:aws:ses:us-east-1:000000000000:{resource}"))
                .with(ContextKey::FromAddress, vec!["no-reply@example.com".to_owned()])
        };
        let sent = |set| needs("us-east-1", "SendEmail", "no-reply@example.com", set);
        assert_eq!(sent(None), [need("identity/no-reply@example.com")]);
        let both = [need("identity/no-reply@example.com"), need("configuration-set/mail")];
        assert_eq!(sent(Some("mail")), both);
    }
}
