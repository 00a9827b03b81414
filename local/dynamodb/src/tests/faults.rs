use std::sync::{Arc, Mutex};
use std::time::Duration;

use local_calls::{Cancellation, Fault};
use local_common::Signer;
use serde_json::{Value, json};

use super::{Endpoint, TABLE, item};

const FUNCTION: &str = "local.create-file.3";

impl Endpoint {
    /// Sends a call as a function, with `fault` injected into it.
    async fn faulty(&self, fault: Fault, operation: &str, body: &Value) -> reqwest::Result<(u16, Value)> {
        let signer = Signer { function: "create-file".to_owned(), slot: 3 };
        self.calls.invocation_started(&signer, "r1");
        self.calls.inject("create-file", 1, fault, 1);
        self.send_as(FUNCTION, operation, body).await
    }
}

fn put() -> Value {
    json!({"TableName": TABLE, "Item": item("u", "1", "1")})
}

#[tokio::test]
async fn a_conflict_cancels_every_item_of_a_transaction() {
    let endpoint = Endpoint::start().await;
    let body = json!({"TransactItems": [{"Put": put()}, {"Put": put()}]});
    let (status, answer) =
        endpoint.faulty(Fault::TransactionConflict, "TransactWriteItems", &body).await.unwrap();
    assert_eq!(status, 400);
    let expected = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons \
                    [TransactionConflict, TransactionConflict]",
        "CancellationReasons": [
            {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"},
            {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"},
        ],
    });
    assert_eq!(answer, expected);
    assert_eq!(endpoint.get("u", "1").await, Value::Null);
}

/// The reasons in the API reference, and the corresponding exceptions of single writes.
const REASONS: [(Cancellation, &str, &str); 6] = [
    (Cancellation::ConditionalCheckFailed, "ConditionalCheckFailed", "ConditionalCheckFailedException"),
    (
        Cancellation::ItemCollectionSizeLimitExceeded,
        "ItemCollectionSizeLimitExceeded",
        "ItemCollectionSizeLimitExceededException",
    ),
    (Cancellation::TransactionConflict, "TransactionConflict", "TransactionConflictException"),
    (
        Cancellation::ProvisionedThroughputExceeded,
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
    ),
    (Cancellation::ThrottlingError, "ThrottlingError", "ThrottlingException"),
    (Cancellation::ValidationError, "ValidationError", "ValidationException"),
];

#[tokio::test]
async fn a_transaction_can_be_cancelled_for_any_reason_because_of_one_item() {
    assert_eq!(REASONS.map(|(reason, ..)| reason), Cancellation::ALL);
    let endpoint = Endpoint::start().await;
    let body = json!({"TransactItems": [{"Put": put()}, {"Put": put()}]});
    for (reason, code, _) in REASONS {
        for (at, expected) in [(0, [code, "None"]), (1, ["None", code]), (7, ["None", code])] {
            let fault = Fault::Cancelled(reason, Some(at));
            let (status, answer) = endpoint.faulty(fault, "TransactWriteItems", &body).await.unwrap();
            let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
            assert_eq!((status, &answer["__type"]), (400, &json!(kind)));
            let codes = [0, 1].map(|item| answer["CancellationReasons"][item]["Code"].as_str().unwrap());
            assert_eq!(codes, expected);
            assert!(answer["Message"].as_str().unwrap().ends_with(&format!("[{}]", expected.join(", "))));
        }
    }
    assert_eq!(endpoint.get("u", "1").await, Value::Null);
}

#[tokio::test]
async fn a_single_write_gets_the_exception_that_corresponds_to_the_reason() {
    let endpoint = Endpoint::start().await;
    for (reason, _, exception) in REASONS {
        let fault = Fault::Cancelled(reason, None);
        let (status, answer) = endpoint.faulty(fault, "PutItem", &put()).await.unwrap();
        assert_eq!(status, 400);
        assert!(answer["__type"].as_str().unwrap().ends_with(&format!("#{exception}")), "{answer}");
    }
}

#[tokio::test]
async fn a_fault_is_injected_into_the_requested_number_of_calls_of_an_operation() {
    let endpoint = Endpoint::start().await;
    let signer = Signer { function: "create-file".to_owned(), slot: 3 };
    endpoint.calls.interrupt_next("create-file", "PutItem", Fault::Throttling, 2);
    for (request, expected) in [("r1", [400, 200]), ("r2", [400, 200]), ("r3", [200, 200])] {
        endpoint.calls.invocation_started(&signer, request);
        let (put_status, _) = endpoint.send_as(FUNCTION, "PutItem", &put()).await.unwrap();
        let get = json!({"TableName": TABLE, "Key": super::key("u", "1")});
        let (get_status, _) = endpoint.send_as(FUNCTION, "GetItem", &get).await.unwrap();
        assert_eq!([put_status, get_status], expected, "{request}");
    }
}

#[tokio::test]
async fn every_other_injected_error_has_the_form_of_dynamodb() {
    let expected = [
        (Fault::TransactionConflict, 400, "TransactionConflictException"),
        (Fault::Throttling, 400, "ProvisionedThroughputExceededException"),
        (Fault::InternalError, 500, "InternalServerError"),
        (Fault::Exception("RequestLimitExceeded"), 400, "RequestLimitExceeded"),
        (Fault::Exception("ThrottlingException"), 400, "ThrottlingException"),
    ];
    for (fault, expected_status, expected_kind) in expected {
        let endpoint = Endpoint::start().await;
        let (status, answer) = endpoint.faulty(fault, "PutItem", &put()).await.unwrap();
        assert_eq!(status, expected_status);
        assert!(answer["__type"].as_str().unwrap().ends_with(&format!("#{expected_kind}")), "{answer}");
        assert_eq!(endpoint.get("u", "1").await, Value::Null);
    }
}

#[tokio::test]
async fn a_killed_process_gets_no_answer_although_the_call_was_carried_out() {
    let endpoint = Endpoint::start().await;
    let killed = Arc::new(Mutex::new(Vec::new()));
    let kill = Arc::clone(&killed);
    endpoint.calls.on_kill(move |signer| kill.lock().unwrap().push(signer.clone()));
    assert!(endpoint.faulty(Fault::KillAfter, "PutItem", &put()).await.is_err());
    assert_eq!(*killed.lock().unwrap(), [Signer { function: "create-file".to_owned(), slot: 3 }]);
    assert_eq!(endpoint.get("u", "1").await, item("u", "1", "1"));
}

#[tokio::test]
async fn a_hanging_call_is_never_answered_and_does_nothing() {
    let endpoint = Endpoint::start().await;
    let put = put();
    let hanging = endpoint.faulty(Fault::Hang, "PutItem", &put);
    assert!(tokio::time::timeout(Duration::from_millis(200), hanging).await.is_err());
    assert_eq!(endpoint.get("u", "1").await, Value::Null);
}

#[tokio::test]
async fn calls_are_recorded_with_their_invocation() {
    let endpoint = Endpoint::start().await;
    let signer = Signer { function: "create-file".to_owned(), slot: 3 };
    endpoint.calls.invocation_started(&signer, "r7");
    endpoint.send_as(FUNCTION, "PutItem", &put()).await.unwrap();
    let calls = endpoint.calls.of_request("r7");
    assert_eq!(calls.len(), 1);
    assert_eq!((&calls[0].signer, calls[0].operation.as_str()), (&signer, "PutItem"));
}

#[tokio::test]
async fn the_error_for_an_unknown_key_names_a_valid_one() {
    let endpoint = Endpoint::start().await;
    let (status, answer) = endpoint.send_as("AKIDEXAMPLE", "PutItem", &put()).await.unwrap();
    assert_eq!(status, 400);
    assert_eq!(answer["__type"], "com.amazon.coral.service#UnrecognizedClientException");
    assert!(answer["message"].as_str().unwrap().contains("local.operator.0"), "{answer}");
}
