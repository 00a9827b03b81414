//! What an operator invokes when a service of Django moves over: takes its users, with the passwords they have.

mod candidate;
mod report;
mod rows;

#[cfg(test)]
mod tests;

use futures_util::{StreamExt, stream};
use satchel_aws::Aws;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::random::Random;
use satchel_core::telemetry::chain;
use satchel_store::{Imported, StoreError, Table, UserImport};
use serde_json::Value;
use tracing::{error, info};

pub use report::{Failure, Malformed, Note, Report, Skipped};

use candidate::{Candidate, Judge};
use rows::Dump;

/// Transactions under way at the same time.
const AT_ONCE: usize = 16;

const EXISTS: &str = "exists already";
const ADDRESS_TAKEN: &str = "its address belongs to another account: it has it without being verified";

/// What this function needs.
pub struct App {
    import: UserImport,
    clock: Clock,
    random: Random,
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let table = Table::new(&Aws::new(&config.aws), config);
        Self { import: UserImport::new(table), clock: Clock::System, random: Random::System }
    }
}

/// Imports the users of a dump that can be imported, and says what became of the others.
///
/// # Errors
/// If the event is no dump, before anything is imported; or if the table does not answer, after some users may have
/// been. The same dump may be imported again: who is here already is skipped.
pub async fn handle(app: &App, event: Value) -> Result<Report, Failure> {
    let report = import(app, event).await;
    match &report {
        Ok(Report { imported, skipped, notes }) => {
            info!(imported, skipped = skipped.len(), notes = notes.len(), "users imported");
        }
        Err(failure) => error!(cause = chain(failure), "users not imported"),
    }
    report
}

async fn import(app: &App, event: Value) -> Result<Report, Failure> {
    let dump = Dump::read(event)?;
    let mut judge = Judge::new(dump.emails_verified, app.clock.now(), app.random);
    let candidates = dump.rows.into_iter().map(|row| judge.judge(row));
    let mut report = Report::default();
    let mut outcomes = stream::iter(candidates).map(|user| take_over(app, user)).buffered(AT_ONCE);
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok(Ok(notes)) => {
                report.imported += 1;
                report.notes.extend(notes);
            }
            Ok(Err(skipped)) => report.skipped.push(skipped),
            Err(source) => return Err(Failure::Stopped { imported: report.imported, source }),
        }
    }
    Ok(report)
}

/// What did not come along with a user, or why the user did not come.
async fn take_over(
    app: &App,
    candidate: Result<Candidate, Skipped>,
) -> Result<Result<Vec<Note>, Skipped>, StoreError> {
    let Candidate { user, mut notes } = match candidate {
        Ok(candidate) => candidate,
        Err(skipped) => return Ok(Err(skipped)),
    };
    let username = user.username.as_str().to_owned();
    match app.import.take_over(user, app.clock.now()).await? {
        Imported::Done => {}
        Imported::AddressTaken => notes.push(Note { username, note: ADDRESS_TAKEN }),
        Imported::NameTaken => return Ok(Err(Skipped { username, reason: EXISTS.to_owned() })),
    }
    Ok(Ok(notes))
}
