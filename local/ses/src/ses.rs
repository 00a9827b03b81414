//! The SES endpoint: `SendEmail` and `SendRawEmail` of the Query protocol.

use std::future::pending;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::post;
use http::HeaderMap;
use local_calls::{Begun, Calls, Service};
use local_common::{Credentials, Signer, clock};
use local_policy::mail_needs;

use super::address;
use super::answers::{self, Rejected};
use super::feedback::Feedback;
use super::inbox::{Inbox, Mail};
use super::message::Fields;

/// The maximum size of a request, in bytes. SES accepts messages of up to 10 MB, which base64 and percent-encoding make
/// longer.
const MAX_BODY: usize = 20 * 1024 * 1024;

/// The SES endpoint. Mail is stored in `inbox`, and `feedback` publishes bounces and complaints.
pub fn router(inbox: Inbox, feedback: Feedback, calls: Calls) -> Router {
    Router::new().route("/", post(respond)).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(Ses {
        inbox,
        feedback,
        calls,
    })
}

#[derive(Clone)]
struct Ses {
    inbox: Inbox,
    feedback: Feedback,
    calls: Calls,
}

async fn respond(State(ses): State<Ses>, headers: HeaderMap, body: Bytes) -> Response {
    let known = Credentials::access_key_of(&headers).and_then(|key| Some((key, Credentials::signer(key)?)));
    let Some((access_key, signer)) = known else { return answers::unknown_key() };
    let fields = Fields::parse(&body);
    let action = fields.get("Action").unwrap_or_default();
    match ses.calls.begin(access_key, Service::Ses, action).await {
        Begun::Never => pending().await,
        Begun::Answer(fault) => answers::injected(fault),
        Begun::Proceed(permit) => {
            let answer = ses.carry_out(&signer, action, &fields);
            if permit.finish() {
                // An injected fault has closed the connection, so there must be no answer.
                return pending().await;
            }
            answer
        }
    }
}

impl Ses {
    fn carry_out(&self, signer: &Signer, action: &str, fields: &Fields) -> Response {
        match action {
            "SendEmail" => self.send(signer, action, fields, fields.mail(clock::now())),
            "SendRawEmail" => self.send(signer, action, fields, fields.raw_mail(clock::now())),
            other => answers::unknown_action(other),
        }
    }

    fn send(&self, signer: &Signer, action: &str, fields: &Fields, mail: Result<Mail, Rejected>) -> Response {
        let sender = mail.and_then(|mail| Ok((address::bare(&mail.from)?, mail)));
        let (sender, mail) = match sender {
            Ok(sender) => sender,
            Err(rejected) => return answers::rejected(&rejected),
        };
        let set = fields.get("ConfigurationSetName");
        let needs = |region: &str| mail_needs(region, action, &sender, set);
        if let Err(denied) = self.calls.permissions().check(&signer.function, needs) {
            return answers::denied(&denied);
        }
        if let Some(unknown) = set.filter(|set| !self.feedback.knows(set)) {
            return answers::rejected(&Rejected::ConfigurationSet(unknown.to_owned()));
        }
        if let Err(error) = self.inbox.receive(mail.clone()) {
            return answers::failed(&error.to_string());
        }
        let message_id = uuid::Uuid::now_v7().to_string();
        if let Some(set) = set {
            self.feedback.publish(set, &message_id, &mail);
        }
        answers::sent(action, &message_id)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
