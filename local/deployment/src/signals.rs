//! Metric filters and alarms of CloudWatch.

use std::collections::BTreeMap;

/// An `AWS::Logs::MetricFilter` with one transformation.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricFilter {
    /// Such as `{ $.level = "ERROR" }`.
    pub pattern: String,
    pub namespace: String,
    pub name: String,
    /// A number, or the selector of one in the line: `$.failed`.
    pub value: String,
}

/// A metric, as an alarm names it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmMetric {
    /// The name in the expression; empty if the alarm has no expression.
    pub id: String,
    pub namespace: String,
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
    /// `Sum`, `Maximum`, `p99` and so on.
    pub statistic: String,
}

/// An `AWS::CloudWatch::Alarm`.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    pub logical_id: String,
    pub description: String,
    pub metrics: Vec<AlarmMetric>,
    /// Combines the metrics. Without it, there is one metric.
    pub expression: Option<String>,
    /// Such as `GreaterThanThreshold`.
    pub comparison: String,
    pub threshold: f64,
    /// Whether a metric without data raises the alarm (`TreatMissingData: breaching`).
    pub missing_is_breaching: bool,
}
