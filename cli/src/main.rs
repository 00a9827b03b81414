//! `satchel`: deploys and operates Satchel.
//!
//! Every command says beforehand what it will do, asks once, shows progress, and can be repeated. With `--json`,
//! standard output has one JSON document. Exit codes: 0 done, 1 failed, 2 usage, 3 a check found something, 4 declined,
//! 5 something is left.
//!
//! Commands for operators are in [`operator`]. Commands for users of a deployment will be in a module beside it.

mod aws;
mod checks;
mod console;
mod failure;
mod local;
mod operator;
mod options;
mod samconfig;
mod stack;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::{End, Failure};
use crate::options::Options;

/// Deploys and operates Satchel.
///
/// docs/satchel.md describes each command; docs/operations.md has the plain `sam` and `aws` commands that do the same.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 done, 1 failed (repeat it), 2 usage, 3 a check found something, 4 declined, 5 something \
                  is left"
)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes an account from nothing to a URL: inspects, builds, deploys, tries it, creates the first staff account.
    Deploy(operator::deploy::Args),
    /// Walks through a deployment as a user would, and reports facts about it; leaves nothing behind.
    Smoke(operator::smoke::Args),
    /// Makes an account staff, or revokes this.
    Staff(operator::staff::Args),
    /// Imports users of a Django service.
    Import(operator::import::Args),
    /// Sends events that failed after all retries to their functions again.
    Redrive(operator::redrive::Args),
    /// Restores table and files to an earlier time.
    Restore(operator::restore::Args),
    /// Rotates keys and secrets.
    Rotate(operator::rotate::Args),
    /// Deletes the stack, with or without its data.
    Teardown(operator::teardown::Args),
    /// Counts what costs money without any request.
    Costs(operator::costs::Args),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Cli { options, command } = Cli::parse();
    match run(command, &options).await {
        Ok(end) => end.into(),
        Err(failure) => {
            options.console().fail(&failure);
            failure.end.into()
        }
    }
}

async fn run(command: Command, options: &Options) -> Result<End, Failure> {
    match command {
        Command::Deploy(args) => operator::deploy::run(args, options).await,
        Command::Smoke(args) => operator::smoke::run(args, options).await,
        Command::Staff(args) => operator::staff::run(args, options).await,
        Command::Import(args) => operator::import::run(args, options).await,
        Command::Redrive(args) => operator::redrive::run(args, options).await,
        Command::Restore(args) => operator::restore::run(args, options).await,
        Command::Rotate(args) => operator::rotate::run(args, options).await,
        Command::Teardown(args) => operator::teardown::run(args, options).await,
        Command::Costs(args) => operator::costs::run(args, options).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn local_takes_a_folder_only_after_an_equals_sign() {
        let cli = Cli::parse_from(["satchel", "--local", "staff", "grant", "ada"]);
        assert_eq!(cli.options.local.unwrap().to_str(), Some(".local"));
        let cli = Cli::parse_from(["satchel", "staff", "grant", "ada", "--local=/tmp/stack"]);
        assert_eq!(cli.options.local.unwrap().to_str(), Some("/tmp/stack"));
    }
}
