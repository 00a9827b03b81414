//! Functions that the template runs on a schedule.

use std::time::Duration;

use local_common::clock;
use local_deployment::Schedule;
use local_lambda::Invoker;
use serde_json::json;
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval_at};

use super::error::StartError;

/// Starts every schedule; the first event comes after one period, as `EventBridge` has it.
///
/// # Errors
/// If an expression is not `rate(N unit)`.
pub(super) fn start(
    schedules: &[Schedule],
    region: &str,
    invoker: &Invoker,
) -> Result<Vec<AbortHandle>, StartError> {
    let periods: Vec<Duration> = schedules
        .iter()
        .map(|schedule| {
            period(&schedule.expression).ok_or_else(|| StartError::Schedule {
                function: schedule.function.clone(),
                expression: schedule.expression.clone(),
            })
        })
        .collect::<Result<_, _>>()?;
    let start = |(schedule, period): (&Schedule, Duration)| {
        tokio::spawn(repeat(schedule.clone(), period, region.to_owned(), invoker.clone())).abort_handle()
    };
    Ok(schedules.iter().zip(periods).map(start).collect())
}

async fn repeat(schedule: Schedule, period: Duration, region: String, invoker: Invoker) {
    let mut ticks = interval_at(Instant::now() + period, period);
    loop {
        ticks.tick().await;
        let event = schedule.input.clone().unwrap_or_else(|| {
            json!({
                "version": "0",
                "id": uuid::Uuid::now_v7().to_string(),
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": "000000000000",
                "time": clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "region": region,
                "resources": [],
                "detail": {},
            })
        });
        invoker.send(&schedule.function, event.to_string().into());
    }
}

/// The period of `rate(15 minutes)`.
fn period(expression: &str) -> Option<Duration> {
    let (number, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return None,
    };
    number.parse().ok().filter(|number| *number > 0).map(|number: u64| Duration::from_secs(number * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_of_minutes_hours_or_days() {
        assert_eq!(period("rate(1 minute)"), Some(Duration::from_mins(1)));
        assert_eq!(period("rate(6 hours)"), Some(Duration::from_hours(6)));
        assert_eq!(period("rate(0 days)"), None);
        assert_eq!(period("cron(0 3 * * ? *)"), None);
    }
}
