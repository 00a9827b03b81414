//! What the functions have used since the stack started: the calls and capacity units that AWS charges for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::call::{Call, Service};

/// What one function has used.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Number of finished calls, by service and operation, such as `s3` and `PutObject`.
    pub calls: BTreeMap<Service, BTreeMap<String, usize>>,
    /// DynamoDB read capacity units.
    pub read_units: f64,
    /// DynamoDB write capacity units.
    pub write_units: f64,
}

impl Usage {
    /// Adds a finished call.
    pub(super) fn add(&mut self, call: &Call) {
        *self.calls.entry(call.service).or_default().entry(call.operation.clone()).or_default() += 1;
        self.read_units += call.read_units;
        self.write_units += call.write_units;
    }

    /// Number of finished calls of `operation`, of any service.
    pub(super) fn count(&self, operation: &str) -> usize {
        self.calls.values().filter_map(|operations| operations.get(operation)).sum()
    }
}
