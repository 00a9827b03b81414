//! Sends the queued mails. The table's stream starts it.

use std::convert::Infallible;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use satchel_accounts::{
    Addresses, Directory, Holder, MailKind, MailLink, MailLinks, OutgoingMail, Purpose, Undeliverable, Users,
};
use satchel_mail::{self as letters, Letter, MailError, Mailer};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::secret::Secret;
use satchel_model::{Email, UserId};
use satchel_runtime::{Invocation, Metric, Metrics, StartError, Wired, Wiring, app};
use satchel_table::{Failures, StoreError, work_through};
use tracing::{error, info, warn};

app! {
    /// What this function needs.
    pub struct App {
        directory: Directory,
        addresses: Addresses,
        users: Users,
        links: MailLinks,
        mailer: Mailer,
        link_lifetime: LinkLifetime,
        metrics: Metrics,
        clock: Clock,
        random: Random,
    }
}

/// The lifetime of a mailed link in seconds.
#[derive(Clone)]
struct LinkLifetime(i64);

impl Wired for LinkLifetime {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(wiring.parsed("MAIL_LINK_SECONDS")))
    }
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// Sends each mail of the batch.
///
/// A repeated record sends the mail again, with a new link, because a duplicate is better than a lost mail.
///
/// # Errors
/// Never.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<Event>,
) -> Result<Failures, Infallible> {
    Ok(work_through(event, |record| Box::pin(send(app, record))).await)
}

async fn send(app: &App, record: EventRecord) -> Result<(), Unsent> {
    let Ok(mail) = serde_dynamo::from_item::<_, OutgoingMail>(record.change.new_image) else {
        // A retry would fail in the same way, and delay the mails behind this record.
        error!("outbox record is not a valid mail");
        return Ok(());
    };
    let email = Email::stored(&mail.email);
    let address = app.addresses.find(&email, app.clock.now()).await?;
    if address.marked_plainly {
        app.addresses.replace_plain_marks(&email, app.clock.now()).await?;
    }
    if address.undeliverable {
        info!("mail not sent: its address is marked as undeliverable");
        return Ok(());
    }
    let letter = match app.letter(&mail, &email, address.owner).await {
        // The account was deleted after the mail was requested.
        Err(StoreError::Unowned) => None,
        letter => letter?,
    };
    let Some((to, letter)) = letter else {
        info!("mail not sent: it has no recipient");
        return Ok(());
    };
    match app.mailer.send(to.as_str(), &letter).await {
        // Anybody can enter such an address. The deployment is not at fault, and a retry would not help.
        Err(refusal) if refusal.is_about_address() => {
            warn!(code = refusal.code(), "mail refused: SES rejects its address");
            app.metrics.count(Metric::MailsRejected);
            app.addresses.mark_undeliverable(&to, Undeliverable::Refused, app.clock.now()).await?;
        }
        // A retry would not help, and would delay the mails behind this one.
        Err(refusal) if refusal.is_final() => {
            warn!(code = refusal.code(), "mail refused permanently");
            app.metrics.count(Metric::MailsRefused);
        }
        Err(refusal) => {
            if refusal.is_refusal() {
                app.metrics.count(Metric::MailsRefused);
            }
            return Err(refusal.into());
        }
        Ok(()) => {
            info!("mail sent");
            app.metrics.count(Metric::MailsSent);
        }
    }
    Ok(())
}

impl App {
    /// The letter and its address, if there is a recipient.
    ///
    /// Only this function looks up whether an address belongs to an account, because no caller is waiting here
    /// and could measure the time. The mail goes to the address as the account stores it; the spelling in the
    /// request may differ.
    async fn letter(
        &self,
        mail: &OutgoingMail,
        email: &Email,
        owner: Option<Holder>,
    ) -> Result<Option<(Email, Letter)>, StoreError> {
        let verify = |replaces| Purpose::VerifyEmail { email: mail.email.clone(), replaces };
        let letter = match (&mail.kind, owner) {
            (MailKind::VerifyEmail { username, .. }, Some(owner)) => {
                return self.to_owner(&owner, letters::address_taken(username)).await;
            }
            (MailKind::VerifyNewEmail { user_id, username, .. }, Some(owner))
                if owner.user_id != *user_id =>
            {
                return self.to_owner(&owner, letters::address_taken(username)).await;
            }
            (MailKind::VerifyEmail { user_id, username }, None) => {
                let purpose = verify(Some(mail.email.clone()));
                letters::verification(username, &self.link(mail, *user_id, username, purpose).await?)
            }
            (MailKind::VerifyNewEmail { user_id, username, replaces }, _) => {
                let purpose = verify(replaces.clone());
                letters::new_address(username, &self.link(mail, *user_id, username, purpose).await?)
            }
            (MailKind::VerifyAgain, Some(owner)) => {
                return self.to_owner(&owner, letters::already_verified(&owner.username)).await;
            }
            (MailKind::VerifyAgain, None) => {
                return self.to_waiting(mail, email, letters::verification_again).await;
            }
            (MailKind::AddressChanges { username }, _) => letters::address_changes(username),
            (MailKind::ResetPassword, Some(owner)) => return self.reset_letter(mail, &owner).await,
            (MailKind::ResetPassword, None) => {
                return self.to_waiting(mail, email, letters::verification_before_reset).await;
            }
        };
        // These mails were written with the address that the account stores.
        Ok(Some((email.clone(), letter)))
    }

    /// A letter to the account that has verified the address.
    async fn to_owner(&self, owner: &Holder, letter: Letter) -> Result<Option<(Email, Letter)>, StoreError> {
        let user = self.users.get(owner.user_id).await?;
        Ok(user.and_then(|user| user.email).map(|email| (Email::stored(&email), letter)))
    }

    /// A letter with a link for each open account that is waiting to verify the address.
    ///
    /// The letter goes to the address as the latest of these accounts stores it. The spellings differ in case
    /// only, and the request is for one mail.
    async fn to_waiting(
        &self,
        mail: &OutgoingMail,
        email: &Email,
        letter: impl FnOnce(&[(String, String)]) -> Letter,
    ) -> Result<Option<(Email, Letter)>, StoreError> {
        let mut accounts = Vec::new();
        let mut to = None;
        for Holder { user_id, username } in self.directory.waiting(email, self.clock.now()).await? {
            let user = self.users.get(user_id).await?.filter(|user| user.is_active);
            let Some(user) = user else { continue };
            let is_meant = |text: &&String| Email::stored(text).key() == email.key();
            let Some(given) = user.email.iter().chain(&user.pending_email).find(is_meant).cloned() else {
                continue;
            };
            let stored = Email::stored(&given);
            let purpose = Purpose::VerifyEmail { email: given, replaces: user.email };
            match self.link(mail, user_id, &username, purpose).await {
                // The account was deleted after it was read.
                Err(StoreError::Unowned) => {}
                link => {
                    accounts.push((username, link?));
                    to.get_or_insert(stored);
                }
            }
        }
        Ok(to.map(|to| (to, letter(&accounts))))
    }

    /// A link that resets the password, if the account is open.
    async fn reset_letter(
        &self,
        mail: &OutgoingMail,
        owner: &Holder,
    ) -> Result<Option<(Email, Letter)>, StoreError> {
        let user = self.users.get(owner.user_id).await?.filter(|user| user.is_active);
        let Some((user, email)) = user.and_then(|user| user.email.clone().map(|email| (user, email))) else {
            return Ok(None);
        };
        let purpose = Purpose::ResetPassword {
            auth_epoch: user.auth_epoch,
            credential_epoch: Some(user.credential_epoch),
            email: Some(email.clone()),
        };
        let link = self.link(mail, user.id, &user.username, purpose).await?;
        Ok(Some((Email::stored(&email), letters::password_reset(&user.username, &link))))
    }

    /// Creates a link. The table stores only its hash.
    async fn link(
        &self,
        mail: &OutgoingMail,
        user_id: UserId,
        username: &str,
        purpose: Purpose,
    ) -> Result<String, StoreError> {
        let path = match purpose {
            Purpose::VerifyEmail { .. } => "api/verify-email",
            Purpose::ResetPassword { .. } => "api/user/password-reset",
        };
        let token = Secret::token(self.random);
        let expires_at = later(self.clock.now(), self.link_lifetime.0).as_second();
        self.links
            .keep(&token, &MailLink { user_id, username: username.to_owned(), purpose, expires_at })
            .await?;
        Ok(format!("{}/{path}/{}", mail.base_url, token.expose()))
    }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Reply, USER, cancelled, denied, done, found, found_all, invocation, page, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/send-mail.json");
    /// 32 bytes of value 7 as base64url.
    const TOKEN: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    /// printf %s <token> | openssl dgst -sha256 -binary | basenc --base64url
    const LINK: &str = "LINK#3Ev4DHdHPRMPoN6GukAY_pi7IUAF5qWJHRK6kURvnoE";

    fn replies() -> [Reply; 3] {
        let sent = "<SendEmailResponse><SendEmailResult><MessageId>1</MessageId></SendEmailResult></SendEmailResponse>";
        [found_all(&[]), done("TransactWriteItems"), Reply::new("SendEmail", sent)]
    }

    async fn handled(aws: &CannedAws) -> Value {
        handled_mail(aws, &json!({})).await
    }

    /// Handles the event with these attributes of its mail changed. All of them are strings.
    async fn handled_mail(aws: &CannedAws, change: &Value) -> Value {
        let mut event: Value = serde_json::from_str(EVENT).unwrap();
        for (name, value) in change.as_object().unwrap() {
            event["Records"][0]["dynamodb"]["NewImage"][name] = json!({ "S": value });
        }
        json!(handle(aws.app(), invocation(serde_json::from_value(event).unwrap())).await.unwrap())
    }

    /// The percent-encoded recipient of the only mail that was sent, and the whole request.
    fn sent_to(aws: &CannedAws) -> (String, String) {
        let letter = String::from_utf8(aws.call("SendEmail").body.to_vec()).unwrap();
        let start = "Destination.ToAddresses.member.1=";
        let to = letter.split('&').find_map(|part| part.strip_prefix(start)).unwrap().to_owned();
        (to, letter)
    }

    /// The record by which `ada` claims or awaits an address.
    fn holder(pk: &str, sk: &str) -> Value {
        json!({"pk": pk, "sk": sk, "user_id": USER, "username": "ada"})
    }

    fn with_email(email: &str, verified: bool) -> Reply {
        let mut user = user();
        user["email"] = email.into();
        user["email_verified"] = verified.into();
        found(Some(user))
    }

    #[tokio::test]
    async fn only_the_hash_of_a_mailed_link_is_stored() {
        let aws = CannedAws::answering(replies()).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        let link = aws.call("TransactWriteItems");
        let (kept, noted) = (link.put(1), link.put(2));
        assert_eq!((&kept["pk"], &kept["email"]), (&json!(LINK), &json!("grace@example.com")));
        // The erasure of the account finds the link through this record.
        let user_id = kept["user_id"].as_str().unwrap();
        assert_eq!((&noted["pk"], &noted["sk"]), (&json!(format!("USER#{user_id}")), &json!(LINK)));
        assert_eq!(noted["ttl"], kept["ttl"]);
        assert!(!String::from_utf8_lossy(&link.body).contains(TOKEN));
        let letter = String::from_utf8(aws.call("SendEmail").body.to_vec()).unwrap();
        assert!(letter.contains("Destination.ToAddresses.member.1=grace%40example.com"), "{letter}");
        assert!(letter.contains("Source=no-reply%40example.com"), "{letter}");
        let url = format!("https%3A%2F%2Ffiles.example.com%2Fapi%2Fverify-email%2F{TOKEN}");
        assert!(letter.contains(&url), "{letter}");
    }

    #[tokio::test]
    async fn the_owner_of_an_address_is_notified_without_a_link() {
        let [_, _, sent] = replies();
        let taken = holder("EMAIL#grace@example.com", "EMAIL");
        let aws =
            CannedAws::answering([found_all(&[taken]), with_email("Grace@Example.com", true), sent]).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "SendEmail"]);
        let (to, letter) = sent_to(&aws);
        assert_eq!(to, "Grace%40Example.com", "as the owner stores it");
        assert!(!letter.contains("verify-email"), "{letter}");
    }

    /// The outbox may contain requests from before such local parts were refused.
    #[tokio::test]
    async fn a_reset_goes_to_the_address_that_the_account_stores() {
        let [_, kept, sent] = replies();
        let claim = holder("EMAIL#kate@example.com", "EMAIL");
        let aws =
            CannedAws::answering([found_all(&[claim]), with_email("Kate@example.com", true), kept, sent])
                .await;
        let asked = json!({"kind": "reset_password", "email": "\u{212a}ATE@example.com"});
        assert_eq!(handled_mail(&aws, &asked).await, json!({"batchItemFailures": []}));
        let (to, letter) = sent_to(&aws);
        assert_eq!(to, "Kate%40example.com");
        assert!(letter.contains("password-reset"), "{letter}");
        let link = aws.call("TransactWriteItems").put(1);
        assert_eq!((&link["auth_epoch"], &link["credential_epoch"]), (&json!(3), &json!(0)));
    }

    #[tokio::test]
    async fn a_reset_for_an_unverified_address_sends_a_verification_link() {
        for (email, asked, to) in [
            ("Grace@example.com", "grace@EXAMPLE.com", "Grace%40example.com"),
            // This is how addresses were stored before domains became Punycode.
            ("grace@bücher.example", "grace@xn--bcher-kva.example", "grace%40xn--bcher-kva.example"),
        ] {
            let [none, kept, sent] = replies();
            let waits = page(&[holder(&format!("EMAIL#{}", email.to_lowercase()), &format!("WAITS#{USER}"))]);
            let waits = if email.is_ascii() { vec![waits] } else { vec![page(&[]).once(), waits] };
            let rest = [none, with_email(email, false), kept, sent];
            let aws = CannedAws::answering([waits, rest.to_vec()].concat()).await;
            let asked = json!({"kind": "reset_password", "email": asked});
            assert_eq!(handled_mail(&aws, &asked).await, json!({"batchItemFailures": []}));
            let (sent_to, letter) = sent_to(&aws);
            assert_eq!(sent_to, to);
            assert!(letter.contains("verify-email") && !letter.contains("password-reset"), "{letter}");
            let link = aws.call("TransactWriteItems").put(1);
            assert_eq!((&link["email"], &link["replaces"]), (&json!(email), &json!(email)));
        }
    }

    #[tokio::test]
    async fn an_address_that_ses_rejects_is_marked_and_not_tried_again() {
        let [none, kept, _] = replies();
        let refused = |code: &str, message: &str| {
            let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
            Reply::new("SendEmail", format!("<ErrorResponse>{error}</ErrorResponse>")).status(400)
        };
        // `a_marked_address_gets_no_mail_until_its_mark_expires` shows how to compute the hash.
        let mark = ("UNDELIVERABLE#7fc3ff3d2891546d5711b3718dc2b3d5", "UNDELIVERABLE", "refused");
        for (code, message, is_marked, is_done) in [
            ("InvalidParameterValue", "Domain contains illegal character", true, true),
            ("MessageRejected", "Email address is not verified: grace@example.com", false, true),
            ("MessageRejected", "Email address is not verified: no-reply@example.com", false, false),
            ("AccountSendingPausedException", "Sending is paused for this account.", false, false),
        ] {
            let replies = [none.clone(), kept.clone(), refused(code, message), done("PutItem")];
            let aws = CannedAws::answering(replies).await;
            let failures = handled(&aws).await["batchItemFailures"].take();
            assert_eq!(failures == json!([]), is_done, "{message}");
            let put: Vec<Value> = aws
                .calls()
                .iter()
                .filter_map(|call| serde_json::from_slice::<Value>(&call.body).ok())
                .map(|mut body| body["Item"].take())
                .filter(|item| item["sk"]["S"] == mark.1)
                .collect();
            assert_eq!(put.len(), usize::from(is_marked), "{message}");
            for item in put {
                assert_eq!((&item["pk"]["S"], &item["reason"]["S"]), (&json!(mark.0), &json!(mark.2)));
            }
        }
    }

    #[tokio::test]
    async fn an_account_that_is_erased_meanwhile_gets_neither_link_nor_mail() {
        let erased = cancelled(&["ConditionalCheckFailed", "None", "None"]);
        let aws = CannedAws::answering([found_all(&[]), erased]).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        let account = aws.call("TransactWriteItems").json()["TransactItems"][0]["ConditionCheck"].take();
        let is_kept = "attribute_exists(pk) AND attribute_not_exists(#erasing)";
        assert_eq!(account["ConditionExpression"], is_kept);
    }

    #[tokio::test]
    async fn a_marked_address_gets_no_mail_until_its_mark_expires() {
        // printf 'undeliverable grace@example.com' | openssl dgst -sha256 -hmac <counter key>, its first 32 digits
        let hash = "7fc3ff3d2891546d5711b3718dc2b3d5";
        let mark = |ttl: i64| {
            let (pk, sk) = (format!("UNDELIVERABLE#{hash}"), "UNDELIVERABLE");
            json!({"pk": pk, "sk": sk, "reason": "bounce", "at": "2026-03-12T19:04:00Z", "ttl": ttl})
        };
        for (ttl, is_sent) in [(32_503_680_000, false), (1, true)] {
            let aws =
                CannedAws::answering([vec![found_all(&[mark(ttl)])], replies().to_vec()].concat()).await;
            assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
            assert_eq!(!aws.calls_of("SendEmail").is_empty(), is_sent, "{ttl}");
        }
    }

    #[tokio::test]
    async fn a_mark_that_contains_its_address_counts_and_is_replaced() {
        let (pk, sk) = ("EMAIL#grace@example.com", "UNDELIVERABLE");
        let plain = json!({"pk": pk, "sk": sk, "reason": "complaint", "at": "2026-03-12T19:04:00Z"});
        let replies =
            [found_all(std::slice::from_ref(&plain)), found(Some(plain)), done("TransactWriteItems")];
        let aws = CannedAws::answering(replies).await;
        assert_eq!(handled(&aws).await, json!({"batchItemFailures": []}));
        assert!(aws.calls_of("SendEmail").is_empty());
        let write = aws.call("TransactWriteItems");
        let mark = write.put(0);
        assert_eq!(mark["pk"], "UNDELIVERABLE#7fc3ff3d2891546d5711b3718dc2b3d5");
        assert_eq!((&mark["reason"], mark["ttl"].is_i64()), (&json!("complaint"), true));
        let removed = &write.json()["TransactItems"][1]["Delete"]["Key"];
        assert_eq!(*removed, json!({"pk": {"S": pk}, "sk": {"S": sk}}));
    }

    #[tokio::test]
    async fn a_mail_is_sent_again_if_any_call_fails() {
        for operation in ["BatchGetItem", "TransactWriteItems", "SendEmail"] {
            let aws = CannedAws::answering([vec![denied(operation)], replies().to_vec()].concat()).await;
            let failures = json!([{"itemIdentifier": "100000000000000000001"}]);
            assert_eq!(handled(&aws).await, json!({"batchItemFailures": failures}), "{operation}");
        }
    }

    #[tokio::test]
    async fn a_malformed_record_does_not_delay_the_mails_behind_it() {
        let aws = CannedAws::answering(replies()).await;
        let mut event: Event = serde_json::from_str(EVENT).unwrap();
        let mut broken = event.records[0].clone();
        broken.change.new_image.remove("email");
        event.records.insert(0, broken);
        let failures = handle(aws.app(), invocation(event)).await.unwrap();
        assert_eq!(json!(failures), json!({"batchItemFailures": []}));
        let sent = ["BatchGetItem", "SendEmail", "TransactWriteItems"];
        assert_eq!(aws.operations(), sent, "the second was sent");
    }
}
