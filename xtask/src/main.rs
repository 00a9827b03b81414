#![expect(clippy::print_stdout, reason = "a command talks to the person who started it")]

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use xtask::contract::history::History;
use xtask::contract::{Document, OPENAPI, compare, seen};
use xtask::new_function::Endpoint;
use xtask::problem::Problem;
use xtask::sources::Sources;
use xtask::template::Template;
use xtask::{check, new_function, settings};

const USAGE: &str = "\
cargo xtask check
    Compares functions, template, events, tests and documents, and enforces the layers of the crates.
cargo xtask check --settings [--only FUNCTION]...
    Starts the binaries beside its own, and compares the settings that they ask for with the template.
cargo xtask contract seen
    Fails unless the last runs of the tests saw every documented status of every operation, or the list has its reason.
cargo xtask contract compare
    Compares openapi.yaml with the commit that last changed its version. Fails on a change that breaks clients.
cargo xtask new-function NAME METHOD PATH
    Writes a new endpoint: crate, event, stanza of the template, test module and line of docs/routes.md.
    Example: cargo xtask new-function list-file-versions GET '/api/files/{id}/versions'";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["check"] => read().map(|(_, sources)| report(&check::all(&sources))),
        ["check", "--settings", ref rest @ ..] => check_settings(rest),
        ["contract", "seen"] => contract_seen(),
        ["contract", "compare"] => contract_compare(),
        ["new-function", name, method, path] => new_function(name, method, path),
        _ => Err(USAGE.to_owned()),
    };
    done.unwrap_or_else(|message| {
        eprintln!("{message}");
        ExitCode::FAILURE
    })
}

fn check_settings(rest: &[&str]) -> Result<ExitCode, String> {
    let mut only = Vec::new();
    for pair in rest.chunks(2) {
        match pair {
            ["--only", name] => only.push(*name),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let (_, sources) = read()?;
    let template = Template::read(&sources).map_err(|problem| problem.to_string())?;
    Ok(report(&settings::check(&template, &own_folder()?, &only)))
}

fn contract_seen() -> Result<ExitCode, String> {
    let (_, sources) = read()?;
    let folder = own_folder()?.parent().ok_or("the program is in no target folder")?.join("tmp");
    let list = sources.get(seen::UNSEEN).unwrap_or_default();
    Ok(report(&seen::check(&contract(&sources)?, list, &seen::read(&folder)?)))
}

fn contract_compare() -> Result<ExitCode, String> {
    let (root, sources) = read()?;
    let (compared, broken) = compare::check(History::read(&root)?.as_ref(), &contract(&sources)?);
    for line in compared {
        println!("{line}");
    }
    let remedy =
        "Keep what clients rely on, or raise the major version in info.version, and tell in CHANGELOG.md.";
    let problems: Vec<_> = broken.into_iter().map(|what| Problem::new(OPENAPI, 0, what, remedy)).collect();
    Ok(report(&problems))
}

/// The contract in the working tree.
fn contract(sources: &Sources) -> Result<Document, String> {
    let text = sources.get(OPENAPI).ok_or_else(|| format!("{OPENAPI} is missing"))?;
    Document::parse(text).map_err(|what| format!("{OPENAPI}: {what}"))
}

/// The folder of this program, such as `target/debug`.
fn own_folder() -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    Ok(own.parent().ok_or("the program is in no folder")?.to_owned())
}

fn new_function(name: &str, method: &str, path: &str) -> Result<ExitCode, String> {
    let endpoint = Endpoint::new(name, method, path)?;
    let (root, sources) = read()?;
    for (path, text) in new_function::files(&sources, &endpoint)? {
        let place = root.join(&path);
        let folder = place.parent().unwrap_or(&root);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&place, text));
        written.map_err(|error| format!("{path}: {error}"))?;
        println!("{} {path}", if sources.get(&path).is_some() { "changed" } else { "new    " });
    }
    println!("\nNext: write `handle` in functions/{name}/src/lib.rs, and run `cargo test -p {name}`.");
    Ok(ExitCode::SUCCESS)
}

/// The repository around the current folder.
fn read() -> Result<(PathBuf, Sources), String> {
    let here = env::current_dir().map_err(|error| error.to_string())?;
    let root = here.ancestors().find(|folder| folder.join("template.yaml").is_file());
    let root = root.ok_or("no template.yaml here: start this in the repository")?.to_owned();
    let sources = Sources::read(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok((root, sources))
}

/// Prints what was found. A reader that stops reading, such as `head`, is no failure of its own.
fn report(problems: &[Problem]) -> ExitCode {
    let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
    let (end, code) = match problems.len() {
        0 => ("no problems".to_owned(), ExitCode::SUCCESS),
        1 => ("\n1 problem".to_owned(), ExitCode::FAILURE),
        number => (format!("\n{number} problems"), ExitCode::FAILURE),
    };
    let text: String = lines.iter().chain([&end]).flat_map(|line| [line, "\n"]).collect();
    let _ = io::stdout().write_all(text.as_bytes());
    code
}
