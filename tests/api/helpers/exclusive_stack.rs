//! Stacks that one test at a time can use.

use std::ops::Deref;
use std::sync::{Mutex as Blocking, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{TestStack, stack_with};

/// Senders of mail. The sender changes nothing that these tests check, and a different parameter makes a different
/// stack.
const SENDERS: [&str; 4] =
    ["alone1@example.com", "alone2@example.com", "alone3@example.com", "alone4@example.com"];

static PERMITS: Semaphore = Semaphore::const_new(SENDERS.len());
/// The senders of running stacks that no test uses.
static FREE_SENDERS: Blocking<Vec<&str>> = Blocking::new(Vec::new());
/// The number of stacks that were started.
static STARTED: Blocking<usize> = Blocking::new(0);

/// A stack that no other test uses until this is dropped.
pub struct ExclusiveStack {
    stack: TestStack,
    sender: &'static str,
    _permit: SemaphorePermit<'static>,
}

/// Waits for a stack on which the test can count calls, inject faults and pause events without an effect on other
/// tests. Its table and its buckets are empty.
pub async fn exclusive_stack() -> ExclusiveStack {
    let permit = PERMITS.acquire().await.expect("the semaphore is open");
    let sender = free_sender();
    let stack = stack_with(&[("MailFrom", sender)]);
    stack.empty().await;
    ExclusiveStack { stack, sender, _permit: permit }
}

/// The sender of a free stack. Prefers one that is already running, because a stack takes a second to start.
fn free_sender() -> &'static str {
    if let Some(sender) = FREE_SENDERS.lock().unwrap_or_else(PoisonError::into_inner).pop() {
        return sender;
    }
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    *started += 1;
    SENDERS[*started - 1]
}

impl TestStack {
    /// Removes what an earlier test left, so that a test can count over the whole table.
    async fn empty(&self) {
        self.settled().await;
        self.delete_all_records().await;
        // The journal of these deletions is removed, too.
        self.settled().await;
        self.s3().empty().expect("the data folder can be written");
    }
}

impl Deref for ExclusiveStack {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

impl Drop for ExclusiveStack {
    /// Removes pauses and faults, even if the test failed.
    fn drop(&mut self) {
        self.stack.s3().resume_events();
        for function in self.stack.deployment().functions.values() {
            self.stack.calls().clear(&function.name);
        }
        FREE_SENDERS.lock().unwrap_or_else(PoisonError::into_inner).push(self.sender);
    }
}
