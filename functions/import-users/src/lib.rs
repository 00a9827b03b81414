//! Imports users from a Django service with their password hashes. An operator invokes it; it has no route.

#![expect(
    clippy::result_large_err,
    reason = "as many rows may be skipped as imported, and each is read once"
)]

mod candidate;
mod model;
mod report;
mod rows;

#[cfg(test)]
mod tests;

use futures_util::{StreamExt, stream};
use satchel_accounts::{Imported, UserImport};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Invocation, app};
use satchel_table::StoreError;
use serde_json::Value;
use tracing::{error, info};

pub use report::{Failure, Malformed, Note, Report, Skipped, Who};

use candidate::{Candidate, Judge};
use rows::Dump;

/// Transactions that run concurrently.
const AT_ONCE: usize = 16;

const EXISTS: &str = "exists already";
const EXISTS_AND_ADDRESS_TAKEN: &str = "exists already, and its address belongs to another account";
const ADDRESS_TAKEN: &str = "its address belongs to another account: it has it without being verified";

app! {
    /// What this function needs.
    pub struct App { import: UserImport, clock: Clock, random: Random }
}

/// The result for one user.
enum Outcome {
    Imported(Vec<Note>),
    Corrected,
    Skipped(Skipped),
}

/// Imports the users of a dump that can be imported, and reports the others. Users from an earlier import get
/// their address marked as verified if it counts as verified now.
///
/// # Errors
/// If the event is not a valid dump; nothing is imported then. If the table fails; some users may be imported
/// then. Importing the same dump again is safe, because existing users are skipped.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<Value>,
) -> Result<Report, Failure> {
    let report = import(app, event).await;
    match &report {
        Ok(Report { imported, corrected, skipped, notes }) => {
            info!(imported, corrected, skipped = skipped.len(), notes = notes.len(), "users imported");
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
            Ok(Outcome::Imported(notes)) => {
                report.imported += 1;
                report.notes.extend(notes);
            }
            Ok(Outcome::Corrected) => report.corrected += 1,
            Ok(Outcome::Skipped(skipped)) => report.skipped.push(skipped),
            Err(source) => return Err(Failure::Stopped { imported: report.imported, source }),
        }
    }
    Ok(report)
}

async fn take_over(app: &App, candidate: Result<Candidate, Skipped>) -> Result<Outcome, StoreError> {
    let Candidate { who, user, mut notes } = match candidate {
        Ok(candidate) => candidate,
        Err(skipped) => return Ok(Outcome::Skipped(skipped)),
    };
    let skipped = |user, reason: &str| Outcome::Skipped(Skipped { user, reason: reason.to_owned() });
    Ok(match app.import.take_over(user, app.clock.now()).await? {
        Imported::Done => Outcome::Imported(notes),
        Imported::AddressTaken => {
            notes.push(Note { user: who, note: ADDRESS_TAKEN.to_owned() });
            Outcome::Imported(notes)
        }
        Imported::Corrected => Outcome::Corrected,
        Imported::NameTaken => skipped(who, EXISTS),
        Imported::NameAndAddressTaken => skipped(who, EXISTS_AND_ADDRESS_TAKEN),
    })
}
