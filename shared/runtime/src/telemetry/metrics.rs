//! Metrics of CloudWatch, which functions write as log lines (the embedded metric format). No call of AWS is needed.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::sync::Arc;

use satchel_model::clock::Clock;
use serde_json::{Map, Value, json};

use super::{line, run};
use crate::{StartError, Wired, Wiring};

/// A metric. Each costs the same in CloudWatch, so there are few, and none has a dimension.
///
/// docs/operations.md explains them. The template's metric filters add `ColdStarts`, `FunctionErrors` and
/// `LoggedErrors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Mails that SES took.
    MailsSent,
    /// Mails that SES refused although the address may be valid: an operator must do something.
    MailsRefused,
    /// Mails whose address SES rejects.
    MailsRejected,
    /// Addresses that bounced or complained.
    MailsBounced,
    /// Files and images that were announced or sent in a form.
    UploadsAnnounced,
    /// Uploads that became ready.
    UploadsReady,
    /// Uploads whose bytes did not arrive in time.
    UploadsExpired,
    /// Uploads with another type or size than announced.
    UploadsMismatched,
    /// Images that cannot be decoded, or only with too much time or memory.
    UploadsUndecodable,
    /// Uploads that S3 refuses to read.
    UploadsUnreadable,
    /// How long it took to make the thumbnails of one image.
    ThumbnailMilliseconds,
    /// Uploads whose event was lost, which the sweep settled.
    SweepSettled,
    /// Records that a sweep could not process.
    SweepFailed,
    /// Hours since the last run of the audit. Each sweep writes it.
    AuditAgeHours,
    /// What an audit found.
    AuditFindings,
    /// Bytes that all accounts use, as an audit added them up.
    BytesUsed,
}

impl Metric {
    /// CloudWatch's name of the metric.
    #[must_use]
    pub fn name(self) -> String {
        // The names of the variants are the names of the metrics.
        format!("{self:?}")
    }

    fn unit(self) -> &'static str {
        match self {
            Self::ThumbnailMilliseconds => "Milliseconds",
            Self::BytesUsed => "Bytes",
            Self::AuditAgeHours => "None",
            _ => "Count",
        }
    }
}

/// Writes metrics to the log.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// The namespace, which is the stack's name; without one, nothing is written.
    namespace: Option<Arc<str>>,
    clock: Clock,
}

impl Wired for Metrics {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let namespace = wiring.ambient("METRICS_NAMESPACE").map(Arc::from);
        Ok(Self { namespace, clock: wiring.clock() })
    }
}

impl Metrics {
    /// Counts one occurrence.
    pub fn count(&self, metric: Metric) {
        self.put(&[(metric, 1)]);
    }

    /// Writes the values that are not 0. A metric without values costs nothing.
    pub fn put_found(&self, values: &[(Metric, u64)]) {
        let found: Vec<_> = values.iter().copied().filter(|(_, value)| *value > 0).collect();
        self.put(&found);
    }

    /// Writes all values in one line.
    pub fn put(&self, values: &[(Metric, u64)]) {
        if let Some(namespace) = self.namespace.as_deref().filter(|_| !values.is_empty()) {
            line::write(&line(namespace, self.clock.now().as_millisecond(), values).to_string());
        }
    }
}

fn line(namespace: &str, now: i64, values: &[(Metric, u64)]) -> Value {
    let metrics: Vec<_> =
        values.iter().map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()})).collect();
    let directive = json!({"Namespace": namespace, "Dimensions": [[]], "Metrics": metrics});
    let mut line = Map::new();
    line.insert("_aws".to_owned(), json!({"Timestamp": now, "CloudWatchMetrics": [directive]}));
    line.extend(values.iter().map(|(metric, value)| (metric.name(), Value::from(*value))));
    line.extend(run::request_id().map(|id| ("request_id".to_owned(), Value::from(id))));
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_the_embedded_metric_format() {
        let mut line = line("satchel", 1_773_342_238_000, &[(Metric::BytesUsed, 7), (Metric::MailsSent, 1)]);
        line.as_object_mut().unwrap().remove("request_id");
        let metrics = json!([{"Name": "BytesUsed", "Unit": "Bytes"}, {"Name": "MailsSent", "Unit": "Count"}]);
        let directive = json!({"Namespace": "satchel", "Dimensions": [[]], "Metrics": metrics});
        let aws = json!({"Timestamp": 1_773_342_238_000_i64, "CloudWatchMetrics": [directive]});
        assert_eq!(line, json!({"_aws": aws, "BytesUsed": 7, "MailsSent": 1}));
    }
}
