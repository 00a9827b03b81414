//! `AWS::Logs::MetricFilter` and `AWS::CloudWatch::Alarm`.

use std::collections::BTreeMap;

use local_deployment::{Alarm, AlarmMetric, MetricFilter};

use super::document::Resource;
use super::error::Checked;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::{ALARM, METRIC_FILTER};

/// Times, actions and names, which make no difference to the question what raises an alarm.
const ALARM_IGNORED: [&str; 12] = [
    "ActionsEnabled",
    "AlarmActions",
    "AlarmName",
    "DatapointsToAlarm",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "InsufficientDataActions",
    "OKActions",
    "Period",
    "Tags",
    "ThresholdMetricId",
    "Unit",
];

/// All metric filters. They apply to every line, whichever log group they name.
pub(super) fn filters(scope: &Scope) -> Checked<Vec<MetricFilter>> {
    let mut filters = Vec::new();
    for resource in resources::of_type(scope, METRIC_FILTER)? {
        let supported = ["FilterPattern", "MetricTransformations"];
        let properties = Properties::of(scope, resource, &supported, &["FilterName", "LogGroupName"])?;
        let pattern = properties.required_text("FilterPattern")?;
        for transformation in properties.mappings("MetricTransformations")? {
            let supported = ["MetricName", "MetricNamespace", "MetricValue"];
            transformation.only(&supported, &["DefaultValue", "Unit"])?;
            filters.push(MetricFilter {
                pattern: pattern.clone(),
                namespace: transformation.required_text("MetricNamespace")?,
                name: transformation.required_text("MetricName")?,
                value: transformation.required_text("MetricValue")?,
            });
        }
    }
    Ok(filters)
}

/// All alarms.
pub(super) fn alarms(scope: &Scope) -> Checked<Vec<Alarm>> {
    resources::of_type(scope, ALARM)?.into_iter().map(|resource| alarm(scope, resource)).collect()
}

fn alarm(scope: &Scope, resource: &Resource) -> Checked<Alarm> {
    const SUPPORTED: [&str; 11] = [
        "AlarmDescription",
        "ComparisonOperator",
        "Dimensions",
        "ExtendedStatistic",
        "MetricName",
        "Metrics",
        "Namespace",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
    ];
    let properties = Properties::of(scope, resource, &SUPPORTED, &ALARM_IGNORED)?;
    let (mut metrics, mut expression) = (Vec::new(), None);
    for entry in properties.mappings("Metrics")? {
        entry.only(&["Expression", "Id", "MetricStat"], &["Label", "Period", "ReturnData"])?;
        let id = entry.required_text("Id")?;
        match entry.mapping("MetricStat")? {
            None => expression = Some(entry.required_text("Expression")?),
            Some(stat) => {
                stat.only(&["Metric", "Stat"], &["Period", "Unit"])?;
                let metric = stat.mapping("Metric")?;
                let metric = metric.ok_or_else(|| stat.problem("`Metric` is missing"))?;
                metric.only(&["Dimensions", "MetricName", "Namespace"], &[])?;
                metrics.push(self::metric(&metric, id, stat.required_text("Stat")?)?);
            }
        }
    }
    if metrics.is_empty() {
        let statistic = match properties.text("ExtendedStatistic")? {
            Some(percentile) => percentile,
            None => properties.required_text("Statistic")?,
        };
        metrics.push(metric(&properties, String::new(), statistic)?);
    }
    let threshold = properties.required_text("Threshold")?;
    let threshold = threshold.parse().map_err(|_| properties.problem_of("Threshold", "must be a number"))?;
    Ok(Alarm {
        logical_id: resource.id.clone(),
        description: properties.text("AlarmDescription")?.unwrap_or_default(),
        metrics,
        expression,
        comparison: properties.required_text("ComparisonOperator")?,
        threshold,
        missing_is_breaching: properties.text("TreatMissingData")?.as_deref() == Some("breaching"),
    })
}

/// The metric that `properties` name.
fn metric(properties: &Properties, id: String, statistic: String) -> Checked<AlarmMetric> {
    let mut dimensions = BTreeMap::new();
    for dimension in properties.mappings("Dimensions")? {
        dimension.only(&["Name", "Value"], &[])?;
        dimensions.insert(dimension.required_text("Name")?, dimension.required_text("Value")?);
    }
    let (namespace, name) = (properties.required_text("Namespace")?, properties.required_text("MetricName")?);
    Ok(AlarmMetric { id, namespace, name, dimensions, statistic })
}
