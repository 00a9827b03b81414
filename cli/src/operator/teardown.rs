//! `satchel teardown`

mod bucket;
mod kept;

use std::path::PathBuf;

use serde_json::json;

use crate::aws::Aws;
use crate::console::Console;
use crate::failure::{End, Failure, doing};
use crate::options::Options;
use crate::stack::{Stack, Watch};

use kept::Kept;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("data"))]
pub struct Args {
    /// Keep table, buckets and the secrets of signing keys and share links. This is the default.
    #[arg(long, group = "data")]
    keep_data: bool,
    /// Delete them too, with all files and accounts. This cannot be undone.
    #[arg(long, group = "data")]
    delete_everything: bool,
    /// The stack's name, instead of typing it, for use with --yes and --delete-everything.
    #[arg(long, value_name = "NAME")]
    confirm_name: Option<String>,
}

/// Deletes the stack, and its data if that was asked for. Can be repeated until nothing is left.
///
/// # Errors
/// If something cannot be deleted.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let console = options.console();
    if options.local.is_some() {
        return Err(Failure::usage("this command does not work on a local stack")
            .advice("stop the stack, and delete its data folder (.local)"));
    }
    let aws = Aws::connect(options).await?;
    let name = options.stack_name()?;
    let note = PathBuf::from(format!("satchel-teardown-{name}-{}.json", aws.region()));
    let stack = Stack::find(&aws, &name).await?;
    let mut kept = Kept::load(&note)?;
    if let Some(stack) = &stack {
        kept.merge(Kept::of(stack).await?);
    }
    if stack.is_none() && (kept.is_empty() || !args.delete_everything) {
        return Err(Failure::new(format!("there is no stack {name} in {}", aws.region()))
            .advice("name it with --stack, --env or --region"));
    }
    console.plan(
        format!("the stack {name} in {}", aws.region()),
        &steps(stack.is_some(), &kept, args.delete_everything),
    );
    if args.delete_everything {
        console.ask_for_name(&name, args.confirm_name.as_deref())?;
        kept.save(&note)?;
    } else {
        console.ask()?;
    }
    if let Some(stack) = &stack {
        delete_stack(stack, console).await?;
    }
    if args.delete_everything {
        kept.delete(&aws, console).await?;
        kept::forget(&note)?;
    }
    let left = if args.delete_everything { Kept::default() } else { kept };
    console.finish(&json!({"deleted": name, "kept": left}), || text(&name, &left));
    Ok(End::Done)
}

fn steps(has_stack: bool, kept: &Kept, delete_everything: bool) -> Vec<String> {
    let mut steps = Vec::new();
    if has_stack {
        steps.push("delete the stack: the URL stops working (CloudFront takes some minutes)".to_owned());
    }
    let what = if delete_everything { "DELETE FOR EVER" } else { "keep" };
    steps.extend(kept.lines().into_iter().map(|line| format!("{what} {line}")));
    steps
}

fn text(name: &str, kept: &Kept) -> String {
    let mut lines = vec![format!("the stack {name} is deleted")];
    if kept.is_empty() {
        lines.push(
            "nothing of it is left, except the bucket in which SAM keeps packages of all stacks".to_owned(),
        );
    } else {
        lines.push("kept:".to_owned());
        lines.extend(kept.lines().into_iter().map(|line| format!("  {line}")));
        lines.push(
            "docs/operations.md, \"Delete a deployment and keep its data\", says how to use them again, and the section \
             after it how to delete them"
                .to_owned(),
        );
    }
    lines.join("\n")
}

async fn delete_stack(stack: &Stack, console: Console) -> Result<(), Failure> {
    let watch = Watch::begin(&stack.aws, &stack.id).await?;
    let delete = stack.aws.cloudformation().delete_stack().stack_name(&stack.id).send();
    delete.await.map_err(doing(format!("delete the stack {}", stack.name)))?;
    watch.finish(console).await?.required()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_says_what_is_kept_and_what_is_lost() {
        let kept = Kept { tables: vec!["files-Table-1".to_owned()], ..Kept::default() };
        assert!(steps(true, &kept, false).contains(&"keep the table files-Table-1".to_owned()));
        let steps = steps(false, &kept, true);
        assert_eq!(steps, ["DELETE FOR EVER the table files-Table-1"]);
    }
}
