//! The attributes and partition keys that requests of DynamoDB name.

use std::collections::BTreeSet;

use serde_json::Value;

/// The members of a request that contain expressions.
const EXPRESSIONS: [&str; 5] = [
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
];

/// The members whose keys are attributes. Most are legacy forms of expressions.
const MAPPINGS: [&str; 7] =
    ["Key", "Item", "AttributeUpdates", "Expected", "KeyConditions", "QueryFilter", "ScanFilter"];

/// Words in expressions that are not attributes. All of them are reserved, so an attribute of that name needs a
/// placeholder. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>
const KEYWORDS: [&str; 9] = ["ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET"];

/// The top-level attributes that `request` names: those of its keys and items, and those in its expressions.
///
/// `request` is the body of an operation, or one element of a batch or of a transaction.
pub(super) fn attributes(request: &Value) -> BTreeSet<&str> {
    let keys = |name: &str| request[name].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let mut names: BTreeSet<&str> = MAPPINGS.into_iter().flat_map(keys).collect();
    names.extend(request["AttributesToGet"].as_array().into_iter().flatten().filter_map(Value::as_str));
    let items = request["Keys"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    names.extend(items.map(|(name, _)| name.as_str()));
    for expression in EXPRESSIONS.into_iter().filter_map(|name| request[name].as_str()) {
        let words = words(expression).filter(|word| word.is_attribute(expression));
        names.extend(words.map(|word| resolved(request, word.text)));
    }
    names
}

/// The partition key that a Query is limited to.
pub(super) fn queried_key<'a>(request: &'a Value, partition_key: &str) -> Option<&'a Value> {
    let legacy = &request["KeyConditions"][partition_key];
    if legacy["ComparisonOperator"] == "EQ" {
        return legacy["AttributeValueList"].get(0);
    }
    let expression = request["KeyConditionExpression"].as_str()?;
    let mut previous: Option<Word<'_>> = None;
    for word in words(expression) {
        let left = previous.filter(|left| {
            resolved(request, left.text) == partition_key
                && expression[left.end()..word.start].trim() == "="
                && word.text.starts_with(':')
        });
        if left.is_some() {
            return request["ExpressionAttributeValues"].get(word.text);
        }
        previous = Some(word);
    }
    None
}

/// The attribute that a name or a placeholder such as `#name` stands for.
fn resolved<'a>(request: &'a Value, name: &'a str) -> &'a str {
    if name.starts_with('#') {
        request["ExpressionAttributeNames"][name].as_str().unwrap_or(name)
    } else {
        name
    }
}

/// A word of an expression: a name, a placeholder, a keyword, a function or an index of a list.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    start: usize,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether this names a top-level attribute.
    fn is_attribute(&self, expression: &str) -> bool {
        let is_nested = expression[..self.start].trim_end().ends_with('.');
        let is_function = expression[self.end()..].trim_start().starts_with('(');
        let is_value = self.text.starts_with(|first: char| first == ':' || first.is_ascii_digit());
        let is_keyword = KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(self.text));
        !(is_nested || is_function || is_value || is_keyword)
    }
}

fn words(expression: &str) -> impl Iterator<Item = Word<'_>> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | ':');
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + expression[from..].find(is_part)?;
        let length = expression[start..].find(|c| !is_part(c)).unwrap_or(expression.len() - start);
        from = start + length;
        Some(Word { text: &expression[start..from], start })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_attributes_of_a_request_are_those_of_its_items_and_expressions() {
        for (request, expected) in [
            (json!({"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}), &["pk", "sk"][..]),
            (
                json!({"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}], "ProjectionExpression": "a.b, c[1].d"}),
                &["a", "c", "pk"],
            ),
            (
                json!({"Item": {"pk": {"S": "a"}, "Wins": {"N": "1"}}, "ConditionExpression": "attribute_not_exists(Losses)"}),
                &["Losses", "Wins", "pk"],
            ),
            (
                json!({
                    "Key": {"pk": {"S": "a"}},
                    "UpdateExpression": "SET #a = if_not_exists(#a, :zero) + :one, b.#a=:two REMOVE c[0] ADD d :e",
                    "ConditionExpression": "size(f) > :n AND NOT g IN (:o, :p) or (h between :q and :r)",
                    "ExpressionAttributeNames": {"#a": "is_staff"},
                }),
                &["b", "c", "d", "f", "g", "h", "is_staff", "pk"],
            ),
            (
                json!({"KeyConditionExpression": "pk = :a AND begins_with(sk, :b)", "FilterExpression": "x <> :c"}),
                &["pk", "sk", "x"],
            ),
            (
                json!({"AttributeUpdates": {"a": {}}, "Expected": {"b": {}}, "AttributesToGet": ["c"]}),
                &["a", "b", "c"],
            ),
        ] {
            assert_eq!(attributes(&request).into_iter().collect::<Vec<_>>(), expected, "{request}");
        }
    }

    #[test]
    fn a_query_is_limited_to_the_partition_key_that_it_names() {
        let values = json!({":a": {"S": "USER#1"}, ":b": {"S": "x"}});
        for (expression, expected) in [
            ("pk = :a", Some("USER#1")),
            ("pk=:a AND sk = :b", Some("USER#1")),
            ("(#p = :a) AND (begins_with(sk, :b))", Some("USER#1")),
            ("sk = :b AND pk = :a", Some("USER#1")),
            ("sk = :a", None),
            ("pk > :a", None),
            ("pk = :missing", None),
        ] {
            let request = json!({
                "KeyConditionExpression": expression,
                "ExpressionAttributeNames": {"#p": "pk"},
                "ExpressionAttributeValues": values,
            });
            let found = queried_key(&request, "pk").map(|value| value["S"].as_str().unwrap());
            assert_eq!(found, expected, "{expression}");
        }
        let condition = json!({"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "USER#2"}]});
        let legacy = json!({"KeyConditions": {"pk": condition}});
        assert_eq!(queried_key(&legacy, "pk"), Some(&json!({"S": "USER#2"})));
    }
}
