//! The part of metric math that alarms use: numbers, ids of metrics, `+ - * /`, `>`, `<`, and the functions `FILL`, `IF`,
//! `MAX`, `SUM` and `SERVICE_QUOTA`.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>

use std::collections::BTreeMap;

use crate::scan::tokens;

/// The value of an expression for one moment; `None` if a metric that it needs has no data.
///
/// # Errors
/// What is not understood.
pub(crate) fn value(
    expression: &str,
    metrics: &BTreeMap<String, Option<f64>>,
    quota: f64,
) -> Result<Option<f64>, String> {
    let tokens = tokens(expression);
    let mut reader = Reader { rest: &tokens, metrics, quota };
    let value = reader.comparison().ok_or_else(|| format!("{expression}: not understood"))?;
    if reader.rest.is_empty() { Ok(value) } else { Err(format!("{expression}: {:?}", reader.rest)) }
}

struct Reader<'a> {
    rest: &'a [String],
    metrics: &'a BTreeMap<String, Option<f64>>,
    quota: f64,
}

/// The outer `None` is an expression that is not understood, the inner one a value without data.
type Read = Option<Option<f64>>;

impl Reader<'_> {
    fn comparison(&mut self) -> Read {
        let left = self.sum()?;
        let holds: fn(&f64, &f64) -> bool = match self.rest.first().map(String::as_str) {
            Some(">") => |left, right| left > right,
            Some("<") => |left, right| left < right,
            _ => return Some(left),
        };
        self.rest = &self.rest[1..];
        let right = self.sum()?;
        Some(both(left, right, |left, right| f64::from(u8::from(holds(&left, &right)))))
    }

    fn sum(&mut self) -> Read {
        let mut value = self.product()?;
        loop {
            let add = |sign: f64| move |left: f64, right: f64| left + sign * right;
            let sign = match self.rest.first().map(String::as_str) {
                Some("+") => 1.0,
                Some("-") => -1.0,
                _ => return Some(value),
            };
            self.rest = &self.rest[1..];
            value = both(value, self.product()?, add(sign));
        }
    }

    fn product(&mut self) -> Read {
        let mut value = self.single()?;
        loop {
            let is_division = match self.rest.first().map(String::as_str) {
                Some("*") => false,
                Some("/") => true,
                _ => return Some(value),
            };
            self.rest = &self.rest[1..];
            let next = self.single()?;
            value = both(value, next, |left, right| if is_division { left / right } else { left * right });
        }
    }

    fn single(&mut self) -> Read {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        if let Ok(number) = first.parse() {
            return Some(Some(number));
        }
        match first.as_str() {
            "(" => self.closed_by(")"),
            "FILL" => {
                let arguments = self.arguments("(", ")")?;
                let [value, fallback] = arguments[..] else { return None };
                Some(value.or(fallback))
            }
            "IF" => {
                let arguments = self.arguments("(", ")")?;
                let [condition, yes, no] = arguments[..] else { return None };
                Some(condition.and_then(|holds| if holds > 0.0 { yes } else { no }))
            }
            "SERVICE_QUOTA" => {
                self.arguments("(", ")")?;
                Some(Some(self.quota))
            }
            "MAX" => Some(self.list()?.into_iter().flatten().reduce(f64::max)),
            "SUM" => Some(self.list()?.into_iter().flatten().reduce(|sum, next| sum + next)),
            id => self.metrics.get(id).copied(),
        }
    }

    /// The values of `([a, b])`.
    fn list(&mut self) -> Option<Vec<Option<f64>>> {
        self.take("(")?;
        let values = self.arguments("[", "]")?;
        self.take(")")?;
        Some(values)
    }

    fn arguments(&mut self, open: &str, close: &str) -> Option<Vec<Option<f64>>> {
        self.take(open)?;
        let mut values = vec![self.comparison()?];
        while self.take(",").is_some() {
            values.push(self.comparison()?);
        }
        self.take(close)?;
        Some(values)
    }

    fn closed_by(&mut self, close: &str) -> Read {
        let value = self.comparison()?;
        self.take(close)?;
        Some(value)
    }

    fn take(&mut self, sign: &str) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        (first == sign).then(|| self.rest = rest)
    }
}

fn both(left: Option<f64>, right: Option<f64>, combine: impl Fn(f64, f64) -> f64) -> Option<f64> {
    Some(combine(left?, right?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(expression: &str) -> Result<Option<f64>, String> {
        let metrics = [("many", Some(30.0)), ("few", Some(2.0)), ("none", None)];
        value(expression, &metrics.map(|(id, value)| (id.to_owned(), value)).into(), 1000.0)
    }

    #[test]
    fn expressions_have_the_values_of_metric_math() {
        for (expression, expected) in [
            ("many + few * 10", Some(50.0)),
            ("100 * many / (many + 30)", Some(50.0)),
            ("IF(few > 5, 100 * few / many, 0)", Some(0.0)),
            ("IF(many > 5, 100 * few / 20, 0)", Some(10.0)),
            ("few + none", None),
            ("FILL(none, 0) + FILL(few, 0)", Some(2.0)),
            ("MAX([few, FILL(none, 0), many])", Some(30.0)),
            ("SUM([few, none, many])", Some(32.0)),
            ("100 * many / SERVICE_QUOTA(many)", Some(3.0)),
        ] {
            assert_eq!(value_of(expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn an_expression_that_is_not_understood_is_an_error() {
        for expression in ["", "few +", "RATE(few)", "few few", "MAX(few)", "unknown"] {
            assert!(value_of(expression).is_err(), "{expression}");
        }
    }
}
