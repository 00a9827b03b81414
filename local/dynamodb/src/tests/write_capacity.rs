//! Write capacity, according to
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>: a unit for each KB of
//! the larger of the old and the new item, twice as many in a transaction.

use local_calls::Usage;
use local_common::Signer;
use serde_json::{Value, json};

use super::{Endpoint, TABLE, key};

const KB: usize = 1024;

impl Endpoint {
    /// What a call of `create-file` adds to that function's usage.
    async fn writing(&self, operation: &str, mut body: Value) -> f64 {
        if !operation.starts_with("Transact") {
            body["TableName"] = json!(TABLE);
        }
        let signer = Signer { function: "create-file".to_owned(), slot: 0 };
        self.calls.invocation_started(&signer, "r");
        let before = self.create_file().write_units;
        let (status, answer) = self.send_as("local.create-file.0", operation, &body).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer.get("ConsumedCapacity"), None, "the request did not ask for it");
        self.create_file().write_units - before
    }

    fn create_file(&self) -> Usage {
        self.calls.usage().remove("create-file").unwrap_or_default()
    }
}

fn sized(sk: &str, size: usize) -> Value {
    let fill = size - ["pk", "u", "sk", sk, "fill"].concat().len();
    json!({"pk": {"S": "u"}, "sk": {"S": sk}, "fill": {"S": "x".repeat(fill)}})
}

#[track_caller]
fn assert_units(found: f64, expected: f64) {
    // Capacity is counted in whole units, so the sums are exact.
    assert!((found - expected).abs() < f64::EPSILON, "{found}, not {expected}");
}

#[tokio::test]
async fn a_write_costs_a_unit_for_each_kb_of_the_larger_item() {
    let endpoint = Endpoint::start().await;
    assert_units(endpoint.writing("PutItem", json!({"Item": sized("1", KB)})).await, 1.0);
    assert_units(endpoint.writing("PutItem", json!({"Item": sized("1", 2 * KB + 1)})).await, 3.0);
    assert_units(endpoint.writing("PutItem", json!({"Item": sized("1", KB / 2)})).await, 3.0);
    let update = json!({
        "Key": key("u", "1"),
        "UpdateExpression": "SET note = :note",
        "ExpressionAttributeValues": {":note": {"S": "x"}},
    });
    assert_units(endpoint.writing("UpdateItem", update).await, 1.0);
    assert_units(endpoint.writing("DeleteItem", json!({"Key": key("u", "1")})).await, 1.0);
}

#[tokio::test]
async fn a_write_in_a_transaction_costs_twice_as_much() {
    let endpoint = Endpoint::start().await;
    let put = |sk: &str, size| json!({"Put": {"TableName": TABLE, "Item": sized(sk, size)}});
    let items = json!({"TransactItems": [put("1", KB), put("2", KB + 1)], "ClientRequestToken": "one"});
    assert_units(endpoint.writing("TransactWriteItems", items.clone()).await, 6.0);
    assert_units(endpoint.writing("TransactWriteItems", items).await, 0.0);
}

#[tokio::test]
async fn usage_counts_the_calls_of_each_function() {
    let endpoint = Endpoint::start().await;
    endpoint.writing("PutItem", json!({"Item": sized("1", KB)})).await;
    endpoint.writing("PutItem", json!({"Item": sized("2", KB)})).await;
    let usage = serde_json::to_value(endpoint.create_file()).unwrap();
    assert_eq!(usage, json!({"calls": {"dynamodb": {"PutItem": 2}}, "read_units": 0.0, "write_units": 2.0}));
}
