//! A Lambda function for tests of the local stack: the test binary itself, run as a process with the real Lambda runtime.
//!
//! A crate that uses it has an ignored test that calls [`obey`]. [`install`] writes a script that runs this test:
//!
//! ```ignore
//! #[test]
//! #[ignore = "run by other tests as a Lambda function"]
//! fn a_process() {
//!     local_testing::obey();
//! }
//!
//! local_testing::install(folder, "obey", module_path!(), "a_process");
//! ```
//!
//! Tests that use this crate need no separate binary. It is only ever a dev-dependency, depends on no other part of the
//! local stack, and emulates nothing: the runtime is AWS's own crate, `lambda_runtime`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

/// Does what its events say, until the process is killed. Returns at once if the process was not started as a Lambda
/// function.
///
/// An event may request a pause (`sleep`, in milliseconds), an error (`fail`, `fail_once`), an exit with a status
/// (`exit`), an allocation (`take`, in MiB), a log line (`say`) or a long answer (`size`, in bytes). It may also be an
/// HTTP request whose header `x-answer` contains the answer, or a CloudFormation request for a custom resource. The
/// answer to any other event contains the event and the environment of the process.
pub fn obey() {
    run(serve);
}

/// Runs `function` with the Lambda runtime until the process is killed. Returns at once if the process was not started
/// as a Lambda function.
pub fn run<Answer: Future<Output = Result<Value, Error>>>(function: fn(LambdaEvent<Value>) -> Answer) {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(lambda_runtime::run(service_fn(function))).unwrap();
}

async fn serve(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (order, context) = event.into_parts();
    if let Some(url) = order["ResponseURL"].as_str() {
        answer_cloudformation(url, &order).await?;
    }
    if let Some(text) = order["say"].as_str() {
        eprintln!("{text}");
    }
    if let Some(file) = order["fail_once"].as_str()
        && !Path::new(file).exists()
    {
        std::fs::write(file, "")?;
        return Err("not yet".into());
    }
    if let Some(mebibytes) = order["take"].as_u64() {
        // Only pages that were written to count as used memory.
        let taken = vec![1_u8; usize::try_from(mebibytes << 20)?];
        drop(std::hint::black_box(taken));
    }
    if let Some(milliseconds) = order["sleep"].as_u64() {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    if let Some(status) = order["exit"].as_i64() {
        std::process::exit(i32::try_from(status)?);
    }
    if let Some(message) = order["fail"].as_str() {
        return Err(message.into());
    }
    if let Some(size) = order["size"].as_u64() {
        return Ok(Value::from("x".repeat(usize::try_from(size)?)));
    }
    if let Some(answer) = order["headers"]["x-answer"].as_str() {
        return Ok(serde_json::from_str(answer)?);
    }
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let environment: BTreeMap<String, String> =
        std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
    Ok(json!({
        "pid": std::process::id(),
        "request_id": context.request_id,
        "arn": context.invoked_function_arn,
        "deadline": context.deadline,
        "environment": environment,
        "order": order,
    }))
}

/// Creates a custom resource with the property `Word`. The word `silence` means no answer, and `refuse` means failure.
async fn answer_cloudformation(url: &str, order: &Value) -> Result<(), Error> {
    let word = order["ResourceProperties"]["Word"].as_str().unwrap_or_default();
    if word == "silence" {
        return Ok(());
    }
    let answer = json!({
        "Status": if word == "refuse" { "FAILED" } else { "SUCCESS" },
        "Reason": "no such word",
        "PhysicalResourceId": "echo",
        "StackId": order["StackId"],
        "RequestId": order["RequestId"],
        "LogicalResourceId": order["LogicalResourceId"],
        "Data": {"Word": word, "Asked": order.to_string()},
    });
    let put = reqwest::Client::new().put(url).body(answer.to_string());
    put.send().await?.error_for_status()?;
    Ok(())
}

/// Creates an executable called `function` in `folder` that runs the ignored test `test` of this test binary. `module`
/// is the test's `module_path!()`.
#[must_use]
pub fn install(folder: &Path, function: &str, module: &str, test: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    // Unlike a module path, the name of a test does not begin with its crate.
    let test =
        module.split_once("::").map_or_else(|| test.to_owned(), |(_, module)| format!("{module}::{test}"));
    let script = format!("#!/bin/sh\nexec '{}' --ignored --exact {test} --nocapture\n", this.display());
    let file = folder.join(function);
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    file
}
