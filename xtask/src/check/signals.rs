//! Alarms and the dashboard name metrics that exist, and every alarm has a page and a test.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::problem::Problem;
use crate::sources::Sources;
use crate::template::TEMPLATE;
use crate::yaml::{self, Node};

/// The page with a section for each alarm.
const PAGE: &str = "docs/operations.md";
/// Where functions name the metrics that they write.
const METRICS: &str = "shared/runtime/src/telemetry/metrics.rs";
const TESTS: &str = "tests/api";
/// The namespace of the stack's own metrics, as the template writes it.
const OWN: &str = "AWS::StackName";
/// How many metrics of its own and how many alarms a stack may have: each costs money.
const MOST: usize = 20;

/// The metrics of AWS that are used, from the documentation of each service.
const OF_AWS: [(&str, &[&str]); 8] = [
    ("AWS/ApiGateway", &["Count", "4xx", "5xx", "Latency", "IntegrationLatency"]),
    (
        "AWS/Lambda",
        &["Invocations", "Errors", "Duration", "Throttles", "ConcurrentExecutions", "IteratorAge"],
    ),
    (
        "AWS/DynamoDB",
        &[
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        ],
    ),
    ("AWS/SQS", &["ApproximateNumberOfMessagesVisible"]),
    ("AWS/SES", &["Reputation.BounceRate", "Reputation.ComplaintRate"]),
    ("AWS/S3", &["BucketSizeBytes"]),
    ("AWS/CloudFront", &["Requests", "4xxErrorRate", "5xxErrorRate"]),
    ("AWS/Usage", &["ResourceCount"]),
];

pub(super) fn check(sources: &Sources) -> Vec<Problem> {
    // `Template::read` reports a template that is missing or no YAML.
    let Some(Ok(root)) = sources.get(TEMPLATE).map(yaml::parse) else { return Vec::new() };
    let resources = root.get("Resources").map(Node::entries).unwrap_or_default();
    let of_type = |kind: &'static str| {
        resources.iter().filter(move |(.., node)| node.get("Type").and_then(Node::text) == Some(kind))
    };
    let mut own: BTreeSet<String> = written(sources);
    for (.., node) in of_type("AWS::Logs::MetricFilter") {
        let list = node.at(&["Properties", "MetricTransformations"]);
        let Some(yaml::Value::List(items)) = list.map(|list| &list.value) else { continue };
        own.extend(items.iter().filter_map(|item| Some(item.get("MetricName")?.text()?.to_owned())));
    }
    let mut problems = Vec::new();
    let alarms = of_type("AWS::CloudWatch::Alarm").count();
    for (count, what) in [(own.len(), "metrics"), (alarms, "alarms")] {
        if count > MOST {
            let what = format!("the stack has {count} {what}, more than {MOST}");
            problems.push(Problem::new(TEMPLATE, 0, what, "Each costs money: remove one."));
        }
    }
    for (id, line, node) in of_type("AWS::CloudWatch::Alarm") {
        problems.extend(alarm(sources, id, *line, node));
        problems.extend(named_in(node).into_iter().filter_map(|(line, named)| unknown(&own, line, &named)));
    }
    let mut shown = BTreeSet::new();
    let mut line_of_dashboard = 0;
    for (_, line, node) in of_type("AWS::CloudWatch::Dashboard") {
        line_of_dashboard = *line;
        match dashboard(node) {
            Ok(named) => {
                problems.extend(named.iter().filter_map(|named| unknown(&own, *line, named)));
                shown.extend(named.into_iter().filter(|named| named.0 == OWN).map(|named| named.1));
            }
            Err(what) => problems.push(Problem::new(TEMPLATE, *line, what, "Correct the body.")),
        }
    }
    if line_of_dashboard > 0 {
        problems.extend(own.difference(&shown).map(|name| {
            let what = format!("the dashboard does not show {name}");
            Problem::new(TEMPLATE, line_of_dashboard, what, "Add it to a widget.")
        }));
    }
    problems
}

/// A namespace and a metric.
type Named = (String, String);

/// The metrics that functions write: the variants of `Metric`.
fn written(sources: &Sources) -> BTreeSet<String> {
    let text = sources.get(METRICS).unwrap_or_default();
    let variants = text.split_once("pub enum Metric {").and_then(|(_, rest)| rest.split_once("\n}"));
    let lines = variants.map(|(variants, _)| variants).unwrap_or_default().lines();
    lines.filter_map(|line| Some(line.trim().strip_suffix(',')?.to_owned())).collect()
}

/// An alarm names its section of the page, which exists, and a test names the alarm.
fn alarm(sources: &Sources, id: &str, line: usize, node: &Node) -> Vec<Problem> {
    let mut problems = Vec::new();
    let description = node.at(&["Properties", "AlarmDescription"]).and_then(Node::text).unwrap_or_default();
    let anchor = description.rsplit_once(&format!("{PAGE}#")).map(|(_, anchor)| anchor);
    match anchor {
        None => {
            let remedy = format!("End its AlarmDescription with {PAGE}#alarm-<name>.");
            problems.push(Problem::new(TEMPLATE, line, format!("{id} names no page"), remedy));
        }
        Some(anchor) => {
            let page = sources.get(PAGE);
            let has_section = |page: &str| page.lines().any(|line| slug(line).as_deref() == Some(anchor));
            if page.is_some_and(|page| !has_section(page)) {
                let what = format!("{id}: {PAGE} has no section #{anchor}");
                problems.push(Problem::new(TEMPLATE, line, what, "Write what to do in that section."));
            }
        }
    }
    let quoted = format!("\"{id}\"");
    if !sources.below(TESTS).any(|(_, text)| text.contains(&quoted)) {
        let what = format!("no test in {TESTS} raises {id}");
        problems.push(Problem::new(TEMPLATE, line, what, "Raise it by its cause in alarms.rs."));
    }
    problems
}

/// The anchor that GitHub gives a heading.
fn slug(line: &str) -> Option<String> {
    let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))?;
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
}

/// Every metric that is named inside a resource, with its line.
fn named_in(node: &Node) -> Vec<(usize, Named)> {
    let text = |key: &str| Some(node.get(key)?.text()?.to_owned());
    let mut named = Vec::new();
    if let (Some(namespace), Some(name)) = (text("Namespace"), text("MetricName")) {
        named.push((node.line, (namespace, name)));
    }
    let inner: Vec<&Node> = match &node.value {
        yaml::Value::List(items) => items.iter().collect(),
        yaml::Value::Map(entries) => entries.iter().map(|(.., node)| node).collect(),
        yaml::Value::Text(_) => Vec::new(),
    };
    named.extend(inner.into_iter().flat_map(named_in));
    named
}

/// The metrics that the widgets name.
fn dashboard(node: &Node) -> Result<Vec<Named>, String> {
    let body = node.at(&["Properties", "DashboardBody"]).ok_or("the dashboard has no body")?;
    let text = match &body.value {
        yaml::Value::List(items) => items.first().and_then(Node::text),
        _ => body.text(),
    };
    let text = text.ok_or("the body of the dashboard is no text")?;
    let body: Value =
        serde_json::from_str(text).map_err(|error| format!("the dashboard is no JSON: {error}"))?;
    let mut named = Vec::new();
    for widget in body["widgets"].as_array().ok_or("the dashboard has no widgets")? {
        let metrics = widget["properties"]["metrics"].as_array();
        for metric in metrics.ok_or_else(|| format!("a widget has no metrics: {widget}"))? {
            if let (Some(namespace), Some(name)) = (metric[0].as_str(), metric[1].as_str()) {
                let namespace = if namespace == "${AWS::StackName}" { OWN } else { namespace };
                named.push((namespace.to_owned(), name.to_owned()));
            } else {
                named.push(searched(metric[0]["expression"].as_str().unwrap_or_default())?);
            }
        }
    }
    Ok(named)
}

/// The metric of `SEARCH('{AWS/Lambda,FunctionName} MetricName="Errors" ...', ...)`.
fn searched(expression: &str) -> Result<Named, String> {
    let find = || {
        let namespace = expression.strip_prefix("SEARCH('{")?.split([',', '}']).next()?;
        let name = expression.split_once("MetricName=\"")?.1.split('"').next()?;
        Some((namespace.to_owned(), name.to_owned()))
    };
    find().ok_or_else(|| format!("not understood: {expression}"))
}

fn unknown(own: &BTreeSet<String>, line: usize, (namespace, name): &Named) -> Option<Problem> {
    let of_aws = OF_AWS.iter().find(|(known, _)| known == namespace).map(|(_, names)| names);
    let is_known = match of_aws {
        Some(names) => names.contains(&name.as_str()),
        None => namespace == OWN && own.contains(name),
    };
    let what = format!("nothing writes the metric {name} of {namespace}");
    (!is_known).then(|| Problem::new(TEMPLATE, line, what, "Correct the name, or write the metric."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::found;

    const ALARM: &str = "\
Resources:
  NotesAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: No note. docs/operations.md#alarm-notes
      Namespace: !Ref AWS::StackName
      MetricName: NotesLost
  Dashboard:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub
        - |
          {\"widgets\": [{\"properties\": {\"metrics\": [
            [\"${AWS::StackName}\", \"NotesLost\"], [\"AWS/Lambda\", \"Errors\"],
            [{\"expression\": \"SEARCH('{AWS/Lambda,FunctionName} MetricName=\\\"Duration\\\" a', 'p99', 300)\"}]
          ]}}]}
        - {Table: !Ref Table}
";

    fn sources() -> Sources {
        let mut sources = Sources::default();
        sources.put(TEMPLATE, ALARM);
        sources.put(METRICS, "pub enum Metric {\n    /// Lost.\n    NotesLost,\n}\n");
        sources.put(PAGE, "# Operations\n\n### Alarm: notes\n");
        sources.put("tests/api/alarms.rs", "raises(\"NotesAlarm\")");
        sources
    }

    fn found_after(change: impl FnOnce(&mut Sources)) -> Vec<String> {
        let mut sources = sources();
        change(&mut sources);
        found(&check(&sources))
    }

    #[test]
    fn an_alarm_with_page_test_and_metric_is_in_order() {
        assert_eq!(found_after(|_| ()), [""; 0]);
    }

    #[test]
    fn what_an_alarm_lacks_is_named() {
        let without_page = |sources: &mut Sources| sources.put(PAGE, "# Operations\n");
        assert_eq!(found_after(without_page), ["NotesAlarm: docs/operations.md has no section #alarm-notes"]);
        let without_anchor = |sources: &mut Sources| sources.put(TEMPLATE, ALARM.replace("#alarm-notes", ""));
        assert_eq!(found_after(without_anchor), ["NotesAlarm names no page"]);
        let without_test = |sources: &mut Sources| sources.put("tests/api/alarms.rs", "");
        assert_eq!(found_after(without_test), ["no test in tests/api raises NotesAlarm"]);
    }

    #[test]
    fn a_metric_that_nothing_writes_is_named() {
        let change =
            |sources: &mut Sources| sources.put(TEMPLATE, ALARM.replace("\"Errors\"", "\"Mistakes\""));
        assert_eq!(found_after(change), ["nothing writes the metric Mistakes of AWS/Lambda"]);
        let change = |sources: &mut Sources| sources.put(METRICS, "pub enum Metric {\n    NotesFound,\n}\n");
        let lost = "nothing writes the metric NotesLost of AWS::StackName";
        assert_eq!(found_after(change), [lost, lost, "the dashboard does not show NotesFound"]);
    }

    #[test]
    fn a_dashboard_that_is_no_json_is_named() {
        let change = |sources: &mut Sources| sources.put(TEMPLATE, ALARM.replace("{\"widgets\"", "{widgets"));
        let found = found_after(change);
        assert!(found[0].starts_with("the dashboard is no JSON: "), "{found:?}");
    }
}
