//! DynamoDB's errors in its wire protocol, JSON 1.0.

use local_calls::{Cancellation, Fault};
use local_policy::Denied;
use serde_json::{Value, json};

use super::operations::Answer;

const DYNAMODB: &str = "com.amazonaws.dynamodb.v20120810#";
const CORAL: &str = "com.amazon.coral.service#";
const AVAILABILITY: &str = "com.amazon.coral.availability#";
const VALIDATION: &str = "com.amazon.coral.validate#";

/// The answer to a call with an injected fault.
pub(super) fn injected(fault: Fault, operation: &str, body: &[u8]) -> Answer {
    match fault {
        Fault::TransactionConflict => {
            let fault = Fault::Cancelled(Cancellation::TransactionConflict, None);
            injected(fault, operation, body)
        }
        Fault::Cancelled(reason, at) if operation.starts_with("Transact") => cancelled(reason, at, body),
        Fault::Cancelled(reason, _) => {
            let Reason { namespace, exception, message, .. } = reason.into();
            error(400, namespace, exception, message)
        }
        Fault::Throttling => {
            injected(Fault::Exception("ProvisionedThroughputExceededException"), operation, body)
        }
        Fault::Exception(name) => {
            let known =
                Cancellation::ALL.map(Reason::from).into_iter().find(|reason| reason.exception == name);
            let (namespace, message) =
                known.map_or((DYNAMODB, "An injected fault."), |reason| (reason.namespace, reason.message));
            error(400, namespace, name, message)
        }
        Fault::InternalError | Fault::KillAfter | Fault::LoseAnswer | Fault::Hang | Fault::Delay(_) => {
            error(500, DYNAMODB, "InternalServerError", "Internal server error")
        }
    }
}

/// A reason for a cancelled transaction, with its message in the API reference, and the corresponding exception of a
/// single write.
struct Reason {
    code: &'static str,
    namespace: &'static str,
    exception: &'static str,
    message: &'static str,
}

impl From<Cancellation> for Reason {
    fn from(reason: Cancellation) -> Self {
        let (code, namespace, exception, message) = match reason {
            Cancellation::ConditionalCheckFailed => (
                "ConditionalCheckFailed",
                DYNAMODB,
                "ConditionalCheckFailedException",
                "The conditional request failed",
            ),
            Cancellation::ItemCollectionSizeLimitExceeded => (
                "ItemCollectionSizeLimitExceeded",
                DYNAMODB,
                "ItemCollectionSizeLimitExceededException",
                "Collection size exceeded.",
            ),
            Cancellation::TransactionConflict => (
                "TransactionConflict",
                DYNAMODB,
                "TransactionConflictException",
                "Transaction is ongoing for the item",
            ),
            Cancellation::ProvisionedThroughputExceeded => (
                "ProvisionedThroughputExceeded",
                DYNAMODB,
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded. Consider increasing your \
                 provisioning level with the UpdateTable API.",
            ),
            Cancellation::ThrottlingError => (
                "ThrottlingError",
                AVAILABILITY,
                "ThrottlingException",
                "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling \
                 your table or index so please try again shortly.",
            ),
            Cancellation::ValidationError => (
                "ValidationError",
                VALIDATION,
                "ValidationException",
                "Item size has exceeded the maximum allowed size",
            ),
        };
        Self { code, namespace, exception, message }
    }
}

/// The error for a transaction that is cancelled because of the item at index `at`, or because of all items. An index
/// that is too large means the last item.
fn cancelled(reason: Cancellation, at: Option<usize>, body: &[u8]) -> Answer {
    let Reason { code, message, .. } = reason.into();
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = request["TransactItems"].as_array().map_or(1, Vec::len);
    let is_cause = |item: usize| at.is_none_or(|at| at.min(items.saturating_sub(1)) == item);
    let codes: Vec<_> = (0..items).map(|item| if is_cause(item) { code } else { "None" }).collect();
    let reasons = codes.iter().map(|code| match *code {
        "None" => json!({"Code": "None"}),
        code => json!({"Code": code, "Message": message}),
    });
    let body = json!({
        "__type": format!("{DYNAMODB}TransactionCanceledException"),
        "Message": format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        ),
        "CancellationReasons": reasons.collect::<Vec<_>>(),
    });
    Answer::new(400, body.to_string())
}

/// The error for a call that the caller's policies do not allow.
pub(super) fn denied(denied: &Denied) -> Answer {
    // DynamoDB writes `Message` in this error and `message` in its own errors.
    let body = json!({"__type": format!("{CORAL}AccessDeniedException"), "Message": denied.to_string()});
    Answer::new(400, body.to_string())
}

/// The error for an unsigned request.
pub(super) fn unsigned() -> Answer {
    error(400, CORAL, "MissingAuthenticationTokenException", "Request is missing Authentication Token")
}

/// The error for an access key that is not one of this stack's.
pub(super) fn unknown_key() -> Answer {
    let message = "The security token included in the request is invalid. The local stack accepts the access key \
                   local.operator.0 with any secret.";
    error(400, CORAL, "UnrecognizedClientException", message)
}

/// The error for a body that is too large.
pub(super) fn too_large() -> Answer {
    error(413, CORAL, "RequestEntityTooLargeException", "Request entity is too large")
}

fn error(status: u16, namespace: &str, kind: &str, message: &str) -> Answer {
    let body = json!({"__type": format!("{namespace}{kind}"), "message": message});
    Answer::new(status, body.to_string())
}
