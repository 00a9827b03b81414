//! Compares operations: their existence, sign-in, parameters, bodies, statuses and headers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schemas::{Comparison, Direction};
use crate::contract::{Document, Operation};
use crate::template::normalised;

/// All breaking changes of all operations.
pub(super) fn compare(old: &Document, new: &Document) -> Vec<String> {
    let current: BTreeMap<String, Operation<'_>> =
        new.operations().map(|operation| (normalised(&operation.key()), operation)).collect();
    let mut found = Vec::new();
    for operation in old.operations() {
        match current.get(&normalised(&operation.key())) {
            None => found.push(format!("{operation} is removed")),
            Some(now) => {
                let mut pair = Pair { old, new, was: operation, now: *now, found: &mut found };
                pair.compare_access();
                pair.compare_parameters();
                pair.compare_body();
                pair.compare_responses();
            }
        }
    }
    found
}

/// One operation in both documents.
struct Pair<'a> {
    old: &'a Document,
    new: &'a Document,
    was: Operation<'a>,
    now: Operation<'a>,
    found: &'a mut Vec<String>,
}

impl<'a> Pair<'a> {
    fn report(&mut self, what: &str) {
        self.found.push(format!("{}: {what}", self.was));
    }

    fn compare_access(&mut self) {
        if is_open(self.old, self.was) && !is_open(self.new, self.now) {
            self.report("it requires sign-in now");
        }
    }

    fn compare_parameters(&mut self) {
        let (known, current) = (parameters(self.old, self.was), parameters(self.new, self.now));
        for (key, parameter) in &current {
            let was_required = known.get(key).is_some_and(|known| known["required"] == true);
            if parameter["required"] == true && !was_required {
                self.report(&format!("the {} is required now", shown(key)));
            }
        }
        for (key, parameter) in &known {
            match current.get(key) {
                None => self.report(&format!("the {} is removed", shown(key))),
                Some(now) => {
                    self.compare_schemas(
                        Direction::Request,
                        &shown(key),
                        &parameter["schema"],
                        &now["schema"],
                    );
                }
            }
        }
    }

    fn compare_body(&mut self) {
        let was = self.old.resolve(&self.was.definition["requestBody"]);
        let now = self.new.resolve(&self.now.definition["requestBody"]);
        if now["required"] == true && was["required"] != true {
            self.report("the request body is required now");
        }
        self.compare_content(Direction::Request, "request", &was["content"], &now["content"]);
    }

    fn compare_responses(&mut self) {
        for (status, response) in self.was.responses() {
            let Some(now) = self.now.definition["responses"].get(status) else {
                self.report(&format!("the status {status} is removed"));
                continue;
            };
            let (was, now) = (self.old.resolve(response), self.new.resolve(now));
            for (name, _) in was["headers"].as_object().into_iter().flatten() {
                if now["headers"].get(name).is_none() {
                    self.report(&format!("the header {name} of {status} is removed"));
                }
            }
            self.compare_content(Direction::Response, status, &was["content"], &now["content"]);
        }
    }

    fn compare_content(&mut self, direction: Direction, place: &str, was: &'a Value, now: &'a Value) {
        for (media_type, content) in was.as_object().into_iter().flatten() {
            let place = format!("{place} {media_type}");
            match now.get(media_type) {
                None => self.report(&format!("{place} is removed")),
                Some(now) => self.compare_schemas(direction, &place, &content["schema"], &now["schema"]),
            }
        }
    }

    fn compare_schemas(&mut self, direction: Direction, place: &str, was: &Value, now: &Value) {
        for what in Comparison::new(self.old, self.new, direction).differences(was, now) {
            self.report(&format!("{place}{what}"));
        }
    }
}

/// Whether a request without sign-in is accepted.
fn is_open(document: &Document, operation: Operation<'_>) -> bool {
    let own = operation.definition.get("security");
    let schemes = own.or_else(|| document.root().get("security")).and_then(Value::as_array);
    schemes.is_none_or(|schemes| {
        schemes.is_empty() || schemes.iter().any(|scheme| *scheme == serde_json::json!({}))
    })
}

/// Parameters by place and name. Those of the path are the same under every name.
fn parameters<'a>(
    document: &'a Document,
    operation: Operation<'a>,
) -> BTreeMap<(&'a str, &'a str), &'a Value> {
    let all = operation.parameters().map(|parameter| document.resolve(parameter));
    let key = |parameter: &'a Value| Some((parameter["in"].as_str()?, parameter["name"].as_str()?));
    all.filter_map(|parameter| Some((key(parameter)?, parameter)))
        .filter(|((place, _), _)| *place != "path")
        .collect()
}

fn shown((place, name): &(&str, &str)) -> String {
    format!("{place} parameter {name}")
}
