//! Functions that a restore stops, runs and starts again.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::state::{FAILED_EVENTS, State};
use crate::console::Console;
use crate::failure::{Failure, doing};
use crate::operator::redrive::waiting;
use crate::stack::Stack;

/// What must not run while table and files differ.
const STOPPED: [&str; 4] = ["process-upload", "sweep-leftovers", "audit-storage", "erase-account"];
/// The two that run first again.
const ERASE: &str = "erase-account";
const AUDIT: &str = "audit-storage";
/// How much earlier than the restore point the journal is applied: what the table contains already is skipped.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// Stops functions by reserving no concurrency for them. Remembers what was reserved before.
///
/// # Errors
/// If Lambda refuses.
pub async fn stop(stack: &Stack, state: &mut State) -> Result<(), Failure> {
    let client = stack.aws.lambda();
    for function in STOPPED {
        let name = stack.function(function).await?;
        if !state.stopped.contains_key(function) {
            let answer = client.get_function_concurrency().function_name(&name).send().await;
            let reserved = answer.map_err(doing(format!("read the concurrency of {function}")))?;
            state.stopped.insert(function.to_owned(), reserved.reserved_concurrent_executions());
            state.save()?;
        }
        let request =
            client.put_function_concurrency().function_name(&name).reserved_concurrent_executions(0);
        request.send().await.map_err(doing(format!("stop {function}")))?;
    }
    state.stopped_at = Some(now());
    state.save()
}

/// Waits until the journal of the former table is complete: its stream is read within seconds, or minutes after errors.
pub async fn wait_for_journal(state: &State, seconds: i64, console: Console) {
    let end = state.stopped_at.unwrap_or_else(now) + SignedDuration::from_secs(seconds);
    let rest = end.duration_since(now());
    if rest.is_positive() {
        console.progress(format!("  waiting {} s for the journal of the former table", rest.as_secs()));
        tokio::time::sleep(rest.unsigned_abs()).await;
    }
}

/// The present time.
pub fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or_default()
}

/// Starts the functions that were stopped. Reports how many events failed, among them those of stopped functions.
///
/// # Errors
/// If Lambda refuses.
pub async fn start(stack: &Stack, state: &mut State) -> Result<(), Failure> {
    for (function, reserved) in &state.stopped {
        release(stack, function, *reserved).await?;
    }
    let failed = waiting(stack, stack.output("FailedEventsUrl")?).await?;
    state.report(FAILED_EVENTS, failed)
}

async fn release(stack: &Stack, function: &str, reserved: Option<i32>) -> Result<(), Failure> {
    let client = stack.aws.lambda();
    let name = stack.function(function).await?;
    let what = format!("start {function}");
    match reserved {
        Some(number) => {
            let request =
                client.put_function_concurrency().function_name(name).reserved_concurrent_executions(number);
            request.send().await.map(|_| ()).map_err(doing(what))
        }
        None => client
            .delete_function_concurrency()
            .function_name(name)
            .send()
            .await
            .map(|_| ())
            .map_err(doing(what)),
    }
}

/// Applies the journal since the restore point, run by run.
///
/// # Errors
/// If the function fails.
pub async fn apply_journal(stack: &Stack, state: &mut State, console: Console) -> Result<(), Failure> {
    let mut order = json!({"since": (state.to - OVERLAP).to_string()});
    let mut total = Value::Null;
    loop {
        let report = stack.invoke("apply-journal", &order).await?;
        console.progress(format!("  {report}"));
        total = added(total, &report);
        if report["done"] == true {
            return state.report("journal", total);
        }
        order["from"] = report["next"].clone();
    }
}

/// Starts erasures. Lambda retries no event of a stopped function, so this comes before the journal orders erasures.
///
/// # Errors
/// If Lambda refuses.
pub async fn start_erasures(stack: &Stack, state: &State) -> Result<(), Failure> {
    release(stack, ERASE, state.stopped.get(ERASE).copied().flatten()).await
}

/// Gives erasures that the journal has ordered again time to run.
pub async fn wait_for_erasures(state: &State, seconds: u64, console: Console) {
    if state.reports.get("journal").is_some_and(|report| report["erased"] == 0) {
        return;
    }
    console.progress(format!("  waiting {seconds} s for erasures"));
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Runs a whole audit. Only its own function is started for that.
///
/// # Errors
/// If the function fails.
pub async fn audit(stack: &Stack, state: &mut State, repair: bool, console: Console) -> Result<(), Failure> {
    release(stack, AUDIT, state.stopped.get(AUDIT).copied().flatten()).await?;
    let mut order = json!({"repair": repair});
    let mut total = Value::Null;
    loop {
        let report = stack.invoke(AUDIT, &order).await?;
        total = added(total, &report);
        match report.get("next").filter(|next| !next.is_null()) {
            Some(next) => {
                console.progress(format!("  continues at {next}"));
                order["from"] = next.clone();
            }
            None => return state.report("audit", total),
        }
    }
}

/// The sum of two reports: numbers are added, everything else is the newer one's.
fn added(sum: Value, report: &Value) -> Value {
    let Value::Object(fields) = report else { return report.clone() };
    let add = |(name, value): (&String, &Value)| {
        let value = match (sum[name].as_u64(), value.as_u64()) {
            (Some(before), Some(now)) => json!(before + now),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    Value::Object(fields.iter().filter(|(name, _)| *name != "next").map(add).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_runs_are_added_up() {
        let first = added(Value::Null, &json!({"objects": 3, "repaired": false, "next": {"step": "parts"}}));
        assert_eq!(first, json!({"objects": 3, "repaired": false}));
        assert_eq!(
            added(first, &json!({"objects": 4, "repaired": true})),
            json!({"objects": 7, "repaired": true})
        );
    }
}
