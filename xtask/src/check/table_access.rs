//! Each statement for the table names the kinds of record that its function uses, by conditions on their partition keys.

use serde_json::Value;

use crate::problem::Problem;
use crate::template::{Statement, TEMPLATE, Template};

/// Functions that scan the table. A Scan has no partition keys.
const SCANS: [&str; 3] = ["apply-journal", "audit-storage", "rotate-links"];

/// The functions that make accounts staff or revoke that.
const CHANGE_STAFF: [&str; 2] = ["apply-journal", "grant-staff"];

/// The prefix of the partition keys of accounts.
const ACCOUNTS: &str = "USER#";

pub(super) fn check(template: &Template) -> Vec<Problem> {
    let statements = template.functions.iter().flat_map(|function| {
        function.statements.iter().map(move |statement| (function.name.as_str(), statement))
    });
    let of_table = statements.filter(|(_, statement)| names(statement, "dynamodb:"));
    of_table.filter_map(|(function, statement)| problem(function, statement)).collect()
}

fn problem(function: &str, statement: &Statement) -> Option<Problem> {
    let wrong = |what: String, remedy: &str| Some(Problem::new(TEMPLATE, statement.line, what, remedy));
    if statement.actions == ["dynamodb:Scan"] {
        let what = format!("{function} scans the table");
        return if SCANS.contains(&function) {
            None
        } else {
            wrong(what, "Query a partition or an index, because a Scan reads records of every kind.")
        };
    }
    if names(statement, "dynamodb:Scan") {
        return wrong(
            format!("{function} scans the table, with other actions in the same statement"),
            "Give dynamodb:Scan a statement of its own, because it has no partition keys.",
        );
    }
    let patterns = statement.condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"].as_array();
    let is_limited = patterns.is_some_and(|patterns| patterns.iter().all(is_kind) && !patterns.is_empty());
    if !is_limited || statement.condition["Null"]["dynamodb:LeadingKeys"] != "false" {
        return wrong(
            format!("a statement of {function} for the table does not name kinds of record"),
            "Add ForAllValues:StringLike on dynamodb:LeadingKeys with a list of patterns such as \"USER#*\", and \
             \"Null\": {\"dynamodb:LeadingKeys\": \"false\"}.",
        );
    }
    let writes = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"];
    let writes = writes.iter().any(|action| names(statement, action));
    let of_accounts =
        patterns.into_iter().flatten().any(|pattern| pattern.as_str().is_some_and(reaches_accounts));
    let excluded = &statement.condition["ForAllValues:StringNotLike"]["dynamodb:Attributes"];
    if writes && of_accounts && !CHANGE_STAFF.contains(&function) && *excluded != serde_json::json!(["is_staff"]) {
        return wrong(
            format!("{function} may make accounts staff"),
            "Add ForAllValues:StringNotLike: {\"dynamodb:Attributes\": [is_staff]} to the condition.",
        );
    }
    None
}

/// Whether an action of `statement` begins with `prefix`.
fn names(statement: &Statement, prefix: &str) -> bool {
    statement.actions.iter().any(|action| action.starts_with(prefix))
}

/// Whether `pattern` is not one that matches every key.
fn is_kind(pattern: &Value) -> bool {
    pattern.as_str().is_some_and(|pattern| !pattern.starts_with('*'))
}

/// Whether keys of accounts can match `pattern`: they have the same beginning up to its first wildcard.
fn reaches_accounts(pattern: &str) -> bool {
    let beginning = pattern.split(['*', '?']).next().unwrap_or_default();
    beginning.starts_with(ACCOUNTS) || ACCOUNTS.starts_with(beginning)
}

#[cfg(test)]
mod tests {
    use crate::fixture::{found, repository};

    use super::*;

    const KEYS: &str = "ForAllValues:StringLike: {\"dynamodb:LeadingKeys\": [\"USER#*\"]}";
    const PRESENT: &str = "\"Null\": {\"dynamodb:LeadingKeys\": \"false\"}";
    const NO_STAFF: &str = "ForAllValues:StringNotLike: {\"dynamodb:Attributes\": [is_staff]}";

    /// The problems of get-note with a statement.
    fn found_with(actions: &str, condition: &[&str]) -> Vec<String> {
        let mut sources = repository();
        let mut statement = format!(
            "functions/get-note/
      Policies:
        - Statement:
            - Effect: Allow
              Action: {actions}
              Resource: !GetAtt Table.Arn
"
        );
        if !condition.is_empty() {
            statement += "              Condition:\n";
        }
        for line in condition {
            statement += &format!("                {line}\n");
        }
        let text = sources.get(TEMPLATE).unwrap().replace("functions/get-note/\n", &statement);
        sources.put(TEMPLATE, text);
        found(&check(&Template::read(&sources).unwrap()))
    }

    #[test]
    fn a_statement_for_the_table_names_kinds_of_record() {
        let read = "[dynamodb:GetItem, dynamodb:Query]";
        assert_eq!(found_with(read, &[KEYS, PRESENT]), [""; 0]);
        assert_eq!(found_with("[s3:GetObject]", &[]), [""; 0]);
        let unlimited = ["a statement of get-note for the table does not name kinds of record"];
        let any = "ForAllValues:StringLike: {\"dynamodb:LeadingKeys\": [\"USER#*\", \"*\"]}";
        let none = "ForAllValues:StringLike: {\"dynamodb:LeadingKeys\": []}";
        for condition in [&[][..], &[KEYS], &[PRESENT], &[any, PRESENT], &[none, PRESENT]] {
            assert_eq!(found_with(read, condition), unlimited, "{condition:?}");
        }
        assert_eq!(found_with("dynamodb:GetItem", &[KEYS]), unlimited);
    }

    #[test]
    fn only_known_functions_scan() {
        assert_eq!(found_with("[dynamodb:Scan]", &[]), ["get-note scans the table"]);
        let beside = ["get-note scans the table, with other actions in the same statement"];
        assert_eq!(found_with("[dynamodb:Query, dynamodb:Scan]", &[KEYS, PRESENT]), beside);
    }

    #[test]
    fn who_writes_accounts_may_not_make_them_staff() {
        let staff = ["get-note may make accounts staff"];
        for action in ["[dynamodb:PutItem]", "[dynamodb:GetItem, dynamodb:UpdateItem]"] {
            assert_eq!(found_with(action, &[KEYS, PRESENT]), staff);
            assert_eq!(found_with(action, &[KEYS, NO_STAFF, PRESENT]), [""; 0]);
            let all_users = "ForAllValues:StringLike: {\"dynamodb:LeadingKeys\": [\"U*\"]}";
            assert_eq!(found_with(action, &[all_users, PRESENT]), staff);
            let others = "ForAllValues:StringLike: {\"dynamodb:LeadingKeys\": [\"OWNER#*\", TIERS]}";
            assert_eq!(found_with(action, &[others, PRESENT]), [""; 0]);
        }
        assert_eq!(found_with("[dynamodb:DeleteItem]", &[KEYS, PRESENT]), [""; 0]);
    }
}
