//! `satchel restore --to TIME`

mod files;
mod operators;
mod point;
mod state;
mod table;

use jiff::Timestamp;

use crate::console::Console;
use crate::failure::{End, Failure};
use crate::options::Options;
use crate::stack::Stack;
use crate::target::deployed;

use state::{State, Step};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The time to return to, such as 2026-11-30T08:15:00Z; at most 35 days ago, and at least 5 minutes.
    #[arg(long, value_name = "TIME")]
    to: Timestamp,
    /// Let the audit at the end remove objects that no record names, such as uploads after that time.
    #[arg(long)]
    repair: bool,
    /// Seconds between stopping functions and replacing the table, in which the journal of the former one is completed.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    journal_wait: i64,
    /// Seconds to wait for erasures of accounts that the journal repeats.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    erasure_wait: u64,
}

/// A restore under way.
struct Restore {
    stack: Stack,
    console: Console,
    state: State,
    args: Args,
}

/// Restores table and files. Continues an earlier run that was interrupted.
///
/// # Errors
/// If a step fails. Repeating the command continues with this step.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let console = options.console();
    let stack = deployed(options, "stop the local stack, and copy back its data folder").await?;
    let state = State::load(&stack, args.to)?;
    if !state.is_done(Step::Table) {
        point::check(&stack.aws.dynamodb(), &state.source, args.to, operators::now()).await?;
    }
    let steps: Vec<String> = Step::ALL
        .iter()
        .map(|step| format!("{}{}", step.text(&state), if state.is_done(*step) { " [done]" } else { "" }))
        .collect();
    console.plan(format!("the stack {} in {}, back to {}", stack.name, stack.aws.region(), args.to), &steps);
    console.say("what was written after that time is lost, except deletions, closures and revocations, which are repeated");
    if let Some(journal) = stack.outputs.get("JournalBucket")
        && let Some(warning) = point::journal_warning(&stack.aws.s3(), journal, args.to).await
    {
        console.say(warning);
    }
    console.ask()?;
    let mut restore = Restore { stack, console, state, args };
    for step in Step::ALL {
        if !restore.state.is_done(step) {
            console.progress(step.text(&restore.state));
            restore.take(step).await.map_err(|failure| {
                let first = failure.advice.iter().map(|advice| format!("{advice}; "));
                let advice =
                    format!("{}repeat the command to continue with this step", first.collect::<String>());
                failure.advice(advice)
            })?;
            restore.state.done(step)?;
        }
    }
    restore.state.remove()?;
    console.finish(&restore.state, || restore.state.summary());
    Ok(End::Done)
}

impl Restore {
    async fn take(&mut self, step: Step) -> Result<(), Failure> {
        match step {
            Step::Stop => operators::stop(&self.stack, &mut self.state).await,
            Step::Table => table::restore(&self.stack.aws, &self.state, self.console).await,
            Step::Settings => table::configure(&self.stack.aws, &mut self.state, self.console).await,
            Step::Switch => self.switch().await,
            Step::Files => {
                let bucket = self.stack.output("OriginalsBucket")?;
                let restored =
                    files::restore(&self.stack.aws.s3(), bucket, self.state.to, self.console).await?;
                self.state.report("files_restored", restored)
            }
            Step::Erasures => operators::start_erasures(&self.stack, &self.state).await,
            Step::Journal => operators::apply_journal(&self.stack, &mut self.state, self.console).await,
            Step::Erased => {
                operators::wait_for_erasures(&self.state, self.args.erasure_wait, self.console).await;
                Ok(())
            }
            Step::Audit => {
                operators::audit(&self.stack, &mut self.state, self.args.repair, self.console).await
            }
            Step::Start => operators::start(&self.stack, &mut self.state).await,
        }
    }

    /// Points the stack to the restored table. That ends the reading of the former one's stream, so its journal has to
    /// be complete by then.
    async fn switch(&mut self) -> Result<(), Failure> {
        operators::wait_for_journal(&self.state, self.args.journal_wait, self.console).await;
        let changes = [
            ("TableName", self.state.table.clone()),
            ("TableStreamArn", self.state.stream.clone().unwrap_or_default()),
        ];
        self.stack = self.stack.update(&changes, self.console).await?;
        Ok(())
    }
}
