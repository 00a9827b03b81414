//! Tests of the endpoint over HTTP: the features of DynamoDB that Satchel uses, and injected faults.

mod capacity;
mod faults;
mod persistence;
mod policies;
mod queries;
mod stale;
mod transactions;
mod updates;
mod write_capacity;

use local_calls::Calls;
use local_common::DataDir;
use local_deployment::{Deployment, Table};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{DynamoDb, start};

pub(super) const TABLE: &str = "satchel";
const OPERATOR: &str = "local.operator.0";

/// A running endpoint with one table, which has the keys `pk` and `sk`, an index `by-owner` on `owner` and `sk`, a
/// stream and a TTL.
pub(super) struct Endpoint {
    pub(super) dynamodb: DynamoDb,
    pub(super) calls: Calls,
    client: reqwest::Client,
    /// Keeps the data folder from being removed.
    _data: DataDir,
}

pub(super) fn deployment() -> Deployment {
    let create = json!({
        "TableName": TABLE,
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "owner", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-owner",
            "KeySchema": [
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }],
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
    });
    let table = Table {
        logical_id: "Table".to_owned(),
        name: TABLE.to_owned(),
        create,
        ttl_attribute: Some("expires_at".to_owned()),
    };
    Deployment { tables: vec![table], ..Deployment::default() }
}

pub(super) fn data() -> DataDir {
    DataDir::ephemeral().unwrap()
}

impl Endpoint {
    pub(super) async fn start() -> Self {
        Self::start_in(&data(), &deployment()).await
    }

    pub(super) async fn start_in(data: &DataDir, deployment: &Deployment) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let calls = Calls::default();
        let dynamodb = start(listener, deployment, data, calls.clone(), "us-east-1").await.unwrap();
        Self { dynamodb, calls, client: reqwest::Client::new(), _data: data.clone() }
    }

    async fn send_as(
        &self,
        access_key: &str,
        operation: &str,
        body: &Value,
    ) -> reqwest::Result<(u16, Value)> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/20260101/us-east-1/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let url = format!("http://{}/", self.dynamodb.address());
        let request = self.client.post(url).header("authorization", authorization);
        let response = request
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .body(body.to_string())
            .send()
            .await?;
        Ok((response.status().as_u16(), response.json().await?))
    }

    /// Calls an operation that must succeed, and returns the answer.
    pub(super) async fn ask(&self, operation: &str, mut body: Value) -> Value {
        body["TableName"] = json!(TABLE);
        let (status, answer) = self.send_as(OPERATOR, operation, &body).await.unwrap();
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// Calls an operation that must fail, and returns the name of the error without its namespace, and the whole
    /// answer.
    async fn refused(&self, operation: &str, mut body: Value) -> (String, Value) {
        body["TableName"] = json!(TABLE);
        let (status, answer) = self.send_as(OPERATOR, operation, &body).await.unwrap();
        assert_eq!(status, 400, "{operation}: {answer}");
        (answer["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned(), answer)
    }

    pub(super) async fn put(&self, item: Value) {
        self.ask("PutItem", json!({"Item": item})).await;
    }

    async fn get(&self, pk: &str, sk: &str) -> Value {
        self.ask("GetItem", json!({"Key": key(pk, sk), "ConsistentRead": true})).await["Item"].clone()
    }
}

pub(super) fn key(pk: &str, sk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}})
}

/// An item with a key and one number.
fn item(pk: &str, sk: &str, number: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}, "number": {"N": number}})
}
