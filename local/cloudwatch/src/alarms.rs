//! Which alarms a set of metrics raises.

use std::collections::BTreeMap;

use local_deployment::{Alarm, AlarmMetric};

use crate::expression;
use crate::metrics::{Key, Metrics};

/// What `SERVICE_QUOTA` returns: Lambda's default limit of concurrent executions.
pub const ACCOUNT_CONCURRENCY: f64 = 1000.0;

/// The logical ids of the alarms that `metrics` raise, in the template's order. All values count, whenever they were
/// added.
///
/// # Errors
/// If an expression, a statistic or a comparison is not understood.
pub fn raised(alarms: &[Alarm], metrics: &Metrics) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for alarm in alarms {
        if is_raised(alarm, metrics).map_err(|problem| format!("{}: {problem}", alarm.logical_id))? {
            ids.push(alarm.logical_id.clone());
        }
    }
    Ok(ids)
}

fn is_raised(alarm: &Alarm, metrics: &Metrics) -> Result<bool, String> {
    let mut values = BTreeMap::new();
    for metric in &alarm.metrics {
        values.insert(metric.id.clone(), statistic(metric, metrics)?);
    }
    let value = match &alarm.expression {
        Some(expression) => expression::value(expression, &values, ACCOUNT_CONCURRENCY)?,
        None => values.into_values().next().flatten(),
    };
    let Some(value) = value else { return Ok(alarm.missing_is_breaching) };
    match alarm.comparison.as_str() {
        "GreaterThanThreshold" => Ok(value > alarm.threshold),
        "GreaterThanOrEqualToThreshold" => Ok(value >= alarm.threshold),
        "LessThanThreshold" => Ok(value < alarm.threshold),
        "LessThanOrEqualToThreshold" => Ok(value <= alarm.threshold),
        other => Err(format!("{other} is not supported")),
    }
}

/// `None` without data.
fn statistic(metric: &AlarmMetric, metrics: &Metrics) -> Result<Option<f64>, String> {
    let AlarmMetric { namespace, name, dimensions, .. } = metric.clone();
    let values = metrics.values(&Key { namespace, name, dimensions });
    let all = || values.iter().copied();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let count = values.len() as f64;
    if values.is_empty() {
        return Ok(None);
    }
    match metric.statistic.as_str() {
        "Sum" => Ok(Some(all().sum())),
        "Average" => Ok(Some(all().sum::<f64>() / count)),
        "Maximum" => Ok(all().reduce(f64::max)),
        "Minimum" => Ok(all().reduce(f64::min)),
        "SampleCount" => Ok(Some(count)),
        other => {
            let percent: f64 = other
                .strip_prefix('p')
                .and_then(|percent| percent.parse().ok())
                .ok_or_else(|| format!("the statistic {other} is not supported"))?;
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and the length"
            )]
            let place = (percent / 100.0 * count).ceil().max(1.0) as usize;
            Ok(sorted.get(place - 1).copied())
        }
    }
}

#[cfg(test)]
mod tests {
    use local_calls::Measures;

    use super::*;

    fn metric(id: &str, name: &str, statistic: &str) -> AlarmMetric {
        AlarmMetric {
            id: id.to_owned(),
            namespace: "n".to_owned(),
            name: name.to_owned(),
            dimensions: BTreeMap::new(),
            statistic: statistic.to_owned(),
        }
    }

    fn alarm(metric: AlarmMetric, comparison: &str, threshold: f64) -> Alarm {
        Alarm {
            logical_id: "A".to_owned(),
            description: String::new(),
            metrics: vec![metric],
            expression: None,
            comparison: comparison.to_owned(),
            threshold,
            missing_is_breaching: false,
        }
    }

    fn metrics(values: &[f64]) -> Metrics {
        let measures = Measures::default();
        for value in values {
            measures.put("n", "m", &[], *value);
        }
        Metrics::of(&[], &[], &measures.after(0).0).unwrap()
    }

    fn is_raised(alarm: Alarm, values: &[f64]) -> bool {
        !raised(&[alarm], &metrics(values)).unwrap().is_empty()
    }

    #[test]
    fn a_statistic_is_compared_with_the_threshold() {
        let values: Vec<f64> = (1..=200).map(f64::from).collect();
        for (statistic, value) in
            [("Sum", 20_100.0), ("Average", 100.5), ("Maximum", 200.0), ("Minimum", 1.0), ("p99", 198.0)]
        {
            let of = |comparison| alarm(metric("", "m", statistic), comparison, value);
            assert!(!is_raised(of("GreaterThanThreshold"), &values), "{statistic}");
            assert!(is_raised(of("GreaterThanOrEqualToThreshold"), &values), "{statistic}");
            assert!(is_raised(of("LessThanOrEqualToThreshold"), &values), "{statistic}");
        }
    }

    #[test]
    fn missing_data_raises_an_alarm_only_if_it_says_so() {
        let did_not_run = alarm(metric("", "m", "Sum"), "LessThanThreshold", 1.0);
        assert!(!is_raised(did_not_run.clone(), &[]));
        assert!(is_raised(Alarm { missing_is_breaching: true, ..did_not_run.clone() }, &[]));
        assert!(!is_raised(Alarm { missing_is_breaching: true, ..did_not_run }, &[1.0]));
    }

    #[test]
    fn an_expression_combines_metrics() {
        let of = |expression: &str| Alarm {
            metrics: vec![metric("a", "m", "Sum"), metric("b", "absent", "Sum")],
            expression: Some(expression.to_owned()),
            ..alarm(metric("", "", ""), "GreaterThanThreshold", 4.0)
        };
        assert!(is_raised(of("FILL(a, 0) + FILL(b, 0)"), &[2.0, 3.0]));
        assert!(!is_raised(of("a + b"), &[2.0, 3.0]));
        assert!(raised(&[of("ANOMALY(a)")], &metrics(&[1.0])).is_err());
    }
}
