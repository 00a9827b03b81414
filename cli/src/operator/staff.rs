//! `satchel staff grant|revoke NAME`

use clap::Subcommand;
use serde_json::{Value, json};

use crate::failure::{End, Failure};
use crate::options::Options;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    change: Change,
}

#[derive(Debug, Subcommand)]
enum Change {
    /// Makes an account staff.
    Grant {
        /// The account's username.
        name: String,
    },
    /// Makes an account an ordinary one.
    Revoke {
        /// The account's username.
        name: String,
    },
}

/// Makes an account staff, or revokes this.
///
/// # Errors
/// If there is no such account, or the function cannot be invoked.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let console = options.console();
    let (name, staff) = match &args.change {
        Change::Grant { name } => (name, true),
        Change::Revoke { name } => (name, false),
    };
    let target = Target::open(options).await?;
    let will = if staff { "becomes staff" } else { "is no longer staff" };
    console.plan(target.description(), &[format!("{name} {will}, from the account's next request on")]);
    console.ask()?;
    let granted = grant(&target, name, staff).await?;
    console.finish(&granted, || format!("{name} {}", if staff { "is staff" } else { "is not staff" }));
    Ok(End::Done)
}

/// Makes an account staff, or revokes this.
///
/// # Errors
/// If there is no such account, or the function cannot be invoked.
pub async fn grant(target: &Target, name: &str, staff: bool) -> Result<Value, Failure> {
    target.invoke("grant-staff", &json!({"username": name, "staff": staff})).await
}
