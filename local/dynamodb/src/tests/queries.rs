use serde_json::{Value, json};

use super::{Endpoint, TABLE, item, key};

async fn with_items() -> Endpoint {
    let endpoint = Endpoint::start().await;
    for number in 0..7 {
        let mut item = item("u", &format!("f#{number}"), &number.to_string());
        item["owner"] = json!({"S": "ada"});
        endpoint.put(item).await;
    }
    endpoint.put(item("u", "profile", "100")).await;
    endpoint
}

fn sort_keys(answer: &Value) -> Vec<&str> {
    answer["Items"].as_array().unwrap().iter().map(|item| item["sk"]["S"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_backward_query_continues_at_its_start_key() {
    let endpoint = with_items().await;
    let mut query = json!({
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :f)",
        "ExpressionAttributeValues": {":pk": {"S": "u"}, ":f": {"S": "f#"}},
        "ScanIndexForward": false,
        "ConsistentRead": true,
        "Limit": 3,
    });
    let first = endpoint.ask("Query", query.clone()).await;
    assert_eq!(sort_keys(&first), ["f#6", "f#5", "f#4"]);
    assert_eq!(first["LastEvaluatedKey"], key("u", "f#4"));
    query["ExclusiveStartKey"] = key("u", "f#1");
    let last = endpoint.ask("Query", query).await;
    assert_eq!((sort_keys(&last), last.get("LastEvaluatedKey")), (vec!["f#0"], None));
}

#[tokio::test]
async fn the_limit_is_applied_before_the_filter() {
    let endpoint = with_items().await;
    let query = json!({
        "KeyConditionExpression": "pk = :pk",
        "FilterExpression": "#n >= :two",
        "ExpressionAttributeNames": {"#n": "number"},
        "ExpressionAttributeValues": {":pk": {"S": "u"}, ":two": {"N": "2"}},
        "Limit": 4,
    });
    let answer = endpoint.ask("Query", query).await;
    assert_eq!(sort_keys(&answer), ["f#2", "f#3"]);
    assert_eq!((&answer["Count"], &answer["ScannedCount"]), (&json!(2), &json!(4)));
    assert_eq!(answer["LastEvaluatedKey"], key("u", "f#3"));
}

#[tokio::test]
async fn a_query_of_an_index_continues_at_a_start_key_with_the_keys_of_index_and_table() {
    let endpoint = with_items().await;
    let mut query = json!({
        "IndexName": "by-owner",
        "KeyConditionExpression": "#o = :ada",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":ada": {"S": "ada"}},
        "ScanIndexForward": false,
        "Limit": 5,
    });
    let first = endpoint.ask("Query", query.clone()).await;
    assert_eq!(sort_keys(&first), ["f#6", "f#5", "f#4", "f#3", "f#2"]);
    let start = first["LastEvaluatedKey"].clone();
    assert_eq!(start, json!({"pk": {"S": "u"}, "sk": {"S": "f#2"}, "owner": {"S": "ada"}}));
    query["ExclusiveStartKey"] = start;
    assert_eq!(sort_keys(&endpoint.ask("Query", query.clone()).await), ["f#1", "f#0"]);
    query["ConsistentRead"] = json!(true);
    assert_eq!(endpoint.refused("Query", query).await.0, "ValidationException");
}

#[tokio::test]
async fn batches_read_and_write_several_items() {
    let endpoint = Endpoint::start().await;
    let puts: Vec<Value> =
        (0..3).map(|n| json!({"PutRequest": {"Item": item("u", &n.to_string(), "1")}})).collect();
    let written = endpoint.ask("BatchWriteItem", json!({"RequestItems": {TABLE: puts}})).await;
    assert_eq!(written["UnprocessedItems"], json!({}));
    let keys = [key("u", "0"), key("u", "2"), key("u", "9")];
    let get = json!({"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": true}}});
    let read = endpoint.ask("BatchGetItem", get).await;
    assert_eq!(read["Responses"][TABLE].as_array().unwrap().len(), 2);
    assert_eq!(read["UnprocessedKeys"], json!({}));
}
