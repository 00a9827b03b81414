//! Functions whose binaries are still being built.

use std::time::Duration;

use serde_json::json;

use super::bench::Bench;
use crate::outcome::Outcome;

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn an_event_waits_for_the_binary_of_its_function() {
    let (bench, building) = Bench::building(LONG).await;
    let build = async {
        tokio::time::sleep(Duration::from_millis(1300)).await;
        assert!(bench.has_logged("obey | is still being built; a request or an event waits for it"));
        assert!(!bench.has_logged("platform.report"));
        building.built("obey");
    };
    let (answer, ()) = tokio::join!(bench.answer(json!({"a": 1})), build);
    assert_eq!(answer["order"], json!({"a": 1}));
}

#[tokio::test]
async fn a_function_that_did_not_build_fails_and_says_why() {
    let (bench, building) = Bench::building(LONG).await;
    // The file is there, but who knows of which sources.
    building.end(Err("obey did not build".to_owned()));
    assert!(matches!(bench.invoke(json!({})).await.outcome, Outcome::Failed(_)));
    assert!(bench.has_logged("cannot start the function: obey was not built: obey did not build"));
}
