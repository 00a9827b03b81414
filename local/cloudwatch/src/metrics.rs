//! Metrics, as CloudWatch would add them up from log lines and figures.

use std::collections::BTreeMap;

use local_calls::Measure;
use local_deployment::MetricFilter;
use serde_json::{Value, json};

use crate::filter::{Filter, field, path};

/// What identifies a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub namespace: String,
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
}

/// All values of each metric, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    values: BTreeMap<Key, Vec<f64>>,
}

impl Metrics {
    /// Adds up lines of the form `create-file | {"level":...}`, and figures.
    ///
    /// # Errors
    /// If a filter's pattern is not understood.
    pub fn of<'f>(
        lines: &[String],
        filters: &'f [MetricFilter],
        measures: &[Measure],
    ) -> Result<Self, String> {
        let parse = |filter: &'f MetricFilter| Ok((Filter::parse(&filter.pattern)?, filter));
        let filters: Vec<(Filter, &MetricFilter)> =
            filters.iter().map(parse).collect::<Result<_, String>>()?;
        let mut metrics = Self::default();
        for line in lines {
            let Some((function, text)) = line.split_once(" | ") else { continue };
            let Ok(line) = serde_json::from_str::<Value>(text) else { continue };
            metrics.add_embedded(&line);
            metrics.add_platform(function, &line);
            for (_, filter) in filters.iter().filter(|(pattern, _)| pattern.matches(&line)) {
                metrics.add_filtered(filter, &line);
            }
        }
        for measure in measures.iter().cloned() {
            let Measure { namespace, name, dimensions, value } = measure;
            metrics.add(Key { namespace, name, dimensions }, value);
        }
        Ok(metrics)
    }

    /// The values of a metric.
    #[must_use]
    pub fn values(&self, key: &Key) -> &[f64] {
        self.values.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The sum of a metric without dimensions.
    #[must_use]
    pub fn sum(&self, namespace: &str, name: &str) -> f64 {
        let dimensions = BTreeMap::new();
        self.values(&Key { namespace: namespace.to_owned(), name: name.to_owned(), dimensions }).iter().sum()
    }

    /// The names of the metrics in a namespace.
    #[must_use]
    pub fn names(&self, namespace: &str) -> Vec<&str> {
        let keys = self.values.keys().filter(|key| key.namespace == namespace);
        keys.map(|key| key.name.as_str()).collect()
    }

    /// Every metric with its sum, its highest value and the number of its values.
    #[must_use]
    pub fn report(&self) -> Value {
        let row = |(key, values): (&Key, &Vec<f64>)| {
            json!({
                "namespace": key.namespace,
                "name": key.name,
                "dimensions": key.dimensions,
                "sum": values.iter().sum::<f64>(),
                "maximum": values.iter().copied().reduce(f64::max),
                "count": values.len(),
            })
        };
        self.values.iter().map(row).collect()
    }

    pub(crate) fn add(&mut self, key: Key, value: f64) {
        self.values.entry(key).or_default().push(value);
    }

    /// A line in the embedded metric format.
    fn add_embedded(&mut self, line: &Value) {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
            let (namespace, metrics) = (&directive["Namespace"], &directive["Metrics"]);
            for name in metrics.as_array().into_iter().flatten().filter_map(|metric| metric["Name"].as_str())
            {
                let Some(value) = line[name].as_f64() else { continue };
                for set in directive["Dimensions"].as_array().into_iter().flatten() {
                    let names = set.as_array().into_iter().flatten().filter_map(Value::as_str);
                    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
                    let dimensions = names.map(|name| (name.to_owned(), text(name))).collect();
                    let namespace = namespace.as_str().unwrap_or_default().to_owned();
                    self.add(Key { namespace, name: name.to_owned(), dimensions }, value);
                }
            }
        }
    }

    /// A `platform.report`, from which Lambda's own metrics come, for each function and for all together.
    fn add_platform(&mut self, function: &str, line: &Value) {
        if line["type"] != "platform.report" {
            return;
        }
        let record = &line["record"];
        let is_error = f64::from(u8::from(record["status"] != "success"));
        let duration = record["metrics"]["durationMs"].as_f64().unwrap_or_default();
        for dimensions in [vec![], vec![("FunctionName", function)]] {
            let dimensions: BTreeMap<_, _> =
                dimensions.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            for (name, value) in [("Invocations", 1.0), ("Errors", is_error), ("Duration", duration)] {
                let (namespace, dimensions) = ("AWS/Lambda".to_owned(), dimensions.clone());
                self.add(Key { namespace, name: name.to_owned(), dimensions }, value);
            }
        }
    }

    fn add_filtered(&mut self, filter: &MetricFilter, line: &Value) {
        let value = match path(&filter.value) {
            Some(path) => field(line, &path).and_then(Value::as_f64),
            None => filter.value.parse().ok(),
        };
        if let Some(value) = value {
            let (namespace, name) = (filter.namespace.clone(), filter.name.clone());
            self.add(Key { namespace, name, dimensions: BTreeMap::new() }, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(namespace: &str, name: &str, function: Option<&str>) -> Key {
        let dimension = |function: &str| ("FunctionName".to_owned(), function.to_owned());
        let dimensions = function.map(dimension).into_iter().collect();
        Key { namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }

    fn metrics(lines: &[&str], filters: &[MetricFilter]) -> Metrics {
        let lines: Vec<_> = lines.iter().map(|line| format!("send-mail | {line}")).collect();
        Metrics::of(&lines, filters, &[]).unwrap()
    }

    #[test]
    fn a_line_in_the_embedded_format_gives_metrics() {
        let line = r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"satchel","Dimensions":[[]],
            "Metrics":[{"Name":"MailsSent","Unit":"Count"}]}]},"MailsSent":2,"Other":3}"#;
        let metrics = metrics(&[&line.replace('\n', ""), "no JSON"], &[]);
        assert_eq!(metrics.values(&key("satchel", "MailsSent", None)), [2.0]);
        assert_eq!(metrics.names("satchel"), ["MailsSent"]);
    }

    #[test]
    fn a_report_counts_an_invocation_and_its_error() {
        let report = |status: &str| {
            format!(
                r#"{{"type":"platform.report","record":{{"status":"{status}","metrics":{{"durationMs":4}}}}}}"#
            )
        };
        let metrics = metrics(&[&report("success"), &report("timeout"), &report("error")], &[]);
        for function in [None, Some("send-mail")] {
            assert_eq!(metrics.values(&key("AWS/Lambda", "Invocations", function)).len(), 3);
            assert_eq!(metrics.values(&key("AWS/Lambda", "Errors", function)), [0.0, 1.0, 1.0]);
            assert_eq!(metrics.values(&key("AWS/Lambda", "Duration", function)), [4.0; 3]);
        }
    }

    #[test]
    fn a_filter_counts_lines_or_takes_a_figure_from_them() {
        let filter = |value: &str, name: &str| MetricFilter {
            pattern: r#"{ $.message = "swept" }"#.to_owned(),
            namespace: "satchel".to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let lines =
            [r#"{"message":"swept","failed":7}"#, r#"{"message":"swept"}"#, r#"{"message":"request"}"#];
        let metrics = metrics(&lines, &[filter("1", "Runs"), filter("$.failed", "Failed")]);
        assert_eq!((metrics.sum("satchel", "Runs"), metrics.sum("satchel", "Failed")), (2.0, 7.0));
    }
}
