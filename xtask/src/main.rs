#![expect(clippy::print_stdout, reason = "a command talks to the person who started it")]

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

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
cargo xtask new-function NAME METHOD PATH
    Writes a new endpoint: crate, event, stanza of the template, test module and line of docs/routes.md.
    Example: cargo xtask new-function list-file-versions GET '/api/files/{id}/versions'";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["check"] => read().map(|(_, sources)| report(&check::all(&sources))),
        ["check", "--settings", ref rest @ ..] => check_settings(rest),
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
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let folder = own.parent().ok_or("the program is in no folder")?;
    Ok(report(&settings::check(&template, folder, &only)))
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
