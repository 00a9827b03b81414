//! `FilterCriteria`: selects the stream records that a function gets.
//!
//! The rules are those of event filtering in Lambda
//! (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>). A pattern has a list of tests for
//! each field that it names. One test of each list must pass. DynamoDB's numbers are strings in an event, as in
//! `{"N":"1"}`, so `numeric` never matches them, as in AWS.

use serde_json::{Map, Value};

/// One pattern of `FilterCriteria`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    /// The patterns of fields, by name. All must match.
    fields: Vec<(String, Node)>,
    /// The lists of `$or`. One pattern of each list must match.
    alternatives: Vec<Vec<Pattern>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Inner(Pattern),
    Leaf(Vec<Test>),
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(String),
    Suffix(String),
    AnythingBut(Vec<Test>),
    /// The comparisons in a list such as `[">", 0, "<=", 5]`, which all must hold.
    Numeric(Vec<(Comparison, f64)>),
    Exists(bool),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// A description of the first element that Lambda would refuse.
    pub(super) fn parse(pattern: &Value) -> Result<Self, String> {
        let Value::Object(object) = pattern else { return Err(format!("{pattern} is not an object")) };
        let mut parsed = Self { fields: Vec::new(), alternatives: Vec::new() };
        for (name, value) in object {
            match value {
                Value::Array(patterns) if name == "$or" => {
                    parsed.alternatives.push(patterns.iter().map(Self::parse).collect::<Result<_, _>>()?);
                }
                Value::Array(tests) => {
                    let tests = tests.iter().map(Test::parse).collect::<Result<_, _>>()?;
                    parsed.fields.push((name.clone(), Node::Leaf(tests)));
                }
                Value::Object(_) => parsed.fields.push((name.clone(), Node::Inner(Self::parse(value)?))),
                other => return Err(format!("{name}: {other} must be an object or a list")),
            }
        }
        Ok(parsed)
    }

    /// Whether `event` matches.
    pub(super) fn matches(&self, event: &Value) -> bool {
        self.matches_at(Some(event))
    }

    fn matches_at(&self, event: Option<&Value>) -> bool {
        // An array matches if one of its elements matches.
        if let Some(Value::Array(elements)) = event {
            return elements.iter().any(|element| self.matches_at(Some(element)));
        }
        let field = |name: &str| event.and_then(|event| event.get(name));
        self.fields.iter().all(|(name, node)| match node {
            Node::Inner(pattern) => pattern.matches_at(field(name)),
            Node::Leaf(tests) => tests.iter().any(|test| test.passes(field(name))),
        }) && self
            .alternatives
            .iter()
            .all(|patterns| patterns.iter().any(|pattern| pattern.matches_at(event)))
    }
}

impl Test {
    fn parse(test: &Value) -> Result<Self, String> {
        match test {
            Value::Object(object) => Self::parse_operator(object),
            Value::Array(_) => Err(format!("{test}: a list cannot contain a list")),
            scalar => Ok(Self::Equals(scalar.clone())),
        }
    }

    fn parse_operator(object: &Map<String, Value>) -> Result<Self, String> {
        let mut entries = object.iter();
        let (Some((operator, operand)), None) = (entries.next(), entries.next()) else {
            return Err(format!("{} must name one operator", Value::Object(object.clone())));
        };
        let text =
            || operand.as_str().map(str::to_owned).ok_or_else(|| format!("{operator}: expected a string"));
        match operator.as_str() {
            "prefix" => Ok(Self::Prefix(text()?)),
            "suffix" => Ok(Self::Suffix(text()?)),
            "equals-ignore-case" => Ok(Self::EqualsIgnoreCase(text()?.to_lowercase())),
            "exists" => {
                operand.as_bool().map(Self::Exists).ok_or_else(|| "exists: expected true or false".to_owned())
            }
            "anything-but" => match operand {
                Value::Array(tests) => tests.iter().map(Self::parse).collect::<Result<_, _>>(),
                one => Self::parse(one).map(|one| vec![one]),
            }
            .map(Self::AnythingBut),
            "numeric" => comparisons(operand).map(Self::Numeric),
            other => Err(format!("unknown operator {other:?}")),
        }
    }

    fn passes(&self, field: Option<&Value>) -> bool {
        match (self, field) {
            // `exists` applies to leaves only. A field with an object does not "exist".
            (Self::Exists(wanted), field) => *wanted == field.is_some_and(|value| !value.is_object()),
            (_, None | Some(Value::Object(_))) => false,
            (_, Some(Value::Array(elements))) => elements.iter().any(|element| self.passes(Some(element))),
            (_, Some(value)) => self.accepts(value),
        }
    }

    fn accepts(&self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Self::Equals(wanted) => match (wanted.as_f64(), value.as_f64()) {
                // 1 and 1.0 are the same number.
                (Some(wanted), Some(value)) => wanted.total_cmp(&value).is_eq(),
                _ => wanted == value,
            },
            Self::EqualsIgnoreCase(wanted) => text.is_some_and(|text| text.to_lowercase() == *wanted),
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            Self::AnythingBut(tests) => !tests.iter().any(|test| test.accepts(value)),
            Self::Numeric(comparisons) => value.as_f64().is_some_and(|value| {
                comparisons.iter().all(|(comparison, bound)| comparison.holds(value, *bound))
            }),
            Self::Exists(wanted) => *wanted,
        }
    }
}

fn comparisons(operand: &Value) -> Result<Vec<(Comparison, f64)>, String> {
    let wrong = || format!("numeric: {operand} is not a list of comparisons");
    let parts =
        operand.as_array().filter(|parts| !parts.is_empty() && parts.len() % 2 == 0).ok_or_else(wrong)?;
    parts
        .chunks_exact(2)
        .map(|pair| {
            let comparison = match pair[0].as_str() {
                Some("=") => Comparison::Equal,
                Some("<") => Comparison::Less,
                Some("<=") => Comparison::LessOrEqual,
                Some(">") => Comparison::Greater,
                Some(">=") => Comparison::GreaterOrEqual,
                _ => return Err(wrong()),
            };
            Ok((comparison, pair[1].as_f64().ok_or_else(wrong)?))
        })
        .collect()
}

impl Comparison {
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Equal => value.total_cmp(&bound).is_eq(),
            Self::Less => value < bound,
            Self::LessOrEqual => value <= bound,
            Self::Greater => value > bound,
            Self::GreaterOrEqual => value >= bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn matches(pattern: &Value, event: &Value) -> bool {
        Pattern::parse(pattern).unwrap().matches(event)
    }

    fn event() -> Value {
        json!({
            "eventName": "INSERT",
            "dynamodb": {
                "Keys": {"pk": {"S": "mail#1"}},
                "NewImage": {
                    "pk": {"S": "mail#1"},
                    "kind": {"S": "Verify"},
                    "count": {"N": "7"},
                    "empty": {"S": ""},
                    "gone": {"NULL": true},
                    "tags": {"SS": ["a", "b"]},
                },
                "SizeBytes": 30,
            },
        })
    }

    fn image(field: &str, tests: &Value) -> Value {
        let (name, kind) = field.split_once('.').unwrap();
        json!({"dynamodb": {"NewImage": {name: {kind: tests}}}})
    }

    #[test]
    fn every_field_must_match_one_of_its_listed_values() {
        assert!(matches(&json!({"eventName": ["MODIFY", "INSERT"]}), &event()));
        assert!(!matches(&json!({"eventName": ["REMOVE"]}), &event()));
        let both = json!({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": ["mail#2"]}}}});
        assert!(!matches(&both, &event()));
        assert!(matches(&json!({}), &event()));
    }

    #[test]
    fn strings_match_by_prefix_suffix_and_case() {
        assert!(matches(&image("pk.S", &json!([{"prefix": "mail#"}])), &event()));
        assert!(!matches(&image("pk.S", &json!([{"prefix": "user#"}])), &event()));
        assert!(matches(&image("pk.S", &json!([{"suffix": "#1"}])), &event()));
        assert!(matches(&image("kind.S", &json!([{"equals-ignore-case": "VERIFY"}])), &event()));
        assert!(!matches(&image("kind.S", &json!(["verify"])), &event()));
        assert!(matches(&image("empty.S", &json!([""])), &event()));
    }

    #[test]
    fn anything_but_does_not_match_a_missing_field() {
        assert!(matches(&image("kind.S", &json!([{"anything-but": ["Reset", "Inform"]}])), &event()));
        assert!(!matches(&image("kind.S", &json!([{"anything-but": "Verify"}])), &event()));
        assert!(!matches(&image("kind.S", &json!([{"anything-but": {"prefix": "Ver"}}])), &event()));
        assert!(!matches(&image("missing.S", &json!([{"anything-but": "Verify"}])), &event()));
    }

    #[test]
    fn exists_applies_to_leaves() {
        assert!(matches(&image("kind.S", &json!([{"exists": true}])), &event()));
        assert!(!matches(&image("kind.S", &json!([{"exists": false}])), &event()));
        assert!(matches(&image("missing.S", &json!([{"exists": false}])), &event()));
        assert!(matches(&json!({"dynamodb": {"OldImage": {"pk": {"S": [{"exists": false}]}}}}), &event()));
        assert!(!matches(&json!({"dynamodb": {"NewImage": {"kind": [{"exists": true}]}}}), &event()));
    }

    #[test]
    fn numeric_matches_json_numbers_but_not_the_strings_of_dynamodb() {
        assert!(!matches(&image("count.N", &json!([{"numeric": ["=", 7]}])), &event()));
        assert!(matches(&image("count.N", &json!(["7"])), &event()));
        assert!(matches(&json!({"dynamodb": {"SizeBytes": [{"numeric": [">", 10, "<=", 30]}]}}), &event()));
        assert!(!matches(&json!({"dynamodb": {"SizeBytes": [{"numeric": [">", 30]}]}}), &event()));
        assert!(matches(&json!({"dynamodb": {"SizeBytes": [30.0]}}), &event()));
    }

    #[test]
    fn a_set_matches_if_one_element_matches() {
        assert!(matches(&image("tags.SS", &json!(["b"])), &event()));
        assert!(!matches(&image("tags.SS", &json!(["c"])), &event()));
    }

    #[test]
    fn or_matches_if_one_pattern_matches_and_null_is_a_value() {
        let either = json!({"$or": [{"eventName": ["REMOVE"]}, {"dynamodb": {"SizeBytes": [30]}}]});
        assert!(matches(&either, &event()));
        assert!(!matches(&json!({"$or": [{"eventName": ["REMOVE"]}, {"eventName": ["MODIFY"]}]}), &event()));
        assert!(matches(&json!({"userIdentity": [null]}), &json!({"userIdentity": null})));
        assert!(matches(&image("gone.NULL", &json!([true])), &event()));
    }

    #[test]
    fn an_invalid_pattern_is_an_error() {
        for pattern in [
            json!([]),
            json!({"eventName": "INSERT"}),
            json!({"eventName": [{"regex": ".*"}]}),
            json!({"eventName": [["INSERT"]]}),
            json!({"eventName": [{"prefix": 1}]}),
            json!({"eventName": [{"numeric": ["~", 1]}]}),
            json!({"eventName": [{"exists": "yes"}]}),
        ] {
            assert!(Pattern::parse(&pattern).is_err(), "{pattern}");
        }
    }
}
