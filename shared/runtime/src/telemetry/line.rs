//! One log line: a flat JSON object with the time, the level, the id of the request and the event's fields.

use std::fmt::{Debug, Write as _};
use std::io::Write as _;

use satchel_model::clock::Clock;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::run;

/// Writes each event as a line.
pub(super) struct Lines;

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        write(&line(event, &Clock::System.now().to_string(), run::request_id().as_deref()));
    }
}

/// Writes a line to standard output, which Lambda sends to CloudWatch.
pub(super) fn write(line: &str) {
    // Without its log, a function still serves requests.
    _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// The line of `event`. Its `timestamp` is in RFC 3339: Lambda takes the level of a JSON line only from a line that has
/// a valid time, <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>.
fn line(event: &Event<'_>, now: &str, request_id: Option<&str>) -> String {
    let level = *event.metadata().level();
    let mut fields = Fields(format!(r#"{{"timestamp":"{now}","level":"{level}""#));
    event.record(&mut fields);
    if level <= Level::WARN {
        fields.text("target", event.metadata().target());
    }
    if let Some(id) = request_id {
        fields.text("request_id", id);
    }
    fields.0 + "}"
}

/// The line so far.
struct Fields(String);

impl Fields {
    fn raw(&mut self, name: &str, value: &str) {
        // Writing to a string cannot fail.
        _ = write!(self.0, ",{}:{value}", quoted(name));
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &quoted(value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field.name(), &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.raw(field.name(), &value.to_string());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.raw(field.name(), &value.to_string());
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.raw(field.name(), &value.to_string());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.raw(field.name(), &value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.raw(field.name(), &value.to_string());
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing::subscriber::with_default;
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// Keeps the lines of events.
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
            self.0.lock().unwrap().push(line(event, "2026-03-12T19:03:58Z", Some("a-request")));
        }
    }

    fn written(log: impl FnOnce()) -> Value {
        let lines = Arc::default();
        with_default(Registry::default().with(Kept(Arc::clone(&lines))), log);
        let lines = lines.lock().unwrap();
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_line_has_the_time_the_level_the_request_and_the_fields() {
        let none: Option<&str> = None;
        let line = written(|| tracing::info!(status = 200_u16, is_cold = true, none, "request"));
        let time = "2026-03-12T19:03:58Z";
        let expected = json!({
            "timestamp": time, "level": "INFO", "message": "request", "request_id": "a-request", "status": 200,
            "is_cold": true,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn text_is_escaped_and_an_error_names_its_module() {
        let line = written(|| tracing::error!(cause = "a \"quoted\"\ncause", "request failed"));
        assert_eq!((&line["level"], &line["cause"]), (&json!("ERROR"), &json!("a \"quoted\"\ncause")));
        assert_eq!(line["target"], module_path!());
    }
}
