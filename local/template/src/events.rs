//! Events of functions: routes, table streams, bucket notifications, topics and schedules.

use local_deployment::{Deployment, Function, Route, Schedule};
use serde_json::Value;

use super::buckets;
use super::document::Resource;
use super::error::{Checked, Problem};
use super::mail;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::streams;
use super::types::HTTP_API;

/// The methods that a route of an HTTP API may have.
const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Adds the events of `resource` to `function` or `deployment`. `function` is the function made from `resource`.
pub(super) fn add(
    scope: &Scope,
    resource: &Resource,
    function: &mut Function,
    deployment: &mut Deployment,
) -> Checked<()> {
    let Some(events) = Properties::any(scope, resource)?.mapping("Events")? else { return Ok(()) };
    for entry in events.entries() {
        let what = format!("{}: {}", resource.id, entry.key);
        let Some(node) = scope.chosen_branch(&entry.value)? else { continue };
        let event = Properties::read(scope, &what, node)?;
        event.only(&["Type", "Properties"], &[])?;
        let kind = event.required_text("Type")?;
        let properties = event.mapping("Properties")?;
        let properties = properties.ok_or_else(|| event.problem("`Properties` is missing"))?;
        match kind.as_str() {
            "HttpApi" => {
                deployment.routes.push(route(scope, &properties, &function.name, &deployment.routes)?);
            }
            "DynamoDB" => function.streams.extend(streams::source(scope, &properties)?),
            "S3" => {
                let (name, notifications) = buckets::notifications(&properties, &function.name)?;
                let bucket = deployment.buckets.iter_mut().find(|bucket| bucket.name == name);
                let bucket = bucket.ok_or_else(|| {
                    properties.problem_of("Bucket", "must be the Ref of a bucket of this template")
                })?;
                bucket.notifications.extend(notifications);
            }
            "SNS" => deployment.mail.subscriptions.push(mail::subscription(scope, &properties, function)?),
            "Schedule" | "ScheduleV2" => {
                deployment.schedules.extend(schedule(&kind, &properties, &function.name)?);
            }
            other => {
                return Err(
                    event.problem_of("Type", format!("`{other}` is not supported by the local stack"))
                );
            }
        }
    }
    Ok(())
}

fn route(scope: &Scope, event: &Properties, function: &str, others: &[Route]) -> Checked<Route> {
    event.only(&["ApiId", "Method", "Path", "PayloadFormatVersion"], &[])?;
    let api = event.text("ApiId")?;
    // Without `ApiId`, SAM would create another API.
    if api.is_none() && !resources::of_type(scope, HTTP_API)?.is_empty() {
        return Err(event.problem("`ApiId` is missing"));
    }
    if api.is_some_and(|api| api != scope.document.identity.api_id) {
        return Err(event.problem_of("ApiId", "must be the HTTP API of this template"));
    }
    if event.text("PayloadFormatVersion")?.is_some_and(|version| version != "2.0") {
        return Err(event.problem_of("PayloadFormatVersion", "must be \"2.0\""));
    }
    let method = event.required_text("Method")?.to_uppercase();
    if !METHODS.contains(&method.as_str()) {
        return Err(event.problem_of("Method", format!("must be one of {}", METHODS.join(", "))));
    }
    let path = event.required_text("Path")?;
    check_path(&path).map_err(|message| event.problem_of("Path", message))?;
    if others.iter().any(|other| other.method == method && other.path == path) {
        return Err(event.problem(format!("`{method} {path}` already leads to another function")));
    }
    Ok(Route { method, path, function: function.to_owned() })
}

fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        return Err("must start with `/`");
    }
    if path == "/" {
        return Ok(());
    }
    let mut segments = path[1..].split('/').peekable();
    while let Some(segment) = segments.next() {
        if segment.is_empty() {
            return Err("must not have empty segments or end with `/`");
        }
        let variable = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let name = variable.unwrap_or(segment);
        if name.trim_end_matches('+').is_empty() || name.contains(['{', '}']) {
            return Err("has a segment that is neither text nor one `{variable}`");
        }
        if variable.is_some_and(|name| name.ends_with('+')) && segments.peek().is_some() {
            return Err("must end after its greedy `{variable+}`");
        }
    }
    Ok(())
}

/// An `EventBridge` rule (`Schedule`) or a schedule of `EventBridge` Scheduler (`ScheduleV2`), unless it is disabled.
fn schedule(kind: &str, event: &Properties, function: &str) -> Checked<Option<Schedule>> {
    const IGNORED: [&str; 5] =
        ["DeadLetterConfig", "Description", "FlexibleTimeWindow", "Name", "RetryPolicy"];
    let expression = if kind == "Schedule" { "Schedule" } else { "ScheduleExpression" };
    event.only(&[expression, "Enabled", "Input", "State"], &IGNORED)?;
    let disabled = event.text("State")?.is_some_and(|state| state == "DISABLED");
    if disabled || event.flag("Enabled")? == Some(false) {
        return Ok(None);
    }
    let input = event.text("Input")?;
    let input = input.map(|input| serde_json::from_str::<Value>(&input)).transpose();
    Ok(Some(Schedule {
        function: function.to_owned(),
        expression: event.required_text(expression)?,
        input: input.map_err(|_| Problem::at(event.line_of("Input"), "Input must be JSON"))?,
    }))
}
