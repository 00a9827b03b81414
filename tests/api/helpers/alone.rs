//! A stack that one test at a time has for itself.

use std::ops::Deref;

use tokio::sync::{Mutex, MutexGuard};

use super::{TestStack, stack_with};

static TURN: Mutex<()> = Mutex::const_new(());

/// A stack of one test, until this is dropped.
pub struct Alone {
    stack: TestStack,
    _turn: MutexGuard<'static, ()>,
}

/// A stack on which calls are counted, faults are injected and events are held back without others noticing.
pub async fn stack_alone() -> Alone {
    let turn = TURN.lock().await;
    // The parameter is of no account: it only makes this stack another one.
    Alone { stack: stack_with(&[("MailFrom", "alone@example.com")]), _turn: turn }
}

impl Deref for Alone {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

impl Drop for Alone {
    /// The next test finds the stack as it should be, however this one ended.
    fn drop(&mut self) {
        self.stack.s3().resume_events();
        for function in self.stack.deployment().functions.values() {
            self.stack.calls().clear(&function.name);
        }
    }
}
