//! Direct access to the table, for states that callers cannot cause, or not within the time of a test.

use local::Stack;
use local::dynamodb::Frozen;
use serde_json::{Value, json};

use super::{Answer, TestStack, User, id};

impl TestStack {
    /// Sends an operation on the table in DynamoDB's JSON. Adds `TableName`.
    pub async fn dynamodb(&self, operation: &str, mut body: Value) -> Value {
        body["TableName"] = self.deployment().tables[0].name.as_str().into();
        let scope = format!("20260101/{}/dynamodb/aws4_request", self.region());
        let request = self
            .http
            .post(self.dynamodb_url())
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", format!("AWS4-HMAC-SHA256 Credential=local.operator.0/{scope}"))
            .body(body.to_string());
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Freezes the table for all eventually consistent reads: until the result is dropped, they see its current
    /// state.
    pub async fn freeze_reads(&self) -> Frozen {
        let stack: &Stack = self;
        stack.dynamodb().freeze().await.expect("the table can be copied")
    }

    /// The records of a partition.
    pub async fn partition(&self, pk: &str) -> Value {
        let body = json!({
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": true,
        });
        self.dynamodb("Query", body).await["Items"].take()
    }

    /// Every record of the table.
    pub async fn all_records(&self) -> Vec<Value> {
        let (mut found, mut start) = (Vec::new(), Value::Null);
        loop {
            let mut scan = json!({"ConsistentRead": true});
            if start != Value::Null {
                scan["ExclusiveStartKey"] = start;
            }
            let mut page = self.dynamodb("Scan", scan).await;
            found.append(page["Items"].as_array_mut().expect("records"));
            start = page["LastEvaluatedKey"].take();
            if start == Value::Null {
                return found;
            }
        }
    }

    /// A record in DynamoDB JSON, or null if it does not exist.
    pub async fn record(&self, pk: &str, sk: &str) -> Value {
        let body = json!({"Key": key(pk, sk), "ConsistentRead": true});
        self.dynamodb("GetItem", body).await["Item"].take()
    }

    /// Writes records that are given in DynamoDB JSON.
    pub async fn put_records(&self, records: &[Value]) {
        let table = &self.deployment().tables[0].name;
        // The limit of one call.
        for records in records.chunks(25) {
            let puts: Vec<_> = records.iter().map(|record| json!({"PutRequest": {"Item": record}})).collect();
            let answer = self.dynamodb("BatchWriteItem", json!({"RequestItems": {table: puts}})).await;
            assert_eq!(answer["UnprocessedItems"], json!({}));
        }
    }

    /// Deletes every record of the table except the months of shared files, which running functions remember.
    pub async fn delete_all_records(&self) {
        let table = &self.deployment().tables[0].name;
        let mut all = self.all_records().await;
        all.retain(|record| record["pk"]["S"] != "MONTHS");
        for records in all.chunks(25) {
            let delete =
                |record: &Value| json!({"DeleteRequest": {"Key": {"pk": record["pk"], "sk": record["sk"]}}});
            let deletes: Vec<_> = records.iter().map(delete).collect();
            let answer = self.dynamodb("BatchWriteItem", json!({"RequestItems": {table: deletes}})).await;
            assert_eq!(answer["UnprocessedItems"], json!({}));
        }
    }

    /// Sets one attribute of a record to a value in DynamoDB JSON, such as `{"S": "premium"}`.
    pub async fn set_attribute(&self, pk: &str, sk: &str, name: &str, value: Value) {
        let body = json!({
            "Key": key(pk, sk),
            "UpdateExpression": "SET #name = :value",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#name": name},
            "ExpressionAttributeValues": {":value": value},
        });
        self.dynamodb("UpdateItem", body).await;
    }
}

fn key(pk: &str, sk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}})
}

impl User {
    /// Moves the account to another tier, such as `premium`, as staff can do it.
    pub async fn move_to_tier(&self, tier: &str) {
        let pk = format!("USER#{}", self.id);
        let had = self.stack.record(&pk, "USER").await["tier"]["S"].take();
        self.stack.set_attribute(&pk, "USER", "tier", json!({"S": tier})).await;
        for (tier, more) in [(had.as_str().expect("a tier"), "-1"), (tier, "1")] {
            if tier != "basic" {
                let body = json!({
                    "Key": key("TIERCOUNT", tier),
                    "UpdateExpression": "ADD accounts :more",
                    "ExpressionAttributeValues": {":more": {"N": more}},
                });
                self.stack.dynamodb("UpdateItem", body).await;
            }
        }
    }

    /// Sets the used quota so that `bytes` are left of the 1 GiB of the tier Basic.
    pub async fn leave_room_for(&self, bytes: u64) {
        let used = (1 << 30) - bytes;
        let pk = format!("USER#{}", self.id);
        self.stack.set_attribute(&pk, "USER", "used_bytes", json!({"N": used.to_string()})).await;
    }

    /// Removes a thumbnail from the record of an image, as if the size had been added to the tiers after the upload.
    pub async fn forget_thumbnail(&self, image: &Value, size: &str) {
        let (pk, sk) = (format!("OWNER#{}", self.id), format!("IMAGE#{}", id(image)));
        self.stack.settled().await;
        let mut picture = self.stack.record(&pk, &sk).await["picture"].take();
        let renditions = picture["M"]["renditions"]["L"].as_array_mut().expect("renditions");
        let before = renditions.len();
        renditions.retain(|rendition| rendition["M"]["size"]["N"] != size);
        assert_eq!(renditions.len(), before - 1);
        self.stack.set_attribute(&pk, &sk, "picture", picture).await;
    }
}
