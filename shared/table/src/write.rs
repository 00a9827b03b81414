//! One conditional write of a record, alone or in a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};

use crate::keys::{Item, Key};

/// The attribute that contains the mark of the last single update of a record.
pub const MARK: &str = "last_update";

/// A put, update, delete or check of one record, with its condition.
///
/// In an expression, `#name` stands for the attribute `name`, because DynamoDB reserves many of our
/// attributes' names.
#[derive(Debug, Clone)]
pub struct Write {
    action: Action,
    condition: Option<String>,
    values: HashMap<String, AttributeValue>,
}

#[derive(Debug, Clone)]
enum Action {
    Put(Item),
    Update(Key, String),
    Delete(Key),
    Check(Key),
}

impl Write {
    /// Stores a whole record, in place of one with the same key.
    #[must_use]
    pub fn put(item: Item) -> Self {
        Self::new(Action::Put(item))
    }

    /// Changes a record by an update expression.
    #[must_use]
    pub fn update(key: Key, expression: &str) -> Self {
        Self::new(Action::Update(key, expression.to_owned()))
    }

    /// Deletes a record, if it exists.
    #[must_use]
    pub fn delete(key: Key) -> Self {
        Self::new(Action::Delete(key))
    }

    /// Changes nothing, but makes a transaction depend on the condition.
    #[must_use]
    pub fn check(key: Key) -> Self {
        Self::new(Action::Check(key))
    }

    fn new(action: Action) -> Self {
        Self { action, condition: None, values: HashMap::new() }
    }

    /// Adds a condition: the write fails unless `condition` holds.
    #[must_use]
    pub fn when(mut self, condition: &str) -> Self {
        self.condition = Some(condition.to_owned());
        self
    }

    /// Sets the value of `name` (such as `:limit`) in the expressions.
    #[must_use]
    pub fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Like [`value`](Self::value), for a text.
    #[must_use]
    pub fn text(self, name: &str, text: impl ToString) -> Self {
        self.value(name, AttributeValue::S(text.to_string()))
    }

    /// Like [`value`](Self::value), for a number.
    #[must_use]
    pub fn number(self, name: &str, number: impl ToString) -> Self {
        self.value(name, AttributeValue::N(number.to_string()))
    }

    /// Like [`value`](Self::value), for a boolean.
    #[must_use]
    pub fn flag(self, name: &str, flag: bool) -> Self {
        self.value(name, AttributeValue::Bool(flag))
    }

    /// Stores `mark` in the updated record, as [`MARK`]; the update does not run again where it finds its own
    /// mark.
    #[must_use]
    pub fn marked(mut self, mark: &str) -> Self {
        if let Action::Update(_, expression) = &mut self.action {
            let set = format!("SET #{MARK} = :mark");
            *expression = match expression.split_once("SET ") {
                Some((before, after)) => format!("{before}{set}, {after}"),
                None => format!("{expression} {set}"),
            };
        }
        let not_yet = format!("(attribute_not_exists(#{MARK}) OR #{MARK} <> :mark)");
        self.condition = Some(match self.condition {
            Some(condition) => format!("({condition}) AND {not_yet}"),
            None => not_yet,
        });
        self.text(":mark", mark)
    }

    /// Builds a single `UpdateItem` request; if its condition fails, the error contains the record. Only for updates.
    #[must_use]
    pub fn into_update(self, request: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
        let Self { action: Action::Update(key, expression), condition, values } = self else {
            unreachable!("only updates are made alone")
        };
        request
            .set_key(Some(key.item()))
            .set_expression_attribute_names(names_in(&[
                &expression,
                condition.as_deref().unwrap_or_default(),
            ]))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// Builds a part of a transaction; if its condition fails, the cancellation reason contains the record.
    #[must_use]
    pub fn in_transaction(self, table: &str) -> TransactWriteItem {
        let all_old = ReturnValuesOnConditionCheckFailure::AllOld;
        let Self { action, condition, values } = self;
        let update = if let Action::Update(_, expression) = &action { expression.as_str() } else { "" };
        let names = names_in(&[update, condition.as_deref().unwrap_or_default()]);
        let values = Some(values).filter(|values| !values.is_empty());
        let item = TransactWriteItem::builder();
        match action {
            Action::Put(record) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(record))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .expect("table and item are set"),
            ),
            Action::Update(key, expression) => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key.item()))
                    .update_expression(expression)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .expect("table, key and expression are set"),
            ),
            Action::Delete(key) => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.item()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .expect("table and key are set"),
            ),
            Action::Check(key) => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.item()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .expect("table, key and condition are set"),
            ),
        }
        .build()
    }
}

/// Maps every `#name` in the expressions to the attribute `name`.
#[must_use]
pub fn names_in(expressions: &[&str]) -> Option<HashMap<String, String>> {
    let mut names = HashMap::new();
    for expression in expressions {
        for part in expression.split('#').skip(1) {
            let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(part.len());
            names.insert(format!("#{}", &part[..end]), part[..end].to_owned());
        }
    }
    Some(names).filter(|names| !names.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_all_expressions_are_collected() {
        let names =
            names_in(&["SET #status = :s, #size = :n", "#status = :old AND attribute_exists(pk)"]).unwrap();
        let expected = [("#status", "status"), ("#size", "size")];
        assert_eq!(names, expected.map(|(name, attribute)| (name.to_owned(), attribute.to_owned())).into());
        assert_eq!(names_in(&["attribute_exists(pk)"]), None);
    }
}
