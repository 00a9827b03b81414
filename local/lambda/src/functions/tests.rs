use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use local_calls::{Begun, Fault, Service};
use local_deployment::Function;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::outcome::Outcome;

const LONG: Duration = Duration::from_secs(20);

fn is_alive(pid: &Value) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn one_warm_process_serves_requests_that_follow_each_other() {
    let bench = Bench::new(LONG).await;
    let first = bench.answer(json!({"a": 1})).await;
    let second = bench.answer(json!({"a": 2})).await;
    assert_eq!(first["pid"], second["pid"]);
    assert_eq!(second["order"], json!({"a": 2}));
    assert_eq!(second["arn"], "arn:aws:lambda:eu-west-1:000000000000:function:obey");
    let reports = bench.reports();
    assert_eq!(reports.len(), 2);
    assert_eq!(
        (&reports[0]["status"], &reports[0]["metrics"]["memorySizeMB"]),
        (&json!("success"), &json!(256))
    );
    let init = |report: &Value| report["metrics"]["initDurationMs"].as_f64();
    assert!(init(&reports[0]).is_some_and(|milliseconds| milliseconds > 0.0), "{reports:?}");
    assert_eq!(init(&reports[1]), None);
}

#[tokio::test]
async fn requests_that_overlap_get_processes_of_their_own() {
    let bench = Bench::new(LONG).await;
    let order = json!({"sleep": 300});
    let (one, two) = tokio::join!(bench.answer(order.clone()), bench.answer(order));
    assert_ne!(one["pid"], two["pid"]);
    assert_ne!(one["environment"]["AWS_ACCESS_KEY_ID"], two["environment"]["AWS_ACCESS_KEY_ID"]);
}

#[tokio::test]
async fn two_hundred_requests_at_once_share_twenty_processes() {
    let bench = Bench::new(LONG).await;
    let answers = futures_util::future::join_all((0..200).map(|_| bench.answer(json!({})))).await;
    let pids: BTreeSet<_> = answers.iter().map(|answer| answer["pid"].to_string()).collect();
    assert!(pids.len() <= 20, "{}", pids.len());
}

#[tokio::test]
async fn of_the_processes_that_wait_for_long_one_stays() {
    let bench = Bench::new(LONG).await;
    let order = json!({"sleep": 100});
    let (one, two) = tokio::join!(bench.answer(order.clone()), bench.answer(order));
    assert!(is_alive(&one["pid"]) && is_alive(&two["pid"]));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(is_alive(&one["pid"]) != is_alive(&two["pid"]));
}

#[tokio::test]
async fn a_process_inherits_nothing_but_what_lambda_and_the_template_set() {
    let bench = Bench::new(LONG).await;
    let answer = bench.answer(json!({})).await;
    // The shell that starts the fake adds these, and the runtime the last.
    let is_own = |name: &&str| !matches!(*name, "PWD" | "OLDPWD" | "SHLVL" | "_" | "_X_AMZN_TRACE_ID");
    let names: Vec<&str> =
        answer["environment"].as_object().unwrap().keys().map(String::as_str).filter(is_own).collect();
    assert_eq!(
        names,
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_LAMBDA",
            "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            "AWS_ENDPOINT_URL_SES",
            "AWS_ENDPOINT_URL_SSM",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION",
            "AWS_LAMBDA_LOG_GROUP_NAME",
            "AWS_LAMBDA_LOG_STREAM_NAME",
            "AWS_LAMBDA_RUNTIME_API",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "TABLE",
        ]
    );
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed_and_replaced() {
    let bench = Bench::new(Duration::from_millis(1500)).await;
    let before = bench.answer(json!({})).await;
    let invocation = bench.invoke(json!({"sleep": 60_000})).await;
    assert_eq!(invocation.outcome, Outcome::TimedOut);
    assert!(bench.has_logged(&format!("{} Task timed out after 1.50 seconds", invocation.request_id)));
    let report = bench.reports().pop().unwrap();
    assert_eq!((&report["requestId"], &report["status"]), (&json!(invocation.request_id), &json!("timeout")));
    assert!(!is_alive(&before["pid"]));
    let after = bench.answer(json!({})).await;
    assert_ne!(before["pid"], after["pid"]);
    assert_eq!(
        before["environment"]["AWS_ACCESS_KEY_ID"], after["environment"]["AWS_ACCESS_KEY_ID"],
        "the place of the killed process is used again"
    );
}

/// More than the 256 MB that the function has.
#[cfg(target_os = "linux")]
const TOO_MUCH: u64 = 300;

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_function_that_takes_more_memory_than_it_has_is_killed_and_replaced() {
    let bench = Bench::new(LONG).await;
    let before = bench.answer(json!({"take": 150})).await;
    let invocation = bench.invoke(json!({"take": TOO_MUCH, "sleep": 15_000})).await;
    assert_eq!(invocation.outcome, Outcome::OutOfMemory);
    assert!(!is_alive(&before["pid"]));
    let id = &invocation.request_id;
    let error = format!("RequestId: {id} Error: Runtime exited with error: signal: killed");
    let payload: Value = serde_json::from_slice(&invocation.payload(LONG)).unwrap();
    assert_eq!(payload, json!({"errorType": "Runtime.ExitError", "errorMessage": error}));
    assert!(bench.has_logged(&format!("{error} Runtime.ExitError")));
    let reports = bench.reports();
    let used = |report: &Value| report["metrics"]["maxMemoryUsedMB"].as_u64().unwrap();
    assert!((150..256).contains(&used(&reports[0])) && used(&reports[1]) > 256, "{reports:?}");
    assert_eq!(reports[1]["errorType"], "Runtime.OutOfMemory");
    assert_ne!(before["pid"], bench.answer(json!({})).await["pid"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peak_between_two_measurements_still_ends_the_invocation() {
    let bench = Bench::new(LONG).await;
    assert_eq!(bench.invoke(json!({"take": TOO_MUCH})).await.outcome, Outcome::OutOfMemory);
    bench.answer(json!({})).await;
}

#[tokio::test]
async fn a_function_that_exits_has_crashed_and_is_replaced() {
    let bench = Bench::new(LONG).await;
    assert_eq!(bench.invoke(json!({"exit": 3})).await.outcome, Outcome::Crashed);
    assert!(bench.has_logged("Runtime exited with error: exit status: 3 Runtime.ExitError"));
    let report = bench.reports().pop().unwrap();
    assert_eq!((&report["status"], &report["errorType"]), (&json!("error"), &json!("Runtime.ExitError")));
    bench.answer(json!({})).await;
}

#[tokio::test]
async fn a_functions_error_is_passed_on_and_its_process_kept() {
    let bench = Bench::new(LONG).await;
    let before = bench.answer(json!({})).await;
    let Outcome::Failed(error) = bench.invoke(json!({"fail": "no luck"})).await.outcome else { panic!() };
    let error: Value = serde_json::from_slice(&error).unwrap();
    assert_eq!(error["errorMessage"], "no luck");
    assert_eq!(before["pid"], bench.answer(json!({})).await["pid"]);
}

#[tokio::test]
async fn an_answer_over_six_megabytes_is_an_error() {
    let bench = Bench::new(LONG).await;
    assert!(bench.invoke(json!({"size": 6_291_000})).await.succeeded());
    let Outcome::Failed(error) = bench.invoke(json!({"size": 6_291_600})).await.outcome else { panic!() };
    let error: Value = serde_json::from_slice(&error).unwrap();
    assert_eq!(error["errorType"], "Function.ResponseSizeTooLarge");
}

#[tokio::test]
async fn a_function_without_a_binary_fails_with_a_clear_error() {
    let bench = Bench::new(LONG).await;
    let invocation = bench.functions.invoke("no-binary", Bytes::from("{}")).await.unwrap();
    let Outcome::Failed(error) = invocation.outcome else { panic!() };
    assert!(String::from_utf8_lossy(&error).contains("Runtime.InvalidEntrypoint"));
    assert!(bench.functions.invoke("unheard-of", Bytes::from("{}")).await.is_err());
}

#[tokio::test]
async fn what_a_function_writes_is_in_the_log_under_its_name() {
    let bench = Bench::new(LONG).await;
    bench.answer(json!({"say": "hello there"})).await;
    while !bench.has_logged("obey | hello there") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_function_runs_on_when_its_caller_gives_up() {
    let bench = Bench::new(LONG).await;
    let file = bench.folder.path().join("done");
    let order = json!({"sleep": 200, "fail_once": file, "say": "begun"});
    assert!(tokio::time::timeout(Duration::from_millis(1), bench.invoke(order)).await.is_err());
    while !file.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_fault_kills_the_process_before_it_sees_the_answer() {
    let bench = Bench::new(LONG).await;
    let access_key =
        bench.answer(json!({})).await["environment"]["AWS_ACCESS_KEY_ID"].as_str().unwrap().to_owned();
    bench.calls.inject("obey", 2, Fault::KillAfter, 1);
    let calls = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        for (operation, killed) in [("GetItem", false), ("PutItem", true)] {
            let Begun::Proceed(permit) = bench.calls.begin(&access_key, Service::DynamoDb, operation).await
            else {
                panic!("the call is to be carried out")
            };
            assert_eq!(permit.finish(), killed);
        }
    };
    let (invocation, ()) = tokio::join!(bench.invoke(json!({"sleep": 30_000})), calls);
    assert_eq!(invocation.outcome, Outcome::Crashed);
    assert_eq!(bench.calls.last_request_of("obey").as_ref(), Some(&invocation.request_id));
    let operations: Vec<_> =
        bench.calls.of_request(&invocation.request_id).into_iter().map(|call| call.operation).collect();
    assert_eq!(operations, ["GetItem", "PutItem"]);
}

#[tokio::test]
async fn stopping_leaves_no_process() {
    let bench = Bench::new(LONG).await;
    let idle = bench.answer(json!({})).await;
    let running = bench.functions.clone();
    let running =
        tokio::spawn(
            async move { running.invoke("obey", Bytes::from(r#"{"sleep": 30000}"#)).await.unwrap() },
        );
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.functions.stop().await;
    assert!(!is_alive(&idle["pid"]));
    assert_eq!(running.await.unwrap().outcome, Outcome::Crashed);
    assert_eq!(bench.invoke(json!({})).await.outcome, Outcome::Crashed);
}

#[tokio::test]
async fn an_update_lets_running_and_waiting_events_finish_and_replaces_the_processes() {
    let bench = Bench::new(LONG).await;
    let before = bench.answer(json!({})).await;
    let another = |table: &str| Function {
        environment: [("TABLE".to_owned(), table.to_owned())].into(),
        ..Function::clone(&bench.functions.get("obey").unwrap())
    };
    // More than there may be processes: some wait for their turn.
    let events = futures_util::future::join_all((0..50).map(|_| bench.answer(json!({"sleep": 20}))));
    let update = async {
        for table in ["u", "v"] {
            bench.functions.update([another(table)]).await;
        }
        bench.answer(json!({})).await
    };
    let (answers, after) = tokio::join!(events, update);
    assert!(
        answers
            .iter()
            .all(|answer| ["t", "u", "v"].map(Value::from).contains(&answer["environment"]["TABLE"]))
    );
    assert_eq!(after["environment"]["TABLE"], "v");
    assert!(!is_alive(&before["pid"]));
    // Nothing that was started with another table is left to be used.
    let later = futures_util::future::join_all((0..20).map(|_| bench.answer(json!({"sleep": 20})))).await;
    assert!(later.iter().all(|answer| answer["environment"]["TABLE"] == "v"));
    bench.functions.update([another("v")]).await;
    assert!(is_alive(&bench.answer(json!({})).await["pid"]));
}
