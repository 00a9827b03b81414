//! Functions that the template runs on a schedule.

use std::time::Duration;

use local_common::clock;
use local_deployment::Schedule;
use local_lambda::Invoker;
use serde_json::json;
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval_at};

use super::cron::Cron;
use super::error::StartError;

/// A minute may begin between two looks at the clock, which may also be set; no event is due more often.
const UNTIL_THE_CLOCK_IS_READ: Duration = Duration::from_secs(1);

/// When a schedule runs its function.
enum Times {
    /// The first time after one period, as `EventBridge` has it.
    Every(Duration),
    At(Cron),
}

/// Starts every schedule.
///
/// # Errors
/// If an expression is neither `rate(N unit)` nor a `cron(...)` that is known here.
pub(super) fn start(
    schedules: &[Schedule],
    region: &str,
    invoker: &Invoker,
) -> Result<Vec<AbortHandle>, StartError> {
    let times: Vec<Times> = schedules
        .iter()
        .map(|schedule| {
            times(&schedule.expression).ok_or_else(|| StartError::Schedule {
                function: schedule.function.clone(),
                expression: schedule.expression.clone(),
            })
        })
        .collect::<Result<_, _>>()?;
    let start = |(schedule, times): (&Schedule, Times)| {
        let run = Run { schedule: schedule.clone(), region: region.to_owned(), invoker: invoker.clone() };
        tokio::spawn(run.repeat(times)).abort_handle()
    };
    Ok(schedules.iter().zip(times).map(start).collect())
}

fn times(expression: &str) -> Option<Times> {
    period(expression).map(Times::Every).or_else(|| Cron::parse(expression).map(Times::At))
}

/// A schedule that runs its function.
struct Run {
    schedule: Schedule,
    region: String,
    invoker: Invoker,
}

impl Run {
    async fn repeat(self, times: Times) {
        match times {
            Times::Every(period) => {
                let mut ticks = interval_at(Instant::now() + period, period);
                loop {
                    ticks.tick().await;
                    self.send();
                }
            }
            Times::At(cron) => {
                let mut minute = clock::now().as_second() / 60;
                loop {
                    tokio::time::sleep(UNTIL_THE_CLOCK_IS_READ).await;
                    let now = clock::now();
                    if now.as_second() / 60 > minute {
                        minute = now.as_second() / 60;
                        if cron.matches(now) {
                            self.send();
                        }
                    }
                }
            }
        }
    }

    fn send(&self) {
        let event = self.schedule.input.clone().unwrap_or_else(|| {
            json!({
                "version": "0",
                "id": uuid::Uuid::now_v7().to_string(),
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": "000000000000",
                "time": clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "region": self.region,
                "resources": [],
                "detail": {},
            })
        });
        self.invoker.send(&self.schedule.function, event.to_string().into());
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
