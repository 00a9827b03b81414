use local_calls::Calls;
use local_common::clock;
use serde_json::json;
use tokio::net::TcpListener;

use super::{Endpoint, TABLE, data, deployment, item, key};
use crate::{StartError, start};

#[tokio::test]
async fn tables_survive_a_restart() {
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    endpoint.put(item("u", "1", "7")).await;
    endpoint.dynamodb.stop().await;
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    assert_eq!(endpoint.get("u", "1").await, item("u", "1", "7"));
}

#[tokio::test]
async fn new_indexes_and_streams_of_the_template_are_added_to_an_existing_table() {
    let data = data();
    let mut older = deployment();
    let create = older.tables[0].create.as_object_mut().unwrap();
    create.remove("GlobalSecondaryIndexes");
    create.remove("StreamSpecification");
    create["AttributeDefinitions"].as_array_mut().unwrap().pop();
    let endpoint = Endpoint::start_in(&data, &older).await;
    let mut owned = item("u", "1", "7");
    owned["owner"] = json!({"S": "ada"});
    endpoint.put(owned.clone()).await;
    endpoint.dynamodb.stop().await;

    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let query = json!({
        "IndexName": "by-owner",
        "KeyConditionExpression": "#o = :ada",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":ada": {"S": "ada"}},
    });
    assert_eq!(endpoint.ask("Query", query).await["Items"], json!([owned]));
    let table = endpoint.ask("DescribeTable", json!({})).await;
    assert_eq!(table["Table"]["StreamSpecification"]["StreamEnabled"], true);
}

#[tokio::test]
async fn the_error_for_an_existing_table_with_other_keys_says_what_to_do() {
    let data = data();
    Endpoint::start_in(&data, &deployment()).await.dynamodb.stop().await;
    let mut other = deployment();
    other.tables[0].create["KeySchema"] = json!([{"AttributeName": "pk", "KeyType": "HASH"}]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = start(listener, &other, &data, Calls::default(), "us-east-1").await.err().unwrap();
    assert!(matches!(&error, StartError::OtherKeys(table) if table == TABLE));
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn a_sweep_removes_only_expired_items() {
    let endpoint = Endpoint::start().await;
    let now = clock::now().as_second();
    for (sk, expires_at) in [("gone", now - 10), ("kept", now + 1000)] {
        let mut item = item("u", sk, "1");
        item["expires_at"] = json!({"N": expires_at.to_string()});
        endpoint.put(item).await;
    }
    endpoint.put(json!({"pk": {"S": "u"}, "sk": {"S": "forever"}})).await;
    assert_eq!(endpoint.dynamodb.sweep().await.unwrap(), 1);
    let query = json!({
        "KeyConditionExpression": "pk = :u", "ExpressionAttributeValues": {":u": {"S": "u"}},
        "ProjectionExpression": "pk, sk",
    });
    let left = endpoint.ask("Query", query).await["Items"].clone();
    assert_eq!(left, json!([key("u", "forever"), key("u", "kept")]));
}
