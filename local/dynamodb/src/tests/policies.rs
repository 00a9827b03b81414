//! Policies that limit a function by partition keys: those of the template's tables, of their indexes, and of tables that
//! were created later.

use local_policy::Statement;
use serde_json::{Value, json};

use super::{Endpoint, TABLE, key};

const RESTORED: &str = "restored";

/// An endpoint at which the function `reader` may read the partitions of users, and the index by owner from `A` on.
async fn limited() -> Endpoint {
    let endpoint = Endpoint::start().await;
    let arn = |resource: &str| format!("arn:aws:dynamodb:us-east-1:000000000000:table/{resource}");
    let statement = |resources: &[String], pattern: &str| {
        let statement = json!({
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:Scan"],
            "Resource": resources,
            "Condition": {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [pattern]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            },
        });
        Statement::parse(&statement).unwrap()
    };
    let statements = [
        statement(&[arn(TABLE), arn(RESTORED)], "USER#*"),
        statement(
            &[arn(&format!("{TABLE}/index/by-owner")), arn(&format!("{RESTORED}/index/by-size"))],
            "A*",
        ),
    ];
    endpoint.calls.permissions().enforce([("reader", statements.as_slice())]);
    endpoint
}

impl Endpoint {
    /// Whether the function `reader` may do this. A call that is allowed succeeds.
    async fn reader_may(&self, operation: &str, body: &Value) -> bool {
        let (status, answer) = self.send_as("local.reader.0", operation, body).await.unwrap();
        let kind = answer["__type"].as_str().unwrap_or_default();
        let is_denied = status == 400 && kind == "com.amazon.coral.service#AccessDeniedException";
        assert!(status == 200 || is_denied, "{operation}: {answer}");
        !is_denied
    }
}

fn query(table: &str, index: Option<&str>, name: &str, value: &str) -> Value {
    let mut query = json!({
        "TableName": table,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": name},
        "ExpressionAttributeValues": {":key": {"S": value}},
    });
    if let Some(index) = index {
        query["IndexName"] = index.into();
    }
    query
}

#[tokio::test]
async fn a_role_reaches_only_the_partitions_that_it_names() {
    let endpoint = limited().await;
    for (pk, expected) in [("USER#1", true), ("NAME#ada", false)] {
        let get = json!({"TableName": TABLE, "Key": key(pk, "a")});
        assert_eq!(endpoint.reader_may("GetItem", &get).await, expected, "{pk}");
        let keys = [key("USER#1", "a"), key(pk, "b")];
        let batch = json!({"RequestItems": {TABLE: {"Keys": keys}}});
        assert_eq!(endpoint.reader_may("BatchGetItem", &batch).await, expected, "{pk}");
        let reads = keys.clone().map(|key| json!({"Get": {"TableName": TABLE, "Key": key}}));
        assert_eq!(endpoint.reader_may("TransactGetItems", &json!({"TransactItems": reads})).await, expected);
        let puts = keys.map(|item| json!({"Put": {"TableName": TABLE, "Item": item}}));
        assert_eq!(
            endpoint.reader_may("TransactWriteItems", &json!({"TransactItems": puts})).await,
            expected
        );
        assert_eq!(endpoint.reader_may("Query", &query(TABLE, None, "pk", pk)).await, expected, "{pk}");
    }
    assert!(!endpoint.reader_may("Scan", &json!({"TableName": TABLE})).await);
    let written = endpoint.ask("Scan", json!({})).await;
    assert_eq!(written["Count"], 2, "only the transaction that was allowed: {written}");
}

#[tokio::test]
async fn a_query_of_an_index_is_judged_by_its_own_partition_key() {
    let endpoint = limited().await;
    let by_owner = |owner: &str| query(TABLE, Some("by-owner"), "owner", owner);
    assert!(endpoint.reader_may("Query", &by_owner("Ada")).await);
    assert!(!endpoint.reader_may("Query", &by_owner("Bob")).await);
    assert!(!endpoint.reader_may("Query", &by_owner("USER#1")).await);
}

#[tokio::test]
async fn a_table_that_is_created_later_is_judged_in_the_same_way() {
    let endpoint = limited().await;
    let hash = |name: &str| json!([{"AttributeName": name, "KeyType": "HASH"}]);
    let create = json!({
        "TableName": RESTORED,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "size", "AttributeType": "S"},
        ],
        "KeySchema": hash("id"),
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-size", "KeySchema": hash("size"), "Projection": {"ProjectionType": "ALL"}},
        ],
    });
    assert_eq!(endpoint.send_as("local.operator.0", "CreateTable", &create).await.unwrap().0, 200);
    for (id, expected) in [("USER#1", true), ("NAME#ada", false)] {
        let get = json!({"TableName": RESTORED, "Key": {"id": {"S": id}}});
        assert_eq!(endpoint.reader_may("GetItem", &get).await, expected, "{id}");
    }
    for (size, expected) in [("A4", true), ("B4", false)] {
        let query = query(RESTORED, Some("by-size"), "size", size);
        assert_eq!(endpoint.reader_may("Query", &query).await, expected, "{size}");
    }
}
