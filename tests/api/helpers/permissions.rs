//! Records which permissions the functions of all stacks have and use. `.ci/permissions` reads the files.

use std::io::{Write as _, stderr};
use std::sync::LazyLock;

use local::Stack;
use local::permissions::{Noted, Permission};
use serde_json::json;

use super::run_record::RunRecord;

static RECORD: LazyLock<RunRecord> = LazyLock::new(|| RunRecord::start("used-permissions"));

/// Records everything that `stack` grants, uses and denies, from its start. Each line is written before the call is
/// answered, so none is missing when the run ends.
pub fn note_permissions(stack: &Stack) {
    stack.permissions().watch(|noted| {
        if let Noted::Denied(denied) = noted {
            // `eprintln!` would show the text in the output of the test that started the stack.
            let Permission { function, action, resource, keys } = denied;
            let keys = keys.as_ref().map(|keys| format!(" with the key {keys}")).unwrap_or_default();
            _ = writeln!(stderr(), "{function} was denied {action} on {resource}{keys}");
        }
        RECORD.note(&json!(noted));
    });
}
