//! Events that are not HTTP requests, as handlers get them.

use satchel_runtime::Invocation;

/// An invocation with `payload` and without a deadline.
#[must_use]
pub fn invocation<T>(payload: T) -> Invocation<T> {
    Invocation { payload, deadline: u64::MAX }
}
