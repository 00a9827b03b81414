//! The status and the body of each refusal, in the usual dialect.
//!
//! A replaced service that uses other words for some of them has a small table of its own, in the function of
//! its route.

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::json;

use satchel_model::{Refusal, SizeLimit};

use super::response::{Response, json};

/// The response for `refusal`.
pub fn response(refusal: Refusal) -> Response {
    use StatusCode as Status;
    match refusal {
        Refusal::Fields(errors) => json(Status::BAD_REQUEST, &errors),
        Refusal::NotAuthenticated => {
            detail(Status::UNAUTHORIZED, "Authentication credentials were not provided.")
        }
        Refusal::BadAuthorizationHeader => coded(
            Status::UNAUTHORIZED,
            "Authorization header must contain two space-delimited values",
            "bad_authorization_header",
        ),
        Refusal::TokenNotValid => json(
            Status::UNAUTHORIZED,
            &json!({
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
                "messages": [{
                    "token_class": "AccessToken",
                    "token_type": "access",
                    "message": "Token is invalid or expired"
                }]
            }),
        ),
        Refusal::RefreshTokenNotValid => {
            coded(Status::UNAUTHORIZED, "Token is invalid or expired", "token_not_valid")
        }
        Refusal::TokenHasWrongType => coded(Status::UNAUTHORIZED, "Token has wrong type", "token_not_valid"),
        Refusal::WrongCredentials => {
            detail(Status::UNAUTHORIZED, "No active account found with the given credentials")
        }
        Refusal::WrongLinkPassword => detail(Status::UNAUTHORIZED, "Invalid password."),
        Refusal::QuotaExceeded => coded(Status::FORBIDDEN, "Storage quota exceeded.", "quota_exceeded"),
        Refusal::TooManyResources { max } => {
            let text = format!(
                "An account may have at most {max} resources. Delete one that is no longer needed, then try again."
            );
            coded(Status::FORBIDDEN, &text, "too_many")
        }
        Refusal::NoShareLinks => detail(Status::FORBIDDEN, "Your account tier does not include share links."),
        Refusal::RegistrationClosed => detail(Status::FORBIDDEN, "Registration is closed."),
        Refusal::NotFound => detail(Status::NOT_FOUND, "Not found."),
        Refusal::TierInUse => detail(Status::CONFLICT, "This tier is in use."),
        Refusal::NotReady => detail(Status::CONFLICT, "The file is not ready."),
        Refusal::UploadTimeOver => {
            detail(Status::CONFLICT, "The time to send this file is over. Announce it again.")
        }
        Refusal::NotInParts => {
            detail(Status::CONFLICT, "This file is sent by a single PUT, to the URL it was announced with.")
        }
        Refusal::UploadComplete => detail(Status::CONFLICT, "The file is complete already."),
        Refusal::UploadRejected => detail(Status::CONFLICT, "The file was rejected."),
        Refusal::ContentReplaced => {
            detail(Status::CONFLICT, "Another request has replaced the content of this file.")
        }
        Refusal::IdempotencyKeyUncertain => detail(
            Status::CONFLICT,
            "Idempotency-Key was used before a secret of this service was changed. Look whether the record was made, \
             and use another key.",
        ),
        Refusal::FileTooLarge { limit, max } => {
            let limit = match limit {
                SizeLimit::Tier => "your account tier",
                SizeLimit::Image => "an image",
                SizeLimit::Store => "the store",
            };
            let text = format!("The file is too large: {limit} takes at most {max} bytes.");
            detail(Status::PAYLOAD_TOO_LARGE, &text)
        }
        Refusal::IdempotencyKeyReused => {
            detail(Status::UNPROCESSABLE_ENTITY, "Idempotency-Key was used with another request.")
        }
        Refusal::Throttled { seconds } => {
            let unit = if seconds == 1 { "second" } else { "seconds" };
            let text = format!("Request was throttled. Expected available in {seconds} {unit}.");
            let mut response = detail(Status::TOO_MANY_REQUESTS, &text);
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
            response
        }
    }
}

fn detail(status: StatusCode, text: &str) -> Response {
    json(status, &json!({ "detail": text }))
}

fn coded(status: StatusCode, text: &str, code: &str) -> Response {
    json(status, &json!({ "detail": text, "code": code }))
}
