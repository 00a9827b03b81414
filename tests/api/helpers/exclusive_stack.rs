//! Stacks that one test at a time has for itself.

use std::ops::Deref;
use std::sync::{Mutex as Blocking, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{TestStack, stack_with};

/// Senders of mail: a parameter of no account, which makes each of these stacks another one.
const SENDERS: [&str; 4] =
    ["alone1@example.com", "alone2@example.com", "alone3@example.com", "alone4@example.com"];

static TURNS: Semaphore = Semaphore::const_new(SENDERS.len());
static FREE: Blocking<Vec<&str>> = Blocking::new(Vec::new());
static UNUSED: Blocking<usize> = Blocking::new(0);

/// A stack of one test, until this is dropped.
pub struct ExclusiveStack {
    stack: TestStack,
    sender: &'static str,
    _turn: SemaphorePermit<'static>,
}

/// A stack on which calls are counted, faults are injected and events are held back without others noticing.
pub async fn exclusive_stack() -> ExclusiveStack {
    let turn = TURNS.acquire().await.expect("turns go on");
    let sender = free_sender();
    ExclusiveStack { stack: stack_with(&[("MailFrom", sender)]), sender, _turn: turn }
}

/// One that was used before, if there is one: a stack takes a second to start.
fn free_sender() -> &'static str {
    if let Some(sender) = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop() {
        return sender;
    }
    let mut unused = UNUSED.lock().unwrap_or_else(PoisonError::into_inner);
    *unused += 1;
    SENDERS[*unused - 1]
}

impl Deref for ExclusiveStack {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

impl Drop for ExclusiveStack {
    /// The next test finds the stack as it should be, however this one ended.
    fn drop(&mut self) {
        self.stack.s3().resume_events();
        for function in self.stack.deployment().functions.values() {
            self.stack.calls().clear(&function.name);
        }
        FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self.sender);
    }
}
