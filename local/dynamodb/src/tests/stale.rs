use local_deployment::Deployment;
use serde_json::{Value, json};

use super::{Endpoint, TABLE, deployment, item, key};

const OTHER: &str = "other";

/// An endpoint with frozen reads. Since then, the item `old` was changed from 1 to 2, and the item `new` was added.
async fn frozen_endpoint() -> (Endpoint, crate::Frozen) {
    let endpoint = Endpoint::start_in(&super::data(), &two_tables()).await;
    endpoint.put(owned("old", "1")).await;
    let frozen = endpoint.dynamodb.freeze().await.unwrap();
    endpoint.put(owned("old", "2")).await;
    endpoint.put(owned("new", "2")).await;
    (endpoint, frozen)
}

fn two_tables() -> Deployment {
    let mut deployment = deployment();
    let mut other = deployment.tables[0].clone();
    other.name = OTHER.to_owned();
    other.create["TableName"] = json!(OTHER);
    deployment.tables.push(other);
    deployment
}

fn owned(sk: &str, number: &str) -> Value {
    let mut item = item("u", sk, number);
    item["owner"] = json!({"S": "ada"});
    item
}

/// The numbers of items, ordered by key.
fn numbers(items: &Value) -> Vec<&str> {
    let mut items: Vec<_> = items.as_array().unwrap().iter().collect();
    items.sort_by_key(|item| item["sk"]["S"].as_str());
    items.iter().map(|item| item["number"]["N"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn while_reads_are_frozen_only_consistent_reads_see_new_writes() {
    let (endpoint, frozen) = frozen_endpoint().await;
    let get = |sk: &str, consistent: Value| json!({"Key": key("u", sk), "ConsistentRead": consistent});
    let query = |consistent: Value| {
        json!({
            "KeyConditionExpression": "pk = :u", "ExpressionAttributeValues": {":u": {"S": "u"}},
            "ConsistentRead": consistent,
        })
    };
    for stale in [json!(false), Value::Null] {
        let old = endpoint.ask("GetItem", get("old", stale.clone())).await;
        assert_eq!(old["Item"]["number"]["N"], "1");
        assert_eq!(endpoint.ask("GetItem", get("new", stale.clone())).await.get("Item"), None);
        assert_eq!(numbers(&endpoint.ask("Query", query(stale.clone())).await["Items"]), ["1"]);
        let scan = endpoint.ask("Scan", json!({"ConsistentRead": stale})).await;
        assert_eq!(numbers(&scan["Items"]), ["1"]);
    }
    let now = json!(true);
    assert_eq!(endpoint.ask("GetItem", get("old", now.clone())).await["Item"]["number"]["N"], "2");
    assert_eq!(numbers(&endpoint.ask("Query", query(now.clone())).await["Items"]), ["2", "2"]);
    assert_eq!(numbers(&endpoint.ask("Scan", json!({"ConsistentRead": now})).await["Items"]), ["2", "2"]);
    drop(frozen);
    assert_eq!(endpoint.ask("GetItem", get("old", json!(false))).await["Item"]["number"]["N"], "2");
}

#[tokio::test]
async fn reads_of_an_index_are_always_stale_while_frozen() {
    let (endpoint, frozen) = frozen_endpoint().await;
    let query = json!({
        "IndexName": "by-owner",
        "KeyConditionExpression": "#o = :ada",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":ada": {"S": "ada"}},
    });
    assert_eq!(numbers(&endpoint.ask("Query", query.clone()).await["Items"]), ["1"]);
    assert_eq!(numbers(&endpoint.ask("Scan", json!({"IndexName": "by-owner"})).await["Items"]), ["1"]);
    let mut consistent = query.clone();
    consistent["ConsistentRead"] = json!(true);
    assert_eq!(endpoint.refused("Query", consistent).await.0, "ValidationException");
    drop(frozen);
    assert_eq!(numbers(&endpoint.ask("Query", query).await["Items"]), ["2", "2"]);
}

#[tokio::test]
async fn each_table_of_a_batch_has_its_own_consistency() {
    let (endpoint, _frozen) = frozen_endpoint().await;
    let puts = json!([{"PutRequest": {"Item": owned("new", "3")}}]);
    endpoint.ask("BatchWriteItem", json!({"RequestItems": {OTHER: puts}})).await;
    let keys = json!([key("u", "old"), key("u", "new")]);
    let table = |consistent: bool| json!({"Keys": keys, "ConsistentRead": consistent});
    let read = async |one: bool, other: bool| {
        let body = json!({"RequestItems": {TABLE: table(one), OTHER: table(other)}});
        let answer = endpoint.ask("BatchGetItem", body).await;
        assert_eq!(answer["UnprocessedKeys"], json!({}));
        [TABLE, OTHER].map(|table| numbers(&answer["Responses"][table]).join(","))
    };
    assert_eq!(read(true, true).await, ["2,2", "3"]);
    assert_eq!(read(true, false).await, ["2,2", ""]);
    assert_eq!(read(false, true).await, ["1", "3"]);
    assert_eq!(read(false, false).await, ["1", ""]);
}

#[tokio::test]
async fn transactions_and_conditions_are_never_stale() {
    let (endpoint, _frozen) = frozen_endpoint().await;
    let get = json!([{"Get": {"TableName": TABLE, "Key": key("u", "old")}}]);
    let answer = endpoint.ask("TransactGetItems", json!({"TransactItems": get})).await;
    assert_eq!(answer["Responses"][0]["Item"]["number"]["N"], "2");
    let put = json!({"Item": owned("new", "3"), "ConditionExpression": "attribute_not_exists(pk)"});
    assert_eq!(endpoint.refused("PutItem", put).await.0, "ConditionalCheckFailedException");
}

#[tokio::test]
async fn freezing_again_updates_the_copy() {
    let (endpoint, _frozen) = frozen_endpoint().await;
    let _again = endpoint.dynamodb.freeze().await.unwrap();
    endpoint.put(owned("old", "3")).await;
    let old = endpoint.ask("GetItem", json!({"Key": key("u", "old")})).await;
    assert_eq!(old["Item"]["number"]["N"], "2");
}
