//! The examples of the contract.

use serde_json::Value;
use xtask::contract::document::reference;

use super::Contract;
use super::operations::escaped;

impl Contract {
    /// The examples that do not match their schemas, each with its place and the reason.
    pub fn wrong_examples(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        self.visit(self.document.root(), "", &mut wrong);
        wrong
    }

    /// Checks the examples beside each `schema`.
    fn visit(&self, value: &Value, pointer: &str, wrong: &mut Vec<String>) {
        if value.get("schema").is_some_and(Value::is_object) {
            let examples = value["examples"].as_object().into_iter().flatten();
            let examples = examples.map(|(_, example)| &self.document.resolve(example)["value"]);
            for example in examples.chain(value.get("example")) {
                if let Err(error) = self.schemas.check(&format!("{pointer}/schema"), example) {
                    wrong.push(format!("{pointer}: {error}"));
                }
            }
        } else if reference(value).is_none() {
            let members = value.as_object().into_iter().flatten();
            for (key, member) in members {
                self.visit(member, &format!("{pointer}/{}", escaped(key)), wrong);
            }
            for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                self.visit(item, &format!("{pointer}/{place}"), wrong);
            }
        }
    }
}
