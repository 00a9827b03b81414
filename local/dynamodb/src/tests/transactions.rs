use std::sync::Arc;

use serde_json::{Value, json};

use super::{Endpoint, TABLE, item, key};

fn put(sk: &str) -> Value {
    json!({"Put": {
        "TableName": TABLE,
        "Item": item("u", sk, "1"),
        "ConditionExpression": "attribute_not_exists(pk)",
    }})
}

/// A check that the item exists with this number.
fn check(sk: &str, number: &str) -> Value {
    json!({"ConditionCheck": {
        "TableName": TABLE,
        "Key": key("u", sk),
        "ConditionExpression": "#n = :n",
        "ExpressionAttributeNames": {"#n": "number"},
        "ExpressionAttributeValues": {":n": {"N": number}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }})
}

fn count(sk: &str) -> Value {
    json!({"Update": {
        "TableName": TABLE,
        "Key": key("u", sk),
        "UpdateExpression": "ADD #n :one",
        "ExpressionAttributeNames": {"#n": "number"},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }})
}

#[tokio::test]
async fn a_failed_check_cancels_the_transaction_and_returns_the_item() {
    let endpoint = Endpoint::start().await;
    endpoint.put(item("u", "session", "5")).await;
    let (kind, answer) = endpoint
        .refused("TransactWriteItems", json!({"TransactItems": [put("new"), check("session", "4")]}))
        .await;
    assert_eq!(kind, "TransactionCanceledException");
    let reasons = &answer["CancellationReasons"];
    assert_eq!(reasons[0]["Code"], "None");
    assert_eq!(reasons[1]["Code"], "ConditionalCheckFailed");
    assert_eq!(reasons[1]["Item"], item("u", "session", "5"));
    assert_eq!(endpoint.get("u", "new").await, Value::Null);
    endpoint.ask("TransactWriteItems", json!({"TransactItems": [put("new"), check("session", "5")]})).await;
    assert_eq!(endpoint.get("u", "new").await, item("u", "new", "1"));
}

#[tokio::test]
async fn a_transaction_that_is_repeated_with_the_same_token_is_carried_out_once() {
    let endpoint = Endpoint::start().await;
    let transaction = json!({"TransactItems": [count("n")], "ClientRequestToken": "token-1"});
    endpoint.ask("TransactWriteItems", transaction.clone()).await;
    endpoint.ask("TransactWriteItems", transaction).await;
    assert_eq!(endpoint.get("u", "n").await["number"]["N"], "1");
    let other = json!({"TransactItems": [count("m")], "ClientRequestToken": "token-1"});
    let (kind, _) = endpoint.refused("TransactWriteItems", other).await;
    assert_eq!(kind, "IdempotentParameterMismatchException");
}

#[tokio::test]
async fn thirty_concurrent_transactions_all_succeed() {
    let endpoint = Arc::new(Endpoint::start().await);
    let transactions = (0..30).map(|n| {
        let endpoint = Arc::clone(&endpoint);
        let items = [count("shared"), put(&format!("own-{n}"))];
        tokio::spawn(async move { endpoint.ask("TransactWriteItems", json!({"TransactItems": items})).await })
    });
    for transaction in transactions.collect::<Vec<_>>() {
        transaction.await.unwrap();
    }
    assert_eq!(endpoint.get("u", "shared").await["number"]["N"], "30");
}

#[tokio::test]
async fn a_transaction_reads_several_items() {
    let endpoint = Endpoint::start().await;
    endpoint.put(item("u", "a", "1")).await;
    let get = |sk: &str| json!({"Get": {"TableName": TABLE, "Key": key("u", sk)}});
    let answer = endpoint.ask("TransactGetItems", json!({"TransactItems": [get("a"), get("b")]})).await;
    assert_eq!(answer["Responses"], json!([{"Item": item("u", "a", "1")}, {}]));
}
