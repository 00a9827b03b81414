//! `cron(...)` of schedules: the minutes at which a function is run, in UTC.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The minutes that an expression names. A field that is `*` or `?` is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    /// 1 is Sunday.
    weekdays: Field,
    years: Field,
}

type Field = Option<BTreeSet<i16>>;

impl Cron {
    /// Reads `cron(15 10 ? * MON-FRI *)`. `None` for what `EventBridge` would refuse, and for `L`, `W` and `#`.
    pub fn parse(expression: &str) -> Option<Self> {
        let inside = expression.strip_prefix("cron(")?.strip_suffix(')')?;
        let fields: Vec<&str> = inside.split_whitespace().collect();
        let &[minutes, hours, days, months, weekdays, years] = fields.as_slice() else { return None };
        // One of the two days must be left open, and `?` is what does it.
        if (days == "?") == (weekdays == "?") || [minutes, hours, months, years].contains(&"?") {
            return None;
        }
        Some(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: field(days, 1, 31, &[])?,
            months: field(months, 1, 12, &MONTHS)?,
            weekdays: field(weekdays, 1, 7, &WEEKDAYS)?,
            years: field(years, 1970, 2199, &[])?,
        })
    }

    /// Whether the minute of `at` is one of these.
    pub fn matches(&self, at: Timestamp) -> bool {
        let at = at.to_zoned(TimeZone::UTC);
        let weekday = at.weekday().to_sunday_one_offset();
        let fields = [
            (&self.minutes, i16::from(at.minute())),
            (&self.hours, i16::from(at.hour())),
            (&self.days, i16::from(at.day())),
            (&self.months, i16::from(at.month())),
            (&self.weekdays, i16::from(weekday)),
            (&self.years, at.year()),
        ];
        fields.into_iter().all(|(field, value)| field.as_ref().is_none_or(|values| values.contains(&value)))
    }
}

/// The values of one field, from `first` to `last`; `names` stand for numbers from `first` on.
fn field(text: &str, first: i16, last: i16, names: &[&str]) -> Option<Field> {
    if text == "*" || text == "?" {
        return Some(None);
    }
    let number = |text: &str| -> Option<i16> {
        let number = match names.iter().position(|known| known.eq_ignore_ascii_case(text)) {
            Some(position) => first + i16::try_from(position).ok()?,
            None => text.parse().ok()?,
        };
        (first..=last).contains(&number).then_some(number)
    };
    let mut values = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let (start, end) = match range.split_once('-') {
            Some((start, end)) => (number(start)?, number(end)?),
            None if range == "*" => (first, last),
            // `5/10` goes on to the end.
            None if step.is_some() => (number(range)?, last),
            None => (number(range)?, number(range)?),
        };
        let step: usize = step.map_or(Some(1), |step| step.parse().ok()).filter(|step| *step > 0)?;
        if start > end {
            return None;
        }
        values.extend((start..=end).step_by(step));
    }
    Some(Some(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: &str, at: &str) -> bool {
        Cron::parse(expression).unwrap_or_else(|| panic!("{expression}")).matches(at.parse().unwrap())
    }

    /// The expressions are the examples of the page above, except for those with `L` and `#`.
    #[test]
    fn the_examples_of_the_documentation_name_the_minutes_that_it_says() {
        for (expression, at, expected) in [
            ("cron(0 10 * * ? *)", "2026-03-04T10:00:30Z", true),
            ("cron(0 10 * * ? *)", "2026-03-04T10:01:00Z", false),
            ("cron(15 12 * * ? *)", "2026-03-04T12:15:00Z", true),
            ("cron(0 18 ? * MON-FRI *)", "2026-03-06T18:00:00Z", true),
            ("cron(0 18 ? * MON-FRI *)", "2026-03-07T18:00:00Z", false),
            ("cron(0 8 1 * ? *)", "2026-03-01T08:00:00Z", true),
            ("cron(0 8 1 * ? *)", "2026-03-02T08:00:00Z", false),
            ("cron(0/15 * * * ? *)", "2026-03-01T08:45:00Z", true),
            ("cron(0/15 * * * ? *)", "2026-03-01T08:44:00Z", false),
            ("cron(0/10 * ? * MON-FRI *)", "2026-03-02T23:50:00Z", true),
            ("cron(0/5 8-17 ? * MON-FRI *)", "2026-03-02T17:55:00Z", true),
            ("cron(0/5 8-17 ? * MON-FRI *)", "2026-03-02T18:00:00Z", false),
            ("cron(0 0 ? JAN,jul 1 2026)", "2026-07-05T00:00:00Z", true),
            ("cron(0 0 ? JAN,jul 1 2026)", "2027-07-04T00:00:00Z", false),
        ] {
            assert_eq!(matches(expression, at), expected, "{expression} at {at}");
        }
    }

    #[test]
    fn what_eventbridge_would_refuse_or_the_local_stack_does_not_know_is_not_read() {
        for expression in [
            "cron(0 10 * * * *)",
            "cron(0 10 ? * ? *)",
            "cron(0 10 * * ?)",
            "cron(60 10 * * ? *)",
            "cron(? 10 * * ? *)",
            "cron(5-1 10 * * ? *)",
            "cron(0/0 10 * * ? *)",
            "cron(0 10 L * ? *)",
            "cron(0 10 3W * ? *)",
            "cron(0 10 ? * MON#2 *)",
            "rate(1 day)",
        ] {
            assert_eq!(Cron::parse(expression), None, "{expression}");
        }
    }
}
