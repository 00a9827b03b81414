//! `satchel rotate keys|origin|links`

mod links;

use clap::Subcommand;
use serde_json::json;

use crate::console::Console;
use crate::failure::{End, Failure};
use crate::options::Options;
use crate::stack::Stack;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The keys that sign tokens. Nobody is signed out.
    Keys {
        /// After a leak: replace all keys at once. Everybody has to sign in again.
        #[arg(long)]
        drop: bool,
        /// The generation to rotate to. Needed on a local stack; otherwise the one after the present one.
        #[arg(long, value_name = "NUMBER")]
        generation: Option<u32>,
    },
    /// The secret that CloudFront sends, in two deployments without an outage.
    Origin {
        /// After a leak of what functions accept: replace both secrets, in four deployments.
        #[arg(long)]
        drop: bool,
        /// The generation to rotate to. Needed on a local stack; otherwise the one after the present one.
        #[arg(long, value_name = "NUMBER")]
        generation: Option<u32>,
    },
    /// The secret that tokens of share links are derived from.
    Links {
        /// After a leak: give existing links new URLs, and delete links with random tokens.
        #[arg(long)]
        drop: bool,
        /// The generation to rotate to, to continue a rotation; otherwise the one after the present one.
        #[arg(long, value_name = "NUMBER")]
        generation: Option<u32>,
    },
}

/// Rotates keys or a secret.
///
/// # Errors
/// If a deployment fails; its previous state is restored then. If a function fails.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let target = Target::open(options).await?;
    match args.what {
        What::Keys { drop, generation } => keys(&target, options, drop, generation).await,
        What::Origin { drop, generation } => origin(&target, options, drop, generation).await,
        What::Links { drop, generation } => links::rotate(&target, options.console(), drop, generation).await,
    }
}

/// One deployment of other parameters, and what it is for.
struct Step {
    changes: Vec<(&'static str, String)>,
    what: String,
}

impl Step {
    fn new(name: &'static str, value: impl ToString, what: impl Into<String>) -> Self {
        Self { changes: vec![(name, value.to_string())], what: what.into() }
    }
}

async fn keys(
    target: &Target,
    options: &Options,
    drop: bool,
    generation: Option<u32>,
) -> Result<End, Failure> {
    let steps = if drop {
        let begun =
            matches!(target, Target::Deployed(stack) if stack.parameter("DropPreviousKeys") == Some("true"));
        drop_keys(begun)
    } else {
        let next = next_generation(target, "KeyGeneration", generation)?;
        vec![Step::new(
            "KeyGeneration",
            next,
            "each key moves up by one place; tokens stay valid. Wait at least a day before the next rotation, because \
             it removes the key that signs now",
        )]
    };
    deploy_steps(target, options, &steps).await
}

/// The deployments that replace all keys. After an interruption (`begun`), only the second is left.
fn drop_keys(begun: bool) -> Vec<Step> {
    let mut steps =
        vec![Step::new("DropPreviousKeys", "false", "the keys rotate once more, and nothing is restored")];
    if !begun {
        let what =
            "all keys are replaced: every token is refused from then on, and everybody has to sign in again";
        steps.insert(0, Step::new("DropPreviousKeys", "true", what));
    }
    steps
}

async fn origin(
    target: &Target,
    options: &Options,
    drop: bool,
    generation: Option<u32>,
) -> Result<End, Failure> {
    let next = next_generation(target, "OriginSecretGeneration", generation)?;
    deploy_steps(target, options, &origin_steps(next, drop)).await
}

/// The deployments that replace the origin secret. Even generations change what CloudFront sends, odd ones what
/// functions accept; so an interrupted rotation needs one less.
fn origin_steps(next: u32, drop: bool) -> Vec<Step> {
    let last = next + u32::from(next.is_multiple_of(2)) + if drop { 2 } else { 0 };
    (next..=last)
        .map(|generation| {
            let what = if generation.is_multiple_of(2) {
                "CloudFront sends the other secret, which all functions accept already; takes some minutes"
            } else {
                "functions drop the former secret and learn a new one"
            };
            Step::new("OriginSecretGeneration", generation, what)
        })
        .collect()
}

fn next_generation(target: &Target, parameter: &str, asked: Option<u32>) -> Result<u32, Failure> {
    match (asked, target) {
        (Some(generation), _) => Ok(generation),
        (None, Target::Deployed(stack)) => Ok(stack.number(parameter)? + 1),
        (None, Target::Local(_)) => Err(Failure::usage("a local stack does not tell its present generation")
            .advice("name the one to rotate to, such as --generation 2")),
    }
}

async fn deploy_steps(target: &Target, options: &Options, steps: &[Step]) -> Result<End, Failure> {
    let console = options.console();
    let lines: Vec<String> = steps
        .iter()
        .flat_map(|step| {
            step.changes.iter().map(move |(name, value)| format!("deploy {name}={value}: {}", step.what))
        })
        .collect();
    console.plan(target.description(), &lines);
    let warnings = overridden(options, steps)?;
    for warning in &warnings {
        console.say(warning);
    }
    console.ask()?;
    for step in steps {
        let changes: Vec<String> =
            step.changes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        console.progress(format!("deploying {}", changes.join(" ")));
        update(target, &step.changes, console).await?;
    }
    let changes: Vec<&(&str, String)> = steps.iter().flat_map(|step| &step.changes).collect();
    console.finish(&json!({"deployed": changes, "warnings": warnings}), || "rotated".to_owned());
    Ok(End::Done)
}

async fn update(target: &Target, changes: &[(&str, String)], console: Console) -> Result<(), Failure> {
    match target {
        Target::Deployed(stack) => {
            // Read again, because an earlier step changed the parameters.
            let stack = Stack::get(&stack.aws, &stack.name).await?;
            stack.update(changes, console).await.map(|_| ())
        }
        Target::Local(local) => local.update(changes).await,
    }
}

/// Warnings about parameters that samconfig.toml sets too: the next `sam deploy` would undo the rotation.
fn overridden(options: &Options, steps: &[Step]) -> Result<Vec<String>, Failure> {
    let config = options.samconfig()?;
    let Some(last) = steps.last() else { return Ok(Vec::new()) };
    Ok(last
        .changes
        .iter()
        .filter(|(name, _)| config.parameters.contains_key(*name))
        .map(|(name, value)| {
            format!(
                "{} sets {name}: change it to {value} there, or the next deployment undoes this",
                options.config.display()
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(steps: &[Step]) -> Vec<&str> {
        steps.iter().map(|step| step.changes[0].1.as_str()).collect()
    }

    #[test]
    fn the_origin_secret_takes_two_deployments_and_both_secrets_take_four() {
        assert_eq!(values(&origin_steps(2, false)), ["2", "3"]);
        assert_eq!(values(&origin_steps(2, true)), ["2", "3", "4", "5"]);
    }

    #[test]
    fn an_interrupted_rotation_of_the_origin_secret_goes_on() {
        assert_eq!(values(&origin_steps(3, false)), ["3"]);
        assert_eq!(values(&origin_steps(3, true)), ["3", "4", "5"]);
    }

    #[test]
    fn dropping_keys_is_undone_in_a_second_deployment() {
        assert_eq!(values(&drop_keys(false)), ["true", "false"]);
        assert_eq!(values(&drop_keys(true)), ["false"]);
    }
}
