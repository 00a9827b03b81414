//! DynamoDB's error answers, as its wire protocol (JSON 1.0) has them.

use serde_json::{Value, json};

use super::operations::Answer;
use crate::calls::Fault;
use crate::permissions::Denied;

const DYNAMODB: &str = "com.amazonaws.dynamodb.v20120810#";
const CORAL: &str = "com.amazon.coral.service#";

/// The answer to a call that meets an injected fault.
pub(super) fn injected(fault: Fault, operation: &str, body: &[u8]) -> Answer {
    match fault {
        Fault::TransactionConflict if operation.starts_with("Transact") => conflict_of_all(body),
        Fault::TransactionConflict => {
            error(400, DYNAMODB, "TransactionConflictException", "Transaction is ongoing for the item")
        }
        Fault::Throttling => error(
            400,
            DYNAMODB,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded.",
        ),
        Fault::InternalError | Fault::KillAfter | Fault::Hang | Fault::Delay(_) => {
            error(500, DYNAMODB, "InternalServerError", "Internal server error")
        }
    }
}

/// A transaction cancelled because another one holds each of its items.
fn conflict_of_all(body: &[u8]) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = request["TransactItems"].as_array().map_or(1, Vec::len);
    let reason = json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"});
    let codes = vec!["TransactionConflict"; items].join(", ");
    let body = json!({
        "__type": format!("{DYNAMODB}TransactionCanceledException"),
        "Message": format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
        ),
        "CancellationReasons": vec![reason; items],
    });
    Answer::new(400, body.to_string())
}

/// The caller's policies do not allow the call.
pub(super) fn denied(denied: &Denied) -> Answer {
    // DynamoDB has a capital letter here, and a small one in the errors of its own model.
    let body = json!({"__type": format!("{CORAL}AccessDeniedException"), "Message": denied.to_string()});
    Answer::new(400, body.to_string())
}

/// Nobody signed.
pub(super) fn unsigned() -> Answer {
    error(400, CORAL, "MissingAuthenticationTokenException", "Request is missing Authentication Token")
}

/// Somebody signed with a key that this stack never hands out.
pub(super) fn unknown_key() -> Answer {
    let message = "The security token included in the request is invalid. The local stack takes the access key \
                   local.operator.0 with any secret.";
    error(400, CORAL, "UnrecognizedClientException", message)
}

/// The body is larger than DynamoDB takes.
pub(super) fn too_large() -> Answer {
    error(413, CORAL, "RequestEntityTooLargeException", "Request entity is too large")
}

fn error(status: u16, namespace: &str, kind: &str, message: &str) -> Answer {
    let body = json!({"__type": format!("{namespace}{kind}"), "message": message});
    Answer::new(status, body.to_string())
}
