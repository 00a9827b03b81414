//! Read capacity, according to the rules and examples of
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>; the sizes of items
//! follow <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.

use local_common::Signer;
use serde_json::{Value, json};

use super::{Endpoint, TABLE, item, key};

/// In AWS's examples, a KB has 1 024 bytes.
const KB: usize = 1024;

impl Endpoint {
    /// The read capacity units that a call consumes.
    async fn cost(&self, operation: &str, mut body: Value) -> f64 {
        if !operation.starts_with("Batch") && !operation.starts_with("Transact") {
            body["TableName"] = json!(TABLE);
        }
        let signer = Signer { function: "list-files".to_owned(), slot: 0 };
        let request = uuid::Uuid::now_v7().to_string();
        self.calls.invocation_started(&signer, &request);
        let (status, answer) = self.send_as("local.list-files.0", operation, &body).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer.get("ConsumedCapacity"), None, "the request did not ask for it");
        self.calls.read_units_of_request(&request)
    }

    /// Puts an item of exactly `size` bytes.
    async fn put_sized(&self, pk: &str, sk: &str, size: usize) {
        let fill = size - ["pk", pk, "sk", sk, "fill"].concat().len();
        self.put(json!({"pk": {"S": pk}, "sk": {"S": sk}, "fill": {"S": "x".repeat(fill)}})).await;
    }
}

fn get(sk: &str, consistent: bool) -> Value {
    json!({"Key": key("u", sk), "ConsistentRead": consistent})
}

fn query(pk: &str, consistent: bool) -> Value {
    json!({
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}},
        "ConsistentRead": consistent,
    })
}

/// Capacity is counted in halves of a unit, so the sums are exact.
#[track_caller]
fn assert_units(found: &[f64], expected: &[f64]) {
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_read_of_an_item_costs_a_unit_for_each_4_kb_and_half_if_it_is_eventually_consistent() {
    let endpoint = Endpoint::start().await;
    for (sk, size, expected) in [("a", 3 * KB + 512, 1.0), ("b", 10 * KB, 3.0), ("c", 4 * KB, 1.0)] {
        endpoint.put_sized("u", sk, size).await;
        let costs =
            [endpoint.cost("GetItem", get(sk, true)).await, endpoint.cost("GetItem", get(sk, false)).await];
        assert_units(&costs, &[expected, expected / 2.0]);
    }
    endpoint.put_sized("u", "d", 4 * KB + 1).await;
    // Reads of an item just over 4 KB, of a missing item, and of a part of an item.
    let mut part = get("b", true);
    part["ProjectionExpression"] = json!("sk");
    let costs = [
        endpoint.cost("GetItem", get("d", true)).await,
        endpoint.cost("GetItem", get("none", true)).await,
        endpoint.cost("GetItem", get("none", false)).await,
        endpoint.cost("GetItem", part).await,
    ];
    assert_units(&costs, &[2.0, 1.0, 0.5, 3.0]);
}

#[tokio::test]
async fn numbers_lists_and_maps_have_the_sizes_that_dynamodb_documents() {
    let endpoint = Endpoint::start().await;
    // Names count their length, maps and lists 3 bytes and 1 for each element, and booleans and nulls 1. Numbers count
    // 1 byte for two digits, rounded up, and 1 more.
    let value = json!({"M": {
        "a": {"BOOL": true}, "list": {"L": [{"NULL": true}]}, "n": {"N": "12345"},
    }});
    let size = 2 + 1 + 2 + 1 + "value".len() + 3 + (1 + 1 + 1) + (4 + 1 + 5) + (1 + 1 + 4);
    for (more, expected) in [(4 * KB - size, 1.0), (4 * KB - size + 1, 2.0)] {
        let fill = "x".repeat(more - "fill".len());
        endpoint.put(json!({"pk": {"S": "u"}, "sk": {"S": "1"}, "value": value, "fill": {"S": fill}})).await;
        assert_units(&[endpoint.cost("GetItem", get("1", true)).await], &[expected]);
    }
}

#[tokio::test]
async fn each_item_of_a_batch_is_rounded_up_separately() {
    let endpoint = Endpoint::start().await;
    endpoint.put_sized("u", "1", KB + 512).await;
    endpoint.put_sized("u", "2", 6 * KB + 512).await;
    let batch = |consistent: bool| {
        let keys = [key("u", "1"), key("u", "2")];
        json!({"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": consistent}}})
    };
    let costs =
        [endpoint.cost("BatchGetItem", batch(true)).await, endpoint.cost("BatchGetItem", batch(false)).await];
    assert_units(&costs, &[3.0, 1.5]);
}

#[tokio::test]
async fn a_read_in_a_transaction_costs_twice_as_much() {
    let endpoint = Endpoint::start().await;
    endpoint.put_sized("u", "1", KB + 512).await;
    endpoint.put_sized("u", "2", 6 * KB + 512).await;
    let get = |sk: &str| json!({"Get": {"TableName": TABLE, "Key": key("u", sk)}});
    let body = json!({"TransactItems": [get("1"), get("2")]});
    assert_units(&[endpoint.cost("TransactGetItems", body).await], &[6.0]);
}

#[tokio::test]
async fn the_sizes_of_the_items_of_a_query_are_added_before_rounding() {
    let endpoint = Endpoint::start().await;
    // Ten items with 40.8 KB in total.
    for n in 0..10 {
        endpoint.put_sized("u", &n.to_string(), 4178).await;
    }
    // 1 500 items of 64 bytes, which are 96 000 bytes in total.
    let small = |n: usize| {
        let fill = "x".repeat(64 - "pk".len() - 1 - "sk".len() - 4 - "fill".len());
        json!({"PutRequest": {"Item": {"pk": {"S": "s"}, "sk": {"S": format!("{n:04}")}, "fill": {"S": fill}}}})
    };
    for from in (0..1500).step_by(25) {
        let puts: Vec<_> = (from..from + 25).map(small).collect();
        endpoint.ask("BatchWriteItem", json!({"RequestItems": {TABLE: puts}})).await;
    }
    let costs = [
        endpoint.cost("Query", query("u", true)).await,
        endpoint.cost("Query", query("u", false)).await,
        endpoint.cost("Query", query("s", true)).await,
        endpoint.cost("Query", query("nobody", true)).await,
    ];
    assert_units(&costs, &[11.0, 5.5, 24.0, 1.0]);
}

#[tokio::test]
async fn items_that_a_filter_removes_count_and_items_after_a_limit_do_not() {
    let endpoint = Endpoint::start().await;
    for n in 0..4 {
        endpoint.put_sized("u", &n.to_string(), 4 * KB).await;
    }
    let mut filtered = query("u", true);
    filtered["FilterExpression"] = json!("attribute_not_exists(fill)");
    let mut limited = query("u", true);
    limited["Limit"] = json!(2);
    let costs = [
        endpoint.cost("Query", filtered).await,
        endpoint.cost("Query", limited).await,
        endpoint.cost("Scan", json!({"FilterExpression": "attribute_not_exists(fill)"})).await,
    ];
    assert_units(&costs, &[4.0, 2.0, 2.0]);
}

#[tokio::test]
async fn a_query_of_an_index_reads_only_projected_attributes() {
    let mut deployment = super::deployment();
    deployment.tables[0].create["GlobalSecondaryIndexes"][0]["Projection"] =
        json!({"ProjectionType": "KEYS_ONLY"});
    let endpoint = Endpoint::start_in(&super::data(), &deployment).await;
    for n in 0..10 {
        let fill = "x".repeat(4 * KB);
        endpoint
            .put(json!({
                "pk": {"S": "u"}, "sk": {"S": n.to_string()}, "owner": {"S": "ada"}, "fill": {"S": fill},
            }))
            .await;
    }
    let by_owner = json!({
        "IndexName": "by-owner",
        "KeyConditionExpression": "#o = :ada",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":ada": {"S": "ada"}},
    });
    assert_units(&[endpoint.cost("Query", by_owner).await], &[0.5]);
}

#[tokio::test]
async fn writing_consumes_no_read_capacity() {
    let endpoint = Endpoint::start().await;
    let put = json!({"TableName": TABLE, "Item": item("u", "1", "1")});
    let costs = [
        endpoint.cost("PutItem", put.clone()).await,
        endpoint.cost("TransactWriteItems", json!({"TransactItems": [{"Put": put}]})).await,
    ];
    assert_units(&costs, &[0.0, 0.0]);
}

#[tokio::test]
async fn the_consumed_capacity_is_returned_on_request() {
    let endpoint = Endpoint::start().await;
    endpoint.put_sized("u", "1", 10 * KB).await;
    let mut body = get("1", true);
    body["ReturnConsumedCapacity"] = json!("TOTAL");
    let answer = endpoint.ask("GetItem", body).await;
    assert_eq!(answer["ConsumedCapacity"], json!({"TableName": TABLE, "CapacityUnits": 3.0}));
    let mut body = get("1", true);
    body["ReturnConsumedCapacity"] = json!("NONE");
    assert_eq!(endpoint.ask("GetItem", body).await.get("ConsumedCapacity"), None);
    let mut body = get("1", true);
    body["ReturnConsumedCapacity"] = json!("SOME");
    assert_eq!(endpoint.refused("GetItem", body).await.0, "ValidationException");
}
