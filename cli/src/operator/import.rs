//! `satchel import users FILE`

mod pages;
mod progress;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::Value;

use crate::failure::{End, Failure};
use crate::options::Options;
use crate::samconfig::pair;
use crate::target::Target;

use pages::{Dump, Shape};
use progress::Progress;

/// How many skipped users and notes are shown as text.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Imports the users of `manage.py dumpdata` (JSON) or of a CSV with a header.
    Users(Users),
}

#[derive(Debug, clap::Args)]
struct Users {
    file: PathBuf,
    /// The replaced service verified the addresses: accounts own them, and can reset their password by mail.
    #[arg(long)]
    verified: bool,
    /// The user model in a dump with several, such as `shop.customer`.
    #[arg(long, value_name = "APP.MODEL")]
    model: Option<String>,
    /// Another name of a field or column, such as `username=phone`. Can be repeated.
    #[arg(long = "field", value_name = "FIELD=NAME", value_parser = pair)]
    fields: Vec<(String, String)>,
    /// Users in one invocation.
    #[arg(long, value_name = "NUMBER", default_value_t = 5000)]
    page: usize,
}

/// Imports users, page by page. Remembers its progress in `FILE.progress`, and continues from there.
///
/// # Errors
/// If the file is not valid, or the function fails. Repeating the command continues.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let What::Users(users) = args.what;
    let console = options.console();
    let dump = Dump::read(&users.file)?;
    let shape =
        Shape { verified: users.verified, model: users.model, fields: users.fields.into_iter().collect() };
    let pages = dump.pages(&shape, users.page.max(1))?;
    let target = Target::open(options).await?;
    let mut progress = Progress::load(&users.file, dump.fingerprint(target.identity(), &shape, users.page))?;
    let rest = pages.get(progress.pages..).unwrap_or_default();
    let addresses = if users.verified {
        "count as verified"
    } else {
        "do not count as verified (add --verified if they do)"
    };
    let mut steps = vec![
        format!("import {} users of {} in {} pages", dump.len(), users.file.display(), pages.len()),
        format!("their addresses {addresses}"),
        "send no mail; users that exist already are skipped".to_owned(),
    ];
    if progress.pages > 0 {
        steps.push(format!(
            "continue after page {}: {} has the progress",
            progress.pages,
            progress.file.display()
        ));
    }
    console.plan(target.description(), &steps);
    console.ask()?;
    for event in rest {
        let report = target.invoke("import-users", event).await.map_err(|failure| {
            failure.advice(format!("{} pages are done; repeat the command to continue", progress.pages))
        })?;
        progress.add(&report)?;
        console.progress(format!("page {} of {}: {}", progress.pages, pages.len(), progress.summary()));
    }
    progress.remove()?;
    console.finish(&progress.report, || text(&progress));
    Ok(End::Done)
}

fn text(progress: &Progress) -> String {
    let line = |user: &Value| {
        let field =
            |name: &str| user[name].as_str().map_or_else(|| user[name].to_string(), ToOwned::to_owned);
        let why = if user["reason"].is_null() { field("note") } else { field("reason") };
        format!("  {} {}: {why}", field("pk"), field("username"))
    };
    let mut lines = vec![progress.summary()];
    for (title, users) in
        [("not imported", &progress.report.skipped), ("imported in part", &progress.report.notes)]
    {
        if !users.is_empty() {
            lines.push(format!("{title}:"));
            lines.extend(users.iter().take(SHOWN).map(line));
        }
        if users.len() > SHOWN {
            lines.push(format!("  ... and {} more; --json lists all", users.len() - SHOWN));
        }
    }
    lines.join("\n")
}
