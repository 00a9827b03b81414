//! What somebody could do in the table with the credentials of one function. Its role is limited to the kinds of record
//! that the function uses.

use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, impersonated_stack};

const ADA: &str = "018f3c5e-0000-7000-8000-0000000000ad";

/// A stack in whose table somebody makes calls with the credentials of a function.
struct Intruder {
    stack: TestStack,
    function: String,
}

impl Intruder {
    fn with(function: &str) -> Self {
        Self { stack: impersonated_stack(), function: function.to_owned() }
    }

    fn table(&self) -> &str {
        &self.stack.deployment().tables[0].name
    }

    async fn call(&self, operation: &str, body: &Value) -> Answer {
        let (access_key, _) = self.stack.credentials_of(&self.function);
        let scope = format!("20260101/{}/dynamodb/aws4_request", self.stack.region());
        let request = self
            .stack
            .http
            .post(self.stack.dynamodb_url())
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", format!("AWS4-HMAC-SHA256 Credential={access_key}/{scope}"))
            .body(body.to_string());
        Answer::of(request).await
    }

    /// Whether an operation succeeds. It may fail only because the role does not allow it.
    async fn may(&self, operation: &str, body: &Value) -> bool {
        let answer = self.call(operation, body).await;
        let is_denied = answer.json()["__type"] == "com.amazon.coral.service#AccessDeniedException";
        assert!(answer.status == 200 || is_denied, "{} {operation}: {}", self.function, answer.text());
        answer.status == 200
    }

    /// Whether one `BatchGetItem` can read the first records of these partitions.
    async fn may_get(&self, partitions: &[&str]) -> bool {
        let keys: Vec<_> = partitions.iter().map(|partition| key(partition)).collect();
        self.may("BatchGetItem", &json!({"RequestItems": {self.table(): {"Keys": keys}}})).await
    }

    async fn may_query(&self, partition: &str) -> bool {
        let body = json!({
            "TableName": self.table(),
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
        });
        self.may("Query", &body).await
    }

    /// Whether one transaction can make these writes, each given as `{"Put": {...}}` without the table.
    async fn may_write(&self, writes: &[Value]) -> bool {
        let mut writes = json!(writes);
        for write in
            writes.as_array_mut().expect("a list").iter_mut().filter_map(|write| write.as_object_mut())
        {
            for (_, part) in write {
                part["TableName"] = self.table().into();
            }
        }
        self.may("TransactWriteItems", &json!({"TransactItems": writes})).await
    }
}

fn key(partition: &str) -> Value {
    json!({"pk": {"S": partition}, "sk": {"S": "USER"}})
}

fn put(partition: &str) -> Value {
    json!({"Put": {"Item": key(partition)}})
}

fn account() -> String {
    format!("USER#{ADA}")
}

#[tokio::test]
async fn each_key_of_a_batch_must_be_of_a_kind_that_the_function_reads() {
    let intruder = Intruder::with("get-file");
    let (account, file, copy) = (account(), format!("OWNER#{ADA}"), format!("SHARED#{ADA}"));
    assert!(intruder.may_get(&[&account]).await && intruder.may_get(&[&file, &copy]).await);
    for other in ["NAME#ada", "EMAIL#ada@example.com", "SHARE#0", "MAIL#ada@example.com", "LINK#0", "TIERS"] {
        assert!(!intruder.may_get(&[other]).await, "{other}");
        assert!(!intruder.may_get(&[&account, other]).await, "{other} beside an account");
    }
    assert!(!intruder.may_get(&["user#1"]).await && !intruder.may_get(&["XUSER#1"]).await);
}

#[tokio::test]
async fn a_query_must_be_of_a_kind_that_the_function_lists() {
    let intruder = Intruder::with("list-user-files");
    assert!(intruder.may_query(&format!("OWNER#{ADA}")).await);
    for other in ["NAME#ada", "EMAIL#ada@example.com", &account(), "MONTHS"] {
        assert!(!intruder.may_query(other).await, "{other}");
    }
}

#[tokio::test]
async fn a_query_of_an_index_must_be_of_a_partition_that_the_function_lists() {
    let asked = async |function: &str, list: &str| {
        let intruder = Intruder::with(function);
        let body = json!({
            "TableName": intruder.table(),
            "IndexName": "accounts",
            "KeyConditionExpression": "roster = :list",
            "ExpressionAttributeValues": {":list": {"S": list}},
        });
        intruder.may("Query", &body).await
    };
    assert!(asked("list-users", "AGE").await && asked("list-users", "NAME").await);
    assert!(!asked("list-users", "USER#1").await);
    assert!(!asked("list-user-files", "AGE").await);
}

#[tokio::test]
async fn each_write_of_a_transaction_must_be_of_a_kind_that_the_function_writes() {
    let intruder = Intruder::with("create-file");
    let ours = [put(&format!("OWNER#{ADA}")), put(&format!("IDEMPOTENCY#{ADA}"))];
    assert!(intruder.may_write(&ours).await);
    for other in ["NAME#eve", "EMAIL#eve@example.com", "LINK#0", "SHARE#0", "TIERS", "ERASE#1", &account()] {
        let [first, second] = ours.clone();
        assert!(!intruder.may_write(&[first, put(other), second]).await, "{other}");
        assert_eq!(intruder.stack.record(other, "USER").await, Value::Null, "{other}");
    }
    // The same records by other actions.
    assert!(!intruder.may_write(&[json!({"Delete": {"Key": key(&account())}})]).await);
}

#[tokio::test]
async fn no_function_with_a_route_scans() {
    for name in
        Intruder::with("").stack.deployment().functions.values().map(|function| function.name.as_str())
    {
        let intruder = Intruder::with(name);
        let scans = intruder.may("Scan", &json!({"TableName": intruder.table(), "Limit": 1})).await;
        assert_eq!(scans, ["apply-journal", "audit-storage", "rotate-links"].contains(&name), "{name}");
    }
}

#[tokio::test]
async fn only_functions_of_operators_can_make_an_account_staff() {
    let key = key("USER#018f3c5e-0000-7000-8000-0000000000ef");
    let mut staff = key.clone();
    staff["is_staff"] = json!({"BOOL": true});
    let update = json!({
        "Key": key,
        "UpdateExpression": "SET #flag = :true",
        "ExpressionAttributeNames": {"#flag": "is_staff"},
        "ExpressionAttributeValues": {":true": {"BOOL": true}},
    });
    let names = Intruder::with("").stack;
    for name in names.deployment().functions.values().map(|function| function.name.as_str()) {
        let intruder = Intruder::with(name);
        let single = |mut body: Value| {
            body["TableName"] = intruder.table().into();
            body
        };
        let ways = [
            intruder.may("UpdateItem", &single(update.clone())).await,
            intruder.may_write(&[json!({"Update": update})]).await,
            intruder.may("PutItem", &single(json!({"Item": staff}))).await,
            intruder.may_write(&[json!({"Put": {"Item": staff}})]).await,
            intruder
                .may(
                    "BatchWriteItem",
                    &json!({"RequestItems": {intruder.table(): [{"PutRequest": {"Item": staff}}]}}),
                )
                .await,
        ];
        let of_operators = ["apply-journal", "grant-staff"].contains(&name);
        let expected = if of_operators { [true, true, false, false, false] } else { [false; 5] };
        assert_eq!(ways, expected, "{name}");
    }
}
