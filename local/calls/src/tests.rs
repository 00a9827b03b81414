use std::sync::{Arc, Mutex};
use std::time::Duration;

use local_common::Signer;

use super::{Begun, Calls, Fault, Permit, Service};

const KEY: &str = "local.f.0";

fn signer() -> Signer {
    Signer { function: "f".to_owned(), slot: 0 }
}

async fn begin(calls: &Calls) -> Begun {
    calls.begin(KEY, Service::S3, "PutObject").await
}

async fn proceeds(calls: &Calls) -> Permit {
    match begin(calls).await {
        Begun::Proceed(permit) => permit,
        Begun::Answer(_) | Begun::Never => panic!("a fault was injected"),
    }
}

#[tokio::test]
async fn a_fault_is_injected_into_the_nth_call_of_the_requested_number_of_invocations() {
    let calls = Calls::default();
    calls.inject("f", 2, Fault::Throttling, 1);
    for (request, expected) in [("first", true), ("second", false)] {
        calls.invocation_started(&signer(), request);
        assert!(!proceeds(&calls).await.finish());
        assert_eq!(matches!(begin(&calls).await, Begun::Answer(Fault::Throttling)), expected, "{request}");
        calls.invocation_ended(&signer());
    }
}

#[tokio::test]
async fn calls_outside_an_invocation_meet_no_fault_and_belong_to_no_invocation() {
    let calls = Calls::default();
    calls.inject("f", 1, Fault::Hang, 1);
    assert!(!proceeds(&calls).await.finish());
    calls.invocation_started(&signer(), "request");
    assert!(calls.of_request("request").is_empty());
    assert!(matches!(begin(&calls).await, Begun::Never));
    assert_eq!(calls.of_request("request").len(), 1, "a call that is never answered is recorded, too");
    assert_eq!(calls.last_request_of("f").as_deref(), Some("request"));
}

#[tokio::test]
async fn the_process_that_signed_the_call_is_killed() {
    let calls = Calls::default();
    let killed = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&killed);
    calls.on_kill(move |signer| seen.lock().unwrap().push(signer.clone()));
    calls.inject("f", 1, Fault::KillAfter, 1);
    calls.invocation_started(&signer(), "request");
    let permit = proceeds(&calls).await;
    assert!(killed.lock().unwrap().is_empty(), "the process is killed after the call");
    assert!(permit.finish());
    assert_eq!(*killed.lock().unwrap(), [signer()]);
}

#[tokio::test]
async fn delayed_calls_that_are_made_at_once_overlap() {
    let calls = Calls::default();
    calls.delay_all("f", Some(Duration::from_millis(20)));
    calls.invocation_started(&signer(), "request");
    let together = || async { proceeds(&calls).await.finish() };
    _ = tokio::join!(together(), together());
    _ = together().await;
    let made = calls.of_request("request");
    assert_eq!((made.len(), Calls::in_sequence(&made)), (3, 2));
    calls.delay_all("f", None);
}

#[tokio::test]
async fn a_cleared_fault_is_not_injected() {
    let calls = Calls::default();
    calls.inject("f", 1, Fault::InternalError, 5);
    calls.clear("f");
    calls.invocation_started(&signer(), "request");
    assert!(!proceeds(&calls).await.finish());
}

#[tokio::test]
async fn an_outage_affects_every_call_of_one_operation_until_it_is_cleared() {
    let calls = Calls::default();
    calls.interrupt("f", "PutObject", Fault::InternalError);
    calls.invocation_started(&signer(), "request");
    for _ in 0..3 {
        assert!(matches!(begin(&calls).await, Begun::Answer(Fault::InternalError)));
    }
    assert!(matches!(calls.begin(KEY, Service::S3, "GetObject").await, Begun::Proceed(_)));
    assert_eq!(calls.count("f", "PutObject"), 3);
    calls.clear("f");
    assert!(!proceeds(&calls).await.finish());
}
