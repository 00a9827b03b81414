//! `satchel rotate links`: the function `rotate-links`, run until it is done.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::console::Console;
use crate::failure::{End, Failure};
use crate::target::Target;

const FUNCTION: &str = "rotate-links";

/// What all runs did together.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Rotated {
    generation: u32,
    renewed: u64,
    ended: u64,
    runs: u32,
}

/// Rotates the secret of share links, run by run.
///
/// # Errors
/// If the function fails.
pub(super) async fn rotate(
    target: &Target,
    console: Console,
    drop: bool,
    generation: Option<u32>,
) -> Result<End, Failure> {
    let generation = match generation {
        Some(generation) => generation,
        None => present(target).await? + 1,
    };
    let mut steps = vec![format!("create generation {generation} of the secret; all new links use it")];
    if drop {
        steps.push("wait until no function uses the earlier one (10 minutes by default)".to_owned());
        steps.push("give all derived links new URLs: the present URLs stop working".to_owned());
        steps.push("delete links with random tokens, and the earlier generations of the secret".to_owned());
    } else {
        steps.push("leave existing links as they are; after a leak, use --drop".to_owned());
    }
    console.plan(target.description(), &steps);
    console.ask()?;
    if drop {
        console.progress(format!(
            "to continue after an interruption: satchel rotate links --drop --generation {generation}"
        ));
    }
    let mut rotated = Rotated { generation, ..Rotated::default() };
    let mut from = Value::Null;
    loop {
        let report = target.invoke(FUNCTION, &order(generation, drop, &from)).await?;
        let wait = rotated.add(&report);
        console.progress(format!(
            "run {}: {} links renewed, {} ended",
            rotated.runs, rotated.renewed, rotated.ended
        ));
        if report["done"] == true {
            break;
        }
        from = report["next"].clone();
        if wait > 0 {
            console.progress(format!("waiting {wait} s, until no function uses the earlier secret"));
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }
    console.finish(&rotated, || {
        format!("links are in generation {generation}: {} renewed, {} ended", rotated.renewed, rotated.ended)
    });
    Ok(End::Done)
}

fn order(generation: u32, drop: bool, from: &Value) -> Value {
    let mut order = json!({"generation": generation, "drop": drop});
    if !from.is_null() {
        order["from"] = from.clone();
    }
    order
}

impl Rotated {
    /// Adds the report of a run. Returns the seconds to wait before the next one.
    fn add(&mut self, report: &Value) -> u64 {
        let number = |name: &str| report[name].as_u64().unwrap_or_default();
        self.renewed += number("renewed");
        self.ended += number("ended");
        self.runs += 1;
        number("wait_seconds")
    }
}

/// The present generation. An order for generation 0 changes nothing, and its error names the present one.
async fn present(target: &Target) -> Result<u32, Failure> {
    match target.invoke(FUNCTION, &json!({"generation": 0})).await {
        Ok(answer) => {
            Err(Failure::new(format!("{FUNCTION} answered {answer} to an order that it should refuse")))
        }
        Err(failure) => named_in(&failure.message).ok_or(failure),
    }
}

/// The number in "... is in generation 2; order generation 2 or 3".
fn named_in(message: &str) -> Option<u32> {
    let (_, rest) = message.split_once("is in generation ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_generation_is_in_the_refusal_of_generation_zero() {
        let message =
            "rotate-links: the secret of share links is in generation 12; order generation 12 or 13";
        assert_eq!(named_in(message), Some(12));
        assert_eq!(named_in("rotate-links: cannot read the secret"), None);
    }

    #[test]
    fn runs_are_added_up_and_continue_where_the_last_one_stopped() {
        let mut rotated = Rotated { generation: 2, ..Rotated::default() };
        assert_eq!(rotated.add(&json!({"done": false, "wait_seconds": 600, "renewed": 0, "ended": 0})), 600);
        let report = json!({"done": false, "wait_seconds": 0, "renewed": 7, "ended": 1, "next": {"pk": "A", "sk": "B"}});
        assert_eq!(rotated.add(&report), 0);
        assert_eq!(rotated, Rotated { generation: 2, renewed: 7, ended: 1, runs: 2 });
        let next = order(2, true, &report["next"]);
        assert_eq!(next, json!({"generation": 2, "drop": true, "from": {"pk": "A", "sk": "B"}}));
    }
}
