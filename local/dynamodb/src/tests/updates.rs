use serde_json::json;

use super::{Endpoint, item, key};

#[tokio::test]
async fn a_failed_condition_refuses_the_write_and_can_return_the_item() {
    let endpoint = Endpoint::start().await;
    let put = json!({
        "Item": item("u", "1", "7"),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    endpoint.ask("PutItem", put.clone()).await;
    let (kind, answer) = endpoint.refused("PutItem", put).await;
    assert_eq!(kind, "ConditionalCheckFailedException");
    assert_eq!(answer["Item"], item("u", "1", "7"));
}

#[tokio::test]
async fn an_update_adds_sets_and_removes_attributes_and_returns_the_new_item() {
    let endpoint = Endpoint::start().await;
    endpoint.put(item("u", "1", "7")).await;
    let update = json!({
        "Key": key("u", "1"),
        "UpdateExpression": "ADD #n :five, tags :tags SET seen = if_not_exists(seen, :zero) + :one, \
                             meta = :meta REMOVE gone",
        "ExpressionAttributeNames": {"#n": "number"},
        "ExpressionAttributeValues": {
            ":five": {"N": "5"}, ":zero": {"N": "0"}, ":one": {"N": "1"},
            ":tags": {"SS": ["a", "b"]}, ":meta": {"M": {"deep": {"L": [{"NULL": true}, {"BOOL": true}]}}},
        },
        "ReturnValues": "ALL_NEW",
    });
    let made = endpoint.ask("UpdateItem", update.clone()).await["Attributes"].clone();
    assert_eq!((&made["number"], &made["seen"]), (&json!({"N": "12"}), &json!({"N": "1"})));
    assert_eq!(made["tags"], json!({"SS": ["a", "b"]}));
    let again = endpoint.ask("UpdateItem", update).await["Attributes"].clone();
    assert_eq!((&again["number"], &again["seen"]), (&json!({"N": "17"}), &json!({"N": "2"})));
    assert_eq!(again, endpoint.get("u", "1").await);
}

#[tokio::test]
async fn an_update_creates_a_missing_item_and_returns_the_requested_values() {
    let endpoint = Endpoint::start().await;
    let update = |returned: &str| {
        json!({
            "Key": key("u", "1"),
            "UpdateExpression": "ADD visits :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
            "ReturnValues": returned,
        })
    };
    assert_eq!(
        endpoint.ask("UpdateItem", update("UPDATED_NEW")).await["Attributes"],
        json!({"visits": {"N": "1"}})
    );
    assert_eq!(
        endpoint.ask("UpdateItem", update("UPDATED_OLD")).await["Attributes"],
        json!({"visits": {"N": "1"}})
    );
    let deleted = endpoint.ask("DeleteItem", json!({"Key": key("u", "1"), "ReturnValues": "ALL_OLD"})).await;
    assert_eq!(deleted["Attributes"]["visits"], json!({"N": "2"}));
}

#[tokio::test]
async fn numbers_keep_38_digits() {
    let endpoint = Endpoint::start().await;
    for number in ["12345678901234567890123456789012345678", "0.1", "-1.5", "9007199254740993"] {
        endpoint.put(item("u", "1", number)).await;
        assert_eq!(endpoint.get("u", "1").await["number"]["N"], number);
    }
    let sum = json!({
        "Key": key("u", "1"),
        "UpdateExpression": "ADD #n :one",
        "ExpressionAttributeNames": {"#n": "number"},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    });
    assert_eq!(endpoint.ask("UpdateItem", sum).await["Attributes"]["number"]["N"], "9007199254740994");
}

#[tokio::test]
async fn consumed_capacity_is_returned_on_request() {
    let endpoint = Endpoint::start().await;
    let put = json!({"Item": item("u", "1", "7"), "ReturnConsumedCapacity": "TOTAL"});
    let answer = endpoint.ask("PutItem", put).await;
    assert_eq!(answer["ConsumedCapacity"], json!({"TableName": super::TABLE, "CapacityUnits": 1.0}));
}

#[tokio::test]
async fn an_invalid_request_is_a_validation_error() {
    let endpoint = Endpoint::start().await;
    let unused = json!({
        "Key": key("u", "1"),
        "UpdateExpression": "SET a = :a",
        "ExpressionAttributeValues": {":a": {"N": "1"}, ":b": {"N": "1"}},
    });
    assert_eq!(endpoint.refused("UpdateItem", unused).await.0, "ValidationException");
    assert_eq!(
        endpoint.refused("GetItem", json!({"Key": {"pk": {"S": "u"}}})).await.0,
        "ValidationException"
    );
    assert_eq!(endpoint.refused("PutItem", json!({})).await.0, "ValidationException");
    let not_a_number = json!({"Item": {"pk": {"S": "u"}, "sk": {"S": "1"}, "number": {"N": "seven"}}});
    assert_eq!(endpoint.refused("PutItem", not_a_number).await.0, "ValidationException");
    assert_eq!(endpoint.refused("GetItem", json!({"Key": 7})).await.0, "SerializationException");
    assert_eq!(endpoint.refused("NoSuchOperation", json!({})).await.0, "ValidationException");
}
