//! Conditions of statements.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>, and
//! "Single-valued vs. multivalued context keys",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.

use serde_json::{Map, Value};

use super::context::ContextKey;
use super::need::Need;
use super::pattern;
use super::statement::texts;

/// The set operator that is true if each of the call's values meets the condition, and therefore if there is none.
const FOR_ALL_VALUES: &str = "ForAllValues:";

/// One operator on one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    key: ContextKey,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// `Null`: whether the call must lack the key.
    IsAbsent(bool),
    /// A comparison with values of which one must match, or with `negated`, none may match.
    Compare { like: bool, negated: bool, values: Vec<String> },
}

impl Condition {
    /// Parses the `Condition` of a statement. All of its conditions must be met.
    ///
    /// # Errors
    /// A sentence that names the unsupported or malformed element.
    pub(super) fn parse_all(block: &Value) -> Result<Vec<Self>, String> {
        let mut conditions = Vec::new();
        for (operator, test) in entries(block)? {
            for (key, values) in entries(test)? {
                conditions.push(Self::parse(operator, key, values)?);
            }
        }
        if conditions.is_empty() { Err(malformed()) } else { Ok(conditions) }
    }

    fn parse(operator: &str, name: &str, values: &Value) -> Result<Self, String> {
        let unsupported =
            |what: &str| format!("`Condition` has {what}, which the local stack does not support");
        let key = ContextKey::named(name).ok_or_else(|| unsupported(&format!("the key {name}")))?;
        let (operator, for_all) = match operator.strip_prefix(FOR_ALL_VALUES) {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let (like, negated) = match operator {
            "StringEquals" => (false, false),
            "StringNotEquals" => (false, true),
            "StringLike" => (true, false),
            "StringNotLike" => (true, true),
            "Null" if !for_all => return Ok(Self { key, test: Test::IsAbsent(flag(name, values)?) }),
            _ => return Err(unsupported(&format!("the operator {operator}"))),
        };
        if for_all != key.is_multivalued() {
            let requires = if for_all { "does not accept" } else { "requires" };
            return Err(format!("`Condition`: {} {requires} the prefix {FOR_ALL_VALUES}", key.name()));
        }
        let values = texts(key.name(), values)?;
        Ok(Self { key, test: Test::Compare { like, negated, values } })
    }

    /// Whether a call with this need meets the condition.
    pub(super) fn is_met(&self, need: &Need) -> bool {
        let values = need.values(self.key);
        match &self.test {
            Test::IsAbsent(absent) => values.is_empty() == *absent,
            // A single value that is missing matches nothing.
            Test::Compare { negated, .. } if values.is_empty() => self.key.is_multivalued() || *negated,
            Test::Compare { negated, .. } => values.iter().all(|value| self.matches(value) != *negated),
        }
    }

    /// The patterns of partition keys to which this condition limits a statement.
    pub(super) fn key_patterns(&self) -> Option<&[String]> {
        match &self.test {
            Test::Compare { negated: false, values, .. } if self.key == ContextKey::LeadingKeys => {
                Some(values)
            }
            _ => None,
        }
    }

    fn matches(&self, value: &str) -> bool {
        let Test::Compare { like, values, .. } = &self.test else { return false };
        values
            .iter()
            .any(|expected| if *like { pattern::matches(expected, value) } else { expected == value })
    }
}

fn entries(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().filter(|entries| !entries.is_empty()).ok_or_else(malformed)
}

fn malformed() -> String {
    "`Condition` must be a mapping of operators to mappings of condition keys to values".to_owned()
}

fn flag(name: &str, value: &Value) -> Result<bool, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().map_err(|_| format!("`Condition`: Null of {name} must be true or false"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn met(block: &Value, key: ContextKey, values: &[&str]) -> bool {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let need = Need::new("any:Action", "*").with(key, values);
        Condition::parse_all(block).unwrap().iter().all(|condition| condition.is_met(&need))
    }

    #[test]
    fn each_value_of_the_call_must_match_one_of_the_condition() {
        let keys =
            json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*", "TIERS", "20??-??"]}});
        for (values, expected) in [
            (&["USER#1"][..], true),
            (&["USER#1", "TIERS", "2026-11"], true),
            (&["USER#1", "OWNER#1"], false),
            (&["users#1"], false),
            (&["TIERS#1"], false),
            (&["2026-1"], false),
            // "It also returns true if there are no context keys in the request."
            (&[], true),
        ] {
            assert_eq!(met(&keys, ContextKey::LeadingKeys, values), expected, "{values:?}");
        }
        let equals = json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["TIERS", "USER#*"]}});
        assert!(met(&equals, ContextKey::LeadingKeys, &["TIERS"]));
        assert!(met(&equals, ContextKey::LeadingKeys, &["USER#*"]));
        assert!(!met(&equals, ContextKey::LeadingKeys, &["USER#1"]));
    }

    #[test]
    fn null_tells_whether_a_key_is_absent() {
        for (absent, values, expected) in [
            (json!("false"), &["USER#1"][..], true),
            (json!("false"), &[], false),
            (json!(false), &[], false),
            (json!("true"), &[], true),
            (json!("true"), &["USER#1"], false),
        ] {
            let block = json!({"Null": {"dynamodb:LeadingKeys": absent}});
            assert_eq!(met(&block, ContextKey::LeadingKeys, values), expected, "{block} {values:?}");
        }
        let both = json!({
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "USER#*"},
            "Null": {"dynamodb:LeadingKeys": "false"},
        });
        assert!(met(&both, ContextKey::LeadingKeys, &["USER#1"]));
        assert!(!met(&both, ContextKey::LeadingKeys, &["OWNER#1"]));
        assert!(!met(&both, ContextKey::LeadingKeys, &[]));
    }

    #[test]
    fn a_negated_condition_is_met_if_no_value_matches() {
        for operator in ["ForAllValues:StringNotLike", "ForAllValues:StringNotEquals"] {
            let block =
                json!({operator: {"dynamodb:Attributes": ["FreeGamesAvailable", "BossLevelUnlocked"]}});
            let met = |values: &[&str]| met(&block, ContextKey::Attributes, values);
            assert!(met(&["UserId", "Wins"]) && met(&[]));
            assert!(!met(&["UserId", "BossLevelUnlocked"]) && !met(&["FreeGamesAvailable"]));
        }
    }

    #[test]
    fn a_single_value_that_is_missing_matches_nothing() {
        let met = |operator: &str| {
            let block = json!({operator: {"ses:FromAddress": "a@example.com"}});
            [&["a@example.com"][..], &["b@example.com"], &[]]
                .map(|values| met(&block, ContextKey::FromAddress, values))
        };
        assert_eq!(met("StringEquals"), [true, false, false]);
        assert_eq!(met("StringLike"), [true, false, false]);
        assert_eq!(met("StringNotEquals"), [false, true, true]);
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let error = |block: Value| Condition::parse_all(&block).unwrap_err();
        let malformed = "`Condition` must be a mapping of operators to mappings of condition keys to values";
        for block in [json!({}), json!("x"), json!({"StringEquals": {}}), json!({"StringEquals": []})] {
            assert_eq!(error(block), malformed);
        }
        let unsupported =
            |what: &str| format!("`Condition` has {what}, which the local stack does not support");
        assert_eq!(
            error(json!({"StringEquals": {"aws:SourceIp": "::1"}})),
            unsupported("the key aws:SourceIp")
        );
        for operator in ["StringEqualsIfExists", "ForAnyValue:StringLike", "IpAddress"] {
            let block = json!({operator: {"dynamodb:LeadingKeys": "a"}});
            assert_eq!(error(block), unsupported(&format!("the operator {operator}")));
        }
        assert_eq!(
            error(json!({"StringLike": {"dynamodb:LeadingKeys": "a"}})),
            "`Condition`: dynamodb:LeadingKeys requires the prefix ForAllValues:"
        );
        assert_eq!(
            error(json!({"ForAllValues:StringLike": {"ses:FromAddress": "a"}})),
            "`Condition`: ses:FromAddress does not accept the prefix ForAllValues:"
        );
        assert_eq!(
            error(json!({"Null": {"dynamodb:LeadingKeys": "no"}})),
            "`Condition`: Null of dynamodb:LeadingKeys must be true or false"
        );
        assert_eq!(
            error(json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": []}})),
            "`dynamodb:LeadingKeys` must be a text or a list of texts"
        );
    }
}
