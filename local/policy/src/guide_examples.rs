//! The examples of "Using IAM policy conditions for fine-grained access control",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>. A fixed user id stands
//! for the policy variable of the guide.

use local_common::StackIdentity;
use serde_json::{Value, json};

use super::{Permissions, Statement, dynamodb_needs};

const TABLE: &str = "arn:aws:dynamodb:us-west-2:000000000000:table/GameScores";
const INDEX: &str = "arn:aws:dynamodb:us-west-2:000000000000:table/GameScores/index/TopScoreDateTimeIndex";

/// A role with one statement.
struct Role(Permissions);

impl Role {
    fn with(actions: &[&str], resources: &[&str], condition: Value) -> Self {
        let identity = StackIdentity { region: "us-west-2".to_owned(), ..StackIdentity::default() };
        let permissions = Permissions::new(&identity);
        let actions: Vec<_> = actions.iter().map(|action| format!("dynamodb:{action}")).collect();
        let statement =
            json!({"Effect": "Allow", "Action": actions, "Resource": resources, "Condition": condition});
        permissions.enforce([("game", [Statement::parse(&statement).unwrap()].as_slice())]);
        Self(permissions)
    }

    fn may(&self, operation: &str, body: &Value) -> bool {
        let body = body.to_string();
        let key = |_: &str, index: Option<&str>| {
            Some(if index.is_some() { "TopScoreDateTime" } else { "UserId" }.to_owned())
        };
        self.0.check("game", |region| dynamodb_needs(region, operation, body.as_bytes(), key)).is_ok()
    }
}

fn key(user: &str) -> Value {
    json!({"UserId": {"S": user}, "GameTitle": {"S": "Galaxy Invaders"}})
}

fn on_item(user: &str) -> Value {
    json!({"TableName": "GameScores", "Key": key(user)})
}

fn query(user: &str) -> Value {
    json!({
        "TableName": "GameScores",
        "KeyConditionExpression": "UserId = :user",
        "ExpressionAttributeValues": {":user": {"S": user}},
    })
}

#[test]
fn limit_access_to_items_with_a_specific_partition_key_value() {
    let actions =
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "Scan"];
    let owned = json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["101"]}});
    let role = Role::with(&actions, &[TABLE], owned);
    for (user, expected) in [("101", true), ("102", false)] {
        for operation in ["GetItem", "UpdateItem", "DeleteItem"] {
            assert_eq!(role.may(operation, &on_item(user)), expected, "{operation} {user}");
        }
        assert_eq!(role.may("PutItem", &json!({"TableName": "GameScores", "Item": key(user)})), expected);
        assert_eq!(role.may("Query", &query(user)), expected);
        let read = json!({"RequestItems": {"GameScores": {"Keys": [key("101"), key(user)]}}});
        assert_eq!(role.may("BatchGetItem", &read), expected, "each key of a batch");
        let put = json!({"PutRequest": {"Item": key("101")}});
        let write = json!({"RequestItems": {"GameScores": [put, {"DeleteRequest": {"Key": key(user)}}]}});
        assert_eq!(role.may("BatchWriteItem", &write), expected, "each write of a batch");
        let writes = json!({"TransactItems": [{"Delete": on_item("101")}, {"Update": on_item(user)}]});
        assert_eq!(role.may("TransactWriteItems", &writes), expected, "each item of a transaction");
    }
    // "The list of actions does not include permissions for Scan because Scan returns all items regardless of the
    // leading keys."
    let scan = json!({"TableName": "GameScores"});
    assert!(role.may("Scan", &scan));
    let with_keys = json!({
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["101"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    });
    let role = Role::with(&actions, &[TABLE], with_keys);
    assert!(role.may("GetItem", &on_item("101")) && role.may("Query", &query("101")));
    assert!(!role.may("Scan", &scan));
}

#[test]
fn limit_access_to_specific_attributes_in_a_table() {
    let condition =
        json!({"ForAllValues:StringEquals": {"dynamodb:Attributes": ["UserId", "GameTitle", "TopScore"]}});
    let role = Role::with(&["UpdateItem", "GetItem", "Query", "Scan"], &[TABLE], condition);
    let reading = |names: &str| {
        let mut get = on_item("101");
        get["ProjectionExpression"] = names.into();
        role.may("GetItem", &get)
    };
    assert!(reading("TopScore") && reading("TopScore.Day, UserId"));
    assert!(!reading("TopScore, Wins"));
    // "If no ProjectionExpression is provided in the request, all attributes will be returned regardless."
    assert!(role.may("GetItem", &on_item("101")));
    // "These attributes can be read, written, or evaluated in a conditional write or scan filter."
    let filtered =
        |filter: &str| role.may("Scan", &json!({"TableName": "GameScores", "FilterExpression": filter}));
    assert!(filtered("TopScore > :n") && !filtered("Wins > :n"));
    let updating = |update: &str, condition: &str| {
        let mut request = on_item("101");
        request["UpdateExpression"] = update.into();
        request["ConditionExpression"] = condition.into();
        role.may("UpdateItem", &request)
    };
    assert!(updating("SET TopScore = :n", "TopScore < :n"));
    assert!(!updating("SET Wins = :n", "TopScore < :n") && !updating("SET TopScore = :n", "Wins < :n"));
}

#[test]
fn prevent_updates_on_certain_attributes() {
    let hidden = ["FreeGamesAvailable", "BossLevelUnlocked"];
    let condition = json!({"ForAllValues:StringNotLike": {"dynamodb:Attributes": hidden}});
    let role = Role::with(&["UpdateItem"], &[TABLE], condition);
    let updating = |expression: &str| {
        let mut request = on_item("101");
        request["UpdateExpression"] = expression.into();
        request["ExpressionAttributeNames"] = json!({"#b": "BossLevelUnlocked", "#w": "Wins"});
        (
            role.may("UpdateItem", &request),
            role.may("TransactWriteItems", &json!({"TransactItems": [{"Update": request}]})),
        )
    };
    assert_eq!(updating("ADD Wins :one SET #w = :n"), (true, true));
    assert_eq!(updating("SET Wins = :n, FreeGamesAvailable = :m"), (false, false));
    assert_eq!(updating("SET #b = :true"), (false, false));
    assert_eq!(updating("REMOVE #b"), (false, false));
}

#[test]
fn query_by_the_partition_key_of_an_index() {
    let condition = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["2026-??-*"]}});
    let role = Role::with(&["Query"], &[INDEX], condition);
    let asked = |day: &str| {
        let query = json!({
            "TableName": "GameScores",
            "IndexName": "TopScoreDateTimeIndex",
            "KeyConditionExpression": "TopScoreDateTime = :day AND UserId = :user",
            "ExpressionAttributeValues": {":day": {"S": day}, ":user": {"S": "2026-11-30"}},
        });
        role.may("Query", &query)
    };
    assert!(asked("2026-11-30"));
    assert!(!asked("2025-11-30"));
}
