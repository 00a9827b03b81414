//! The permissions that DynamoDB operations need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>

use serde_json::Value;

use super::arn;
use super::need::Need;

/// The permissions that `operation` needs, according to the body of its request.
///
/// A malformed body may need none, because DynamoDB refuses it anyway.
#[must_use]
pub fn needs(region: &str, operation: &str, body: &[u8]) -> Vec<Need> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let table = |name: &str| arn::table(region, name);
    let named = |request: &Value| request["TableName"].as_str().map(table);
    match operation {
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flat_map(serde_json::Map::keys);
            tables.map(|name| Need::new(format!("dynamodb:{operation}"), table(name))).collect()
        }
        "TransactGetItems" | "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            let parts = items.filter_map(Value::as_object).flatten();
            let need = |(kind, part): (&String, &Value)| Some(Need::new(item_action(kind), named(part)?));
            parts.filter_map(need).collect()
        }
        "Query" | "Scan" => {
            let index =
                request["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
            let resource = named(&request).map(|table| table + &index);
            resource
                .map(|resource| Need::new(format!("dynamodb:{operation}"), resource))
                .into_iter()
                .collect()
        }
        // Every other operation, such as those of PartiQL, needs the action of its name.
        _ => {
            let resource = named(&request).unwrap_or_else(|| "*".to_owned());
            vec![Need::new(format!("dynamodb:{operation}"), resource)]
        }
    }
}

/// The action that one element of a transaction needs.
fn item_action(kind: &str) -> &'static str {
    match kind {
        "Get" => "dynamodb:GetItem",
        "Put" => "dynamodb:PutItem",
        "Update" => "dynamodb:UpdateItem",
        "Delete" => "dynamodb:DeleteItem",
        "ConditionCheck" => "dynamodb:ConditionCheckItem",
        _ => "dynamodb:UnknownItem",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/files";

    fn needed(operation: &str, body: &Value) -> Vec<(String, String)> {
        let needs = needs("us-east-1", operation, body.to_string().as_bytes());
        needs.into_iter().map(|need| (need.action, need.resource)).collect()
    }

    #[test]
    fn an_operation_on_one_table_needs_the_action_of_the_same_name() {
        for operation in ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable"]
        {
            let expected = vec![(format!("dynamodb:{operation}"), TABLE.to_owned())];
            assert_eq!(needed(operation, &json!({"TableName": "files"})), expected);
            assert_eq!(needed(operation, &json!({"TableName": TABLE})), expected);
        }
        assert_eq!(needed("ListTables", &json!({})), [("dynamodb:ListTables".to_owned(), "*".to_owned())]);
    }

    #[test]
    fn reading_an_index_needs_permission_for_the_index() {
        for operation in ["Query", "Scan"] {
            let body = json!({"TableName": "files", "IndexName": "by-month"});
            let index = format!("{TABLE}/index/by-month");
            assert_eq!(needed(operation, &body), [(format!("dynamodb:{operation}"), index)]);
        }
    }

    #[test]
    fn a_batch_needs_its_action_on_each_table() {
        let tables = json!({"RequestItems": {"files": {}, "users": {}}});
        for operation in ["BatchGetItem", "BatchWriteItem"] {
            let action = format!("dynamodb:{operation}");
            let users = TABLE.replace("files", "users");
            assert_eq!(needed(operation, &tables), [(action.clone(), TABLE.to_owned()), (action, users)]);
        }
    }

    #[test]
    fn a_transaction_needs_the_action_for_each_of_its_items() {
        let item = json!({"TableName": "files"});
        let writes = json!({"TransactItems": [
            {"Put": item}, {"Update": item}, {"Delete": item}, {"ConditionCheck": item},
        ]});
        let actions: Vec<String> =
            needed("TransactWriteItems", &writes).into_iter().map(|need| need.0).collect();
        let expected = ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"];
        assert_eq!(actions, expected.map(|name| format!("dynamodb:{name}")));
        let reads = json!({"TransactItems": [{"Get": item}]});
        assert_eq!(needed("TransactGetItems", &reads), [("dynamodb:GetItem".to_owned(), TABLE.to_owned())]);
    }
}
