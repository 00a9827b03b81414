//! The permissions that DynamoDB operations need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>

use serde_json::Value;

use super::arn;
use super::context::ContextKey;
use super::expressions::{attributes, queried_key};
use super::need::Need;

/// The permissions that `operation` needs, according to the body of its request.
///
/// `partition_key` returns the name of the partition key of a table or of one of its indexes. A malformed body may need
/// none, because DynamoDB refuses it anyway.
#[must_use]
pub fn needs(
    region: &str,
    operation: &str,
    body: &[u8],
    partition_key: impl Fn(&str, Option<&str>) -> Option<String>,
) -> Vec<Need> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let on_items = |action: &str, table: &str, parts: &[&Value]| {
        let key = partition_key(table, None);
        let keys = parts.iter().flat_map(|part| key.iter().flat_map(|key| item_keys(part, key)));
        let need = Need::new(format!("dynamodb:{action}"), arn::table(region, table));
        described(need, keys, parts)
    };
    match operation {
        "BatchGetItem" => entries(&request["RequestItems"])
            .map(|(table, part)| on_items(operation, table, &[part]))
            .collect(),
        "BatchWriteItem" => entries(&request["RequestItems"])
            .map(|(table, writes)| {
                let writes = writes.as_array().into_iter().flatten().flat_map(entries);
                on_items(operation, table, &writes.map(|(_, write)| write).collect::<Vec<_>>())
            })
            .collect(),
        "TransactGetItems" | "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten().flat_map(entries);
            let need = |(kind, part): (&String, &Value)| {
                Some(on_items(item_action(kind), part["TableName"].as_str()?, &[part]))
            };
            items.filter_map(need).collect()
        }
        "Query" | "Scan" => request["TableName"]
            .as_str()
            .map(|table| {
                let index = request["IndexName"].as_str();
                let suffix = index.map(|index| format!("/index/{index}")).unwrap_or_default();
                let need = Need::new(format!("dynamodb:{operation}"), arn::table(region, table) + &suffix);
                // A Scan has no condition on keys, and therefore no leading keys.
                let key = partition_key(table, index).and_then(|key| text(queried_key(&request, &key)?));
                described(need, key, &[&request])
            })
            .into_iter()
            .collect(),
        // Every other operation, such as those of PartiQL, needs the action of its name.
        _ => match request["TableName"].as_str() {
            Some(table) => vec![on_items(operation, table, &[&request])],
            None => vec![Need::new(format!("dynamodb:{operation}"), "*")],
        },
    }
}

/// Adds the condition keys of a call to its need.
fn described(need: Need, keys: impl IntoIterator<Item = String>, parts: &[&Value]) -> Need {
    let mut names: Vec<_> = parts.iter().flat_map(|part| attributes(part)).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    need.with(ContextKey::LeadingKeys, keys.into_iter().collect()).with(ContextKey::Attributes, names)
}

/// The partition keys of the items that `part` names, as texts.
fn item_keys<'a>(part: &'a Value, key: &'a str) -> impl Iterator<Item = String> + 'a {
    let many = part["Keys"].as_array().into_iter().flatten();
    let items = [&part["Key"], &part["Item"]].into_iter().chain(many);
    items.filter_map(move |item| text(item.get(key)?))
}

/// The text of a key's value: a text, a number, or bytes in base64.
fn text(value: &Value) -> Option<String> {
    let (_, value) = value.as_object()?.iter().next()?;
    value.as_str().map(str::to_owned)
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The action that one element of a transaction needs.
fn item_action(kind: &str) -> &'static str {
    match kind {
        "Get" => "GetItem",
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "ConditionCheck" => "ConditionCheckItem",
        _ => "UnknownItem",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/files";

    fn asked(operation: &str, body: &Value) -> Vec<Need> {
        needs("us-east-1", operation, body.to_string().as_bytes(), |_, index| {
            Some(if index.is_some() { "month" } else { "pk" }.to_owned())
        })
    }

    fn needed(operation: &str, body: &Value) -> Vec<(String, String)> {
        asked(operation, body).into_iter().map(|need| (need.action, need.resource)).collect()
    }

    /// The leading keys and the attributes of each need.
    fn described(operation: &str, body: &Value) -> Vec<(String, String)> {
        let joined = |need: &Need, key| need.values(key).join(" ");
        let pair =
            |need: Need| (joined(&need, ContextKey::LeadingKeys), joined(&need, ContextKey::Attributes));
        asked(operation, body).into_iter().map(pair).collect()
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

    #[test]
    fn a_call_has_the_partition_keys_and_the_attributes_that_it_names() {
        let key = |pk: &str| json!({"pk": {"S": pk}, "sk": {"S": "x"}});
        let mut put = key("a");
        put["is_staff"] = json!({"BOOL": true});
        let update = json!({
            "TableName": "files",
            "Key": key("a"),
            "UpdateExpression": "SET #staff = :true",
            "ExpressionAttributeNames": {"#staff": "is_staff"},
        });
        let query = json!({
            "TableName": "files",
            "KeyConditionExpression": "pk = :a",
            "ExpressionAttributeValues": {":a": {"S": "a"}},
        });
        let mut indexed = query.clone();
        indexed["IndexName"] = json!("by-month");
        indexed["KeyConditionExpression"] = json!("#month = :a AND id < :b");
        indexed["ExpressionAttributeNames"] = json!({"#month": "month"});
        let pair = |keys: &str, attributes: &str| vec![(keys.to_owned(), attributes.to_owned())];
        for (operation, body, expected) in [
            ("GetItem", json!({"TableName": "files", "Key": key("a")}), pair("a", "pk sk")),
            ("DeleteItem", json!({"TableName": "files", "Key": {"pk": {"N": "1"}}}), pair("1", "pk")),
            ("PutItem", json!({"TableName": "files", "Item": put}), pair("a", "is_staff pk sk")),
            ("UpdateItem", update.clone(), pair("a", "is_staff pk sk")),
            (
                "BatchGetItem",
                json!({"RequestItems": {"files": {"Keys": [key("a"), key("b")]}}}),
                pair("a b", "pk sk"),
            ),
            (
                "BatchWriteItem",
                json!({"RequestItems": {"files": [
                    {"PutRequest": {"Item": put}}, {"DeleteRequest": {"Key": key("b")}},
                ]}}),
                pair("a b", "is_staff pk sk"),
            ),
            ("Query", query, pair("a", "pk")),
            ("Query", indexed, pair("a", "id month")),
            ("Scan", json!({"TableName": "files", "FilterExpression": "pk = :a"}), pair("", "pk")),
            ("Scan", json!({"TableName": "files"}), pair("", "")),
        ] {
            assert_eq!(described(operation, &body), expected, "{operation} {body}");
        }
        let check =
            json!({"TableName": "files", "Key": key("b"), "ConditionExpression": "attribute_exists(sk)"});
        let writes = json!({"TransactItems": [{"Update": update}, {"ConditionCheck": check}]});
        let expected = [("a", "is_staff pk sk"), ("b", "pk sk")];
        let expected = expected.map(|(keys, attributes)| (keys.to_owned(), attributes.to_owned()));
        assert_eq!(described("TransactWriteItems", &writes), expected);
    }
}
