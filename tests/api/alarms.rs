//! Each alarm of the template is raised by its cause, and by nothing that a stranger sends.
//!
//! docs/operations.md lists the alarms with these tests. The local stack evaluates an alarm over everything since a
//! moment, so these tests say nothing about periods.

use std::ops::Deref;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use local::calls::Fault;
use local::cloudwatch::{ACCOUNT_CONCURRENCY, Filter};
use local::stack::{Presign, SignalMark};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::helpers::{Answer, TestStack, User, fixture, id, stack_with};
use crate::malformed_bodies::assert_no_server_error;

static TURN: Mutex<()> = Mutex::const_new(());

/// Log lines arrive a moment after the response.
const PATIENCE: Duration = Duration::from_secs(10);

/// Raised whenever the sweep does not run, which is the case in these tests.
const SWEEP: &str = "SweepAlarm";

/// A stack for one test at a time, and the moment at which its turn began.
struct WatchedStack {
    stack: TestStack,
    begun: SignalMark,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for WatchedStack {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

impl Drop for WatchedStack {
    fn drop(&mut self) {
        self.stack.s3().resume_events();
        for function in self.stack.deployment().functions.values() {
            self.stack.calls().clear(&function.name);
        }
    }
}

async fn watched_stack() -> WatchedStack {
    let turn = TURN.lock().await;
    let stack = stack_with(&[("MailFrom", "alarms@example.com")]);
    stack.settled().await;
    let begun = stack.mark();
    WatchedStack { stack, begun, _turn: turn }
}

impl WatchedStack {
    /// The alarms that are raised, apart from the one about the sweep.
    fn raised(&self) -> Vec<String> {
        let raised = self.stack.alarms(&self.begun).expect("the alarms are understood");
        raised.into_iter().filter(|alarm| alarm != SWEEP).collect()
    }

    /// Fails unless exactly `expected` are raised.
    async fn assert_raised(&self, expected: &[&str]) {
        let started = Instant::now();
        while self.raised() != expected {
            assert!(started.elapsed() < PATIENCE, "raised: {:?}, expected: {expected:?}", self.raised());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a metric of the functions has the sum `expected`.
    async fn assert_sum(&self, name: &str, expected: f64) {
        let started = Instant::now();
        loop {
            let sum = self.metrics(&self.begun).expect("metrics").sum("satchel-local", name);
            if sum.total_cmp(&expected).is_eq() {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{name}: {sum}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Puts a figure that a local stack cannot cause.
    fn put(&self, namespace: &str, name: &str, dimensions: &[(&str, &str)], value: f64) {
        self.calls().measures().put(namespace, name, dimensions, value);
    }

    fn put_of_api(&self, name: &str, value: f64) {
        self.put("AWS/ApiGateway", name, &[("ApiId", "satchel000")], value);
    }
}

#[tokio::test]
async fn a_crash_raises_an_alarm() {
    let stack = watched_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.calls().inject("list-files", 1, Fault::KillAfter, 1);
    assert_eq!(ada.get("/api/files").await.status, 500);
    stack.assert_raised(&["FunctionErrorsAlarm"]).await;
    stack.assert_sum("FunctionErrors", 1.0).await;
}

#[tokio::test]
async fn a_function_that_does_not_start_raises_an_alarm() {
    let stack = watched_stack().await;
    // `RegistrationDomains` is empty.
    stack.update(&[("Registration", "domains")]).await.expect("parameters can change");
    let answer = stack.get("/api/settings").await;
    stack.update(&[("Registration", "open")]).await.expect("parameters can change");
    assert_eq!(answer.status, 500);
    // The function says why it cannot run.
    stack.assert_raised(&["FunctionErrorsAlarm", "LoggedErrorsAlarm"]).await;
    assert_eq!(stack.get("/api/settings").await.status, 200);
}

#[tokio::test]
async fn every_failure_of_lambda_counts_once_and_an_error_that_a_function_returns_does_not() {
    let stack = watched_stack().await;
    let filters = &stack.deployment().filters;
    let filter = filters.iter().find(|filter| filter.name == "FunctionErrors").expect("the filter exists");
    let filter = Filter::parse(&filter.pattern).expect("the filter is understood");
    let line = |kind: &str, status: &str, error: Value| json!({"type": kind, "record": {"status": status, "errorType": error}});
    for (kind, status, error, counts) in [
        ("platform.report", "success", Value::Null, false),
        ("platform.report", "timeout", Value::Null, true),
        ("platform.report", "failure", Value::Null, true),
        ("platform.report", "error", json!("Runtime.ExitError"), true),
        ("platform.report", "error", json!("Runtime.OutOfMemory"), true),
        ("platform.report", "error", json!("Function.ResponseSizeTooLarge"), true),
        ("platform.report", "error", json!("UploadNotSettled"), false),
        ("platform.report", "error", Value::Null, false),
        ("platform.initReport", "success", Value::Null, false),
        ("platform.initReport", "timeout", Value::Null, true),
        ("platform.initReport", "error", json!("Runtime.ExitError"), true),
        // Lambda writes this one in addition to the report.
        ("platform.runtimeDone", "timeout", Value::Null, false),
    ] {
        assert_eq!(filter.matches(&line(kind, status, error.clone())), counts, "{kind} {status} {error}");
    }
}

#[tokio::test]
async fn server_errors_raise_alarms_when_they_are_more_than_one_in_a_hundred() {
    let stack = watched_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.calls().interrupt("list-files", "BatchGetItem", Fault::Exception("ValidationException"));
    let answers = join_all((0..6).map(|_| ada.get("/api/files"))).await;
    assert!(answers.iter().all(|answer| answer.status == 500));
    stack.assert_raised(&["ServerErrorsAlarm", "LoggedErrorsAlarm"]).await;
    // As many requests as make these errors less than one in a hundred.
    (0..600).for_each(|_| stack.put_of_api("Count", 1.0));
    stack.assert_raised(&["LoggedErrorsAlarm"]).await;
}

#[tokio::test]
async fn one_logged_error_raises_an_alarm() {
    let stack = watched_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.calls().interrupt("get-current-user", "BatchGetItem", Fault::Exception("ValidationException"));
    assert_eq!(ada.get("/api/users/me").await.status, 500);
    stack.assert_raised(&["LoggedErrorsAlarm"]).await;
}

#[tokio::test]
async fn figures_of_aws_raise_alarms_above_their_limits() {
    let usage = [
        ("Class", "None"),
        ("Resource", "ConcurrentExecutions"),
        ("Service", "Lambda"),
        ("Type", "Resource"),
    ];
    let api = [("ApiId", "satchel000")];
    let mails = [("FunctionName", "send-mail")];
    let erasures = [("FunctionName", "write-journal")];
    let (most, five_minutes) = (0.8 * ACCOUNT_CONCURRENCY, 300_000.0);
    let cases: [(_, _, &[_], _, _); 7] = [
        ("AWS/ApiGateway", "IntegrationLatency", &api, 5000.0, "LatencyAlarm"),
        ("AWS/Lambda", "Throttles", &[], 0.0, "ThrottlesAlarm"),
        ("AWS/Usage", "ResourceCount", &usage, most, "ConcurrencyAlarm"),
        ("AWS/Lambda", "IteratorAge", &mails, five_minutes, "IteratorAgeAlarm"),
        ("AWS/Lambda", "IteratorAge", &erasures, five_minutes, "IteratorAgeAlarm"),
        ("AWS/SES", "Reputation.BounceRate", &[], 0.05, "BounceRateAlarm"),
        ("AWS/SES", "Reputation.ComplaintRate", &[], 0.001, "ComplaintRateAlarm"),
    ];
    for (namespace, name, dimensions, limit, alarm) in cases {
        let stack = watched_stack().await;
        stack.put(namespace, name, dimensions, limit);
        stack.assert_raised(&[]).await;
        stack.put(namespace, name, dimensions, limit * 1.01 + 0.0001);
        stack.assert_raised(&[alarm]).await;
    }
}

#[tokio::test]
async fn an_event_that_fails_for_good_raises_an_alarm() {
    let stack = watched_stack().await;
    let event = json!({"Records": [{"Sns": {"Message": "this is not from SES"}}]}).to_string();
    stack.invoker().send("record-mail-feedback", event.into());
    stack.settled().await;
    stack.assert_raised(&["LoggedErrorsAlarm", "FailedEventsAlarm"]).await;
}

#[tokio::test]
async fn a_sweep_that_does_not_run_raises_an_alarm() {
    let stack = watched_stack().await;
    assert_eq!(stack.alarms(&stack.begun).expect("alarms"), [SWEEP]);
    stack.sweep().await;
    let started = Instant::now();
    while !stack.alarms(&stack.begun).expect("alarms").is_empty() {
        assert!(started.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_audit_that_has_not_run_for_more_than_eight_days_raises_an_alarm() {
    for (days, expected) in [(8, &[][..]), (9, &["AuditAlarm"])] {
        let stack = watched_stack().await;
        stack.sweep().await;
        let at = local::clock::now() - jiff::SignedDuration::from_hours(days * 24);
        stack.set_attribute("AUDIT", "PLACE", "noted_at", json!({"S": format!("{at:.3}")})).await;
        stack.sweep().await;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        stack.assert_sum("AuditAgeHours", (days * 24) as f64).await;
        stack.assert_raised(expected).await;
        assert!(stack.invoke("audit-storage", json!({"resume": true})).await.is_ok());
        let stored = stack.record("AUDIT", "PLACE").await;
        assert_ne!(stored["noted_at"]["S"], format!("{at:.3}"), "the audit notes when it ran");
    }
}

#[tokio::test]
async fn a_finding_of_the_audit_raises_an_alarm_unless_it_is_repaired() {
    const KEY: &str = "019ce36f-2530-7000-8000-00000000000a/019ce36f-2530-7000-8000-00000000000b/\
                       019ce36f-2530-7000-8000-00000000000c";
    let stack = watched_stack().await;
    stack.s3().pause_events();
    let (signed_at, expires_in) = (local::clock::now(), Duration::from_mins(1));
    let bucket = stack.bucket("OriginalsBucket");
    let put = Presign { method: "PUT", bucket, key: KEY, query: &[], headers: &[], signed_at, expires_in };
    let put = stack.http.put(stack.sign_as("create-file", &put)).body("hello");
    assert_eq!(Answer::of(put).await.status, 200);
    for (order, expected) in
        [(json!({"older_than_seconds": 0, "repair": true}), &[][..]), (json!({"older_than_seconds": 0}), &[])]
    {
        assert!(stack.invoke("audit-storage", order).await.expect("it exists").succeeded());
        stack.assert_raised(expected).await;
    }
    let put = Presign { method: "PUT", bucket, key: KEY, query: &[], headers: &[], signed_at, expires_in };
    let put = stack.http.put(stack.sign_as("create-file", &put)).body("hello");
    assert_eq!(Answer::of(put).await.status, 200);
    let found = stack.invoke("audit-storage", json!({"older_than_seconds": 0})).await.expect("it exists");
    assert!(found.succeeded());
    stack.assert_raised(&["AuditFindingsAlarm"]).await;
    stack.invoke("audit-storage", json!({"older_than_seconds": 0, "repair": true})).await.expect("it exists");
}

#[tokio::test]
async fn mails_that_ses_refuses_raise_an_alarm() {
    for code in ["AccountSendingPausedException", "MessageRejected"] {
        let stack = watched_stack().await;
        stack.calls().interrupt("send-mail", "SendEmail", Fault::Exception(code));
        stack.unverified_account("ada", &stack.fresh_address()).await;
        stack.assert_raised(&["MailsRefusedAlarm"]).await;
        stack.calls().clear("send-mail");
        stack.settled().await;
    }
}

#[tokio::test]
async fn mails_that_are_sent_and_that_bounce_are_counted_without_an_alarm() {
    let stack = watched_stack().await;
    let address = format!("bounce+{}@simulator.amazonses.com", stack.fresh_name("alarms"));
    stack.unverified_account("ada", &address).await;
    stack.assert_sum("MailsSent", 1.0).await;
    stack.assert_sum("MailsBounced", 1.0).await;
    stack.assert_raised(&[]).await;
}

#[tokio::test]
async fn throttling_of_the_table_raises_an_alarm_although_the_request_succeeds() {
    for (function, operation) in
        [("get-current-user", "BatchGetItem"), ("create-resource", "TransactWriteItems")]
    {
        let stack = watched_stack().await;
        let ada = stack.signed_up_user("ada").await;
        stack.calls().interrupt_next(function, operation, Fault::Throttling, 1);
        let status = match function {
            "get-current-user" => ada.get("/api/users/me").await.status,
            _ => ada.post("/api/resource", json!({"field1": "a", "field2": "b"})).await.status,
        };
        assert!(status < 300, "{function}: {status}");
        stack.assert_raised(&["TableThrottlesAlarm"]).await;
    }
}

#[tokio::test]
async fn uploads_are_counted_by_their_result() {
    let stack = watched_stack().await;
    let ada = stack.signed_up_user("ada").await;
    ada.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    for (content, kind) in [(fixture("page.png"), "application/pdf"), (b"GIF89a".to_vec(), "image/gif")] {
        let path = if kind == "image/gif" { "/api/images" } else { "/api/files" };
        assert_eq!(ada.upload(path, "a", kind, content).await["status"], "rejected");
    }
    stack.settled().await;
    for (name, expected) in [
        ("UploadsAnnounced", 4.0),
        ("UploadsReady", 2.0),
        ("UploadsMismatched", 1.0),
        ("UploadsUndecodable", 1.0),
    ] {
        stack.assert_sum(name, expected).await;
    }
    let metrics = stack.metrics(&stack.begun).expect("metrics");
    assert!(metrics.names("satchel-local").contains(&"ThumbnailMilliseconds"));
    stack.assert_raised(&[]).await;
}

#[tokio::test]
async fn an_upload_that_a_scanner_locks_raises_no_alarm() {
    let stack = watched_stack().await;
    let eve = stack.signed_up_user("eve").await;
    // Another object, which shows that only one is locked.
    eve.upload_file("b.txt", "text/plain", b"other\n".to_vec()).await;
    stack.settled().await;
    stack.s3().pause_events();
    let file = eve.announce("/api/files", "a.txt", "text/plain", 6).await;
    stack.calls().deny_on("complete-file", "s3:GetObject", &format!("{}/{}/*", eve.id, id(&file)));
    assert_eq!(eve.put(&file, b"hello\n".to_vec()).await.status, 200);
    let answer = eve.post(&format!("/api/files/{}/complete", id(&file)), json!({})).await;
    answer.assert(409, &json!({"detail": "The file cannot be read yet."}));
    stack.assert_raised(&[]).await;
}

#[tokio::test]
async fn unusual_input_of_a_stranger_raises_no_alarm() {
    let stack = watched_stack().await;
    assert_no_server_error(&stack, 300).await;
    let eve = stack.signed_up_user("eve").await;
    send_unusual_requests(&stack, &eve).await;
    send_unusual_uploads(&eve).await;
    // SES rejects these addresses.
    for address in [r#""a..b"@example.org"#, "a@[127.0.0.1]"] {
        stack.unverified_account("eve", address).await;
    }
    stack.settled().await;
    eve.age_records_by_a_month().await;
    stack.sweep().await;
    stack.settled().await;
    // How long requests take depends on the machine.
    let raised: Vec<_> = stack.raised().into_iter().filter(|alarm| alarm != "LatencyAlarm").collect();
    let lines = stack.logs().into_iter().filter(|line| line.contains("\"ERROR\"")).collect::<Vec<_>>();
    assert!(raised.is_empty(), "{raised:?}\n{lines:#?}");
}

async fn send_unusual_requests(stack: &TestStack, eve: &User) {
    let long = "a".repeat(2000);
    for path in ["/", "/api", "/nowhere", "/%00", "/api/files/%2e%2e", "/s/none", &format!("/{long}")] {
        assert!(stack.get(path).await.status < 500, "{path}");
    }
    for query in ["limit=-1", "limit=99999999999999999999", "cursor=none", "limit=%zz", "status=none", &long]
    {
        for path in ["/api/files", "/api/images", "/api/resource"] {
            assert!(eve.get(&format!("{path}?{query}")).await.status < 500, "{path} {query}");
        }
    }
    for token in ["", "none", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", long.as_str()] {
        assert!(eve.with_tokens(token, token).get("/api/users/me").await.status < 500);
    }
    let large = stack.post_raw("/api/token", "application/json", vec![b' '; 5_000_000]).await;
    assert_eq!(large.status, 413);
}

async fn send_unusual_uploads(eve: &User) {
    // Neither is what it says.
    for (content, kind) in [
        (Vec::new(), "image/png"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "image/png"),
        (fixture("photo.jpg")[..2000].to_vec(), "image/jpeg"),
        (b"<svg onload=alert(1)>".to_vec(), "image/svg+xml"),
    ] {
        for path in ["/api/files", "/api/images"] {
            let answer = eve.post_file(path, "file", "a", kind, content.clone()).await;
            assert!(answer.status < 500, "{path} {kind}");
        }
        if !content.is_empty() {
            eve.upload("/api/images", "a.png", "image/png", content).await;
        }
    }
    // Its bytes never come.
    eve.announce("/api/files", "a.txt", "text/plain", 1000).await;
}
