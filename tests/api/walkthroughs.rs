//! Runs the commands on the pages of `docs/walkthroughs`, and compares the output with what the pages show.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Deserializer, Value};

use crate::helpers::{ContractProxy, TestStack, stack_with};

/// The URL of the stack on the pages.
const API: &str = "http://127.0.0.1:3000";

/// The ellipsis, which stands for any text on the pages.
const ANYTHING: char = '…';

/// The record separator of ASCII, which no command prints.
const END_OF_BLOCK: &str = "\x1e";

/// Functions log a request after its response.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
#[ignore = "needs bash and curl; .ci/run runs it"]
fn the_walk_through_for_the_file_sharing_service_is_correct() {
    walk("file-sharing", &["POST /token", "POST /upload-files", "GET /download-files"]);
}

#[test]
#[ignore = "needs bash and curl; .ci/run runs it"]
fn the_walk_through_for_the_file_upload_service_is_correct() {
    walk(
        "file-upload",
        &[
            "POST /api/user/register",
            "POST /api/verify-email/{token}",
            "POST /api/user/login",
            "POST /api/user/logout",
            "POST /api/files",
            "GET /api/files",
            "GET /api/files/{id}",
            "PUT /api/files/{id}",
            "PATCH /api/files/{id}",
            "DELETE /api/files/{id}",
            "GET /api/all_files",
            "GET /api/download/{id}",
        ],
    );
}

#[test]
#[ignore = "needs bash and curl; .ci/run runs it"]
fn the_walk_through_for_the_tiered_image_api_is_correct() {
    walk(
        "images",
        &[
            "POST /api/token",
            "POST /api/images",
            "GET /api/images",
            "GET /api/images/{id}",
            "DELETE /api/images/{id}",
            "GET /api/images/{id}/thumbnail",
            "POST /api/images/{id}/links",
            "GET /api/images/{id}/links",
            "DELETE /api/images/{id}/links/{link_id}",
            "GET /s/{token}",
            "POST /s/{token}",
            "GET /api/account-tiers",
            "POST /api/account-tiers",
            "GET /api/account-tiers/{id}",
            "PUT /api/account-tiers/{id}",
            "DELETE /api/account-tiers/{id}",
        ],
    );
}

#[test]
#[ignore = "needs bash and curl; .ci/run runs it"]
fn the_walk_through_for_the_resource_api_is_correct() {
    walk(
        "resources",
        &[
            "POST /gettoken",
            "POST /tokenrefresh",
            "POST /verifytoken",
            "POST /api/resource",
            "GET /api/resource",
            "GET /api/resource/{id}",
            "PUT /api/resource/{id}",
            "PATCH /api/resource/{id}",
            "DELETE /api/resource/{id}",
        ],
    );
}

#[test]
#[ignore = "needs bash and curl; .ci/run runs it"]
fn the_walk_through_for_the_token_api_is_correct() {
    walk(
        "tokens",
        &[
            "POST /api/users",
            "POST /api/token",
            "POST /api/token/refresh",
            "POST /api/token/verify",
            "POST /api/token/refresh-and-verify",
            "POST /api/token/authentication-token-header",
            "POST /api/users/authentication",
        ],
    );
}

/// A block of commands, and the output in the block below it: whether it is JSON, and its text.
struct Step {
    commands: String,
    shown: Option<(bool, String)>,
}

/// Runs a page on its own stack, compares the output, and checks that each of `routes` was called successfully.
fn walk(page: &str, routes: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = root.join(format!("docs/walkthroughs/{page}.md"));
    let text = std::fs::read_to_string(path).expect("the page can be read");
    let stack = stack_with(&[("MailFrom", &format!("{page}@example.com"))]);
    let steps = steps(&text.replace(API, stack.api_url()));
    assert!(steps[0].commands.starts_with(&format!("API={}\n", stack.api_url())), "{page}");
    let proxy = ContractProxy::start();
    let printed = run(&steps, &root, &proxy);
    proxy.assert_documented();
    for (step, printed) in steps.iter().zip(&printed) {
        assert_ends_in_slashes(&step.commands);
        let compared = match &step.shown {
            None if printed.trim().is_empty() => Ok(()),
            None => Err("the page shows no output".to_owned()),
            Some((true, shown)) => same_json(shown, printed),
            Some((false, shown)) => same_text(shown, printed),
        };
        if let Err(difference) = compared {
            panic!("{page}: {difference}\n\n{}\nprints\n\n{printed}", step.commands);
        }
    }
    assert_called(&stack, page, routes);
}

/// The blocks of a page, in order.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: String =
            lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        match language {
            "sh" => steps.push(Step { commands: block, shown: None }),
            "json" | "" => {
                let step = steps.last_mut().expect("a block of output follows a block of commands");
                assert!(step.shown.is_none(), "two blocks of output after {}", step.commands);
                step.shown = Some((language == "json", block));
            }
            _ => panic!("unknown language {language}"),
        }
    }
    steps
}

/// Runs all steps in one shell, and returns the output of each. `curl` sends its requests through the proxy.
fn run(steps: &[Step], folder: &Path, proxy: &ContractProxy) -> Vec<String> {
    let script: String = steps.iter().flat_map(|step| [step.commands.as_str(), "printf '\\036'\n"]).collect();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).current_dir(folder);
    let output = bash.env("http_proxy", proxy.url()).env("no_proxy", "").output();
    let output = output.expect("bash is installed");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\nafter\n{printed}");
    printed.split(END_OF_BLOCK).map(ToOwned::to_owned).collect()
}

/// Fails unless all paths end with a slash, as clients of Django send them.
fn assert_ends_in_slashes(commands: &str) {
    let paths = commands.split("$API/").skip(1);
    let paths = paths.map(|rest| rest.split([' ', '?', '"', '\'', '\n']).next().unwrap_or_default());
    for path in paths.filter(|path| !path.starts_with("_local/")) {
        assert!(path.ends_with('/'), "/{path} in\n{commands}");
    }
}

/// Compares sequences of JSON values.
fn same_json(shown: &str, printed: &str) -> Result<(), String> {
    let values = |text| Deserializer::from_str(text).into_iter().collect::<Result<Vec<Value>, _>>();
    let shown = values(shown).expect("the page shows JSON");
    let printed = values(printed).map_err(|error| error.to_string())?;
    same(&Value::Array(shown), &Value::Array(printed))
}

fn same(shown: &Value, printed: &Value) -> Result<(), String> {
    match (shown, printed) {
        (Value::Array(shown), Value::Array(printed)) if shown.len() == printed.len() => {
            shown.iter().zip(printed).try_for_each(|(shown, printed)| same(shown, printed))
        }
        (Value::Object(shown), Value::Object(printed)) if shown.keys().eq(printed.keys()) => {
            shown.iter().try_for_each(|(name, shown)| same(shown, &printed[name]))
        }
        (Value::String(shown), Value::String(printed)) if fits(shown, printed) => Ok(()),
        _ if shown == printed => Ok(()),
        _ => Err(format!("the page shows {shown}, but the response is {printed}")),
    }
}

/// Compares lines, and ignores empty ones.
fn same_text(shown: &str, printed: &str) -> Result<(), String> {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
    };
    let (shown, printed) = (lines(shown), lines(printed));
    if shown.len() != printed.len() {
        return Err(format!("the page shows {} lines, but {} are printed", shown.len(), printed.len()));
    }
    let other = shown.iter().zip(&printed).find(|(shown, printed)| !line_fits(shown, printed));
    other.map_or(Ok(()), |(shown, printed)| Err(format!("the page shows {shown}, but {printed} is printed")))
}

/// Compares a line, as JSON if both are JSON.
fn line_fits(shown: &str, printed: &str) -> bool {
    match (shown.parse::<Value>(), printed.parse::<Value>()) {
        (Ok(shown), Ok(printed)) => same(&shown, &printed).is_ok(),
        _ => fits(shown, printed),
    }
}

/// Whether `printed` matches `shown`. Each ellipsis in `shown` matches any text that is not empty.
fn fits(shown: &str, printed: &str) -> bool {
    let Some((start, rest)) = shown.split_once(ANYTHING) else { return shown == printed };
    let Some(left) = printed.strip_prefix(start) else { return false };
    let places = left.char_indices().skip(1).map(|(place, _)| place).chain([left.len()]);
    places.filter(|place| *place > 0).any(|place| fits(rest, &left[place..]))
}

/// Fails unless each of the routes was called and answered with a success or a redirect.
fn assert_called(stack: &TestStack, page: &str, routes: &[&str]) {
    let started = Instant::now();
    loop {
        let logs = stack.logs();
        let is_called = |route: &str| {
            let requests = logs.iter().filter_map(|line| line.split_once(" | ")?.1.parse::<Value>().ok());
            requests.filter(|line| line["route"] == *route).any(|line| line["outcome"] == "done")
        };
        let missing: Vec<_> = routes.iter().filter(|route| !is_called(route)).collect();
        if missing.is_empty() {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "{page} does not call {missing:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_ellipsis_stands_for_any_text_that_is_not_empty() {
    for (shown, printed, fit) in [
        ("…", "x", true),
        ("…", "", false),
        ("plain", "plain", true),
        ("plain", "plains", false),
        ("…/s/…", "http://127.0.0.1/s/token", true),
        ("…/s/…", "http://127.0.0.1/s/", false),
        ("302 …", "302 ", false),
        ("a…c", "abcbc", true),
        ("a…c", "abcb", false),
    ] {
        assert_eq!(fits(shown, printed), fit, "{shown} {printed}");
    }
}
