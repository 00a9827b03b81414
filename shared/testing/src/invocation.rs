//! Events that are not requests, as handlers get them.

use satchel_runtime::Invocation;

/// An invocation with `payload` that Lambda never ends.
#[must_use]
pub fn invocation<T>(payload: T) -> Invocation<T> {
    Invocation { payload, deadline: u64::MAX }
}
