use std::time::Duration;

use jiff::SignedDuration;
use local_deployment::StreamSource;
use local_lambda::Outcome;
use serde_json::json;

use super::{Answer, Recorder, failure, failures, follow, put, source};
use crate::tests::{Endpoint, data, deployment, key};

const HALF_A_DAY: Duration = Duration::from_hours(12);

#[tokio::test]
async fn a_failed_batch_is_retried_before_the_next_one() {
    let target = Recorder::answering(vec![failure()]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    follow(&endpoint, &data, source(), &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a, INSERT b", "INSERT a, INSERT b", "INSERT c"]);
    assert_eq!(target.dead(), []);
}

#[tokio::test]
async fn a_batch_that_is_given_up_goes_to_the_queue_and_the_next_is_delivered() {
    let target = Recorder::answering(vec![Answer::Is(Outcome::Crashed), Answer::Is(Outcome::TimedOut)]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    follow(&endpoint, &data, source(), &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a, INSERT b", "INSERT a, INSERT b", "INSERT c"]);
    let (queue, message) = target.dead().remove(0);
    assert_eq!(queue, "failed");
    assert_eq!(
        message["requestContext"],
        json!({
            "requestId": "r1",
            "functionArn": "arn:aws:lambda:eu-west-1:000000000000:function:send-mail",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        }),
    );
    let failed = json!({"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"});
    assert_eq!(message["responseContext"], failed);
    let batch = &message["DDBStreamBatchInfo"];
    let number = |index: usize| {
        target.events.lock().unwrap()[0]["Records"][index]["dynamodb"]["SequenceNumber"].clone()
    };
    assert_eq!((&batch["batchSize"], &batch["startSequenceNumber"]), (&json!(2), &number(0)));
    assert_eq!(batch["endSequenceNumber"], number(1));
}

#[tokio::test]
async fn a_reported_failure_retries_that_record_and_all_later_ones() {
    let target = Recorder::answering(vec![Answer::Failed(1), Answer::Failed(0), Answer::Failed(0)]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    let source = StreamSource { batch_size: 3, report_item_failures: true, ..source() };
    follow(&endpoint, &data, source, &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a, INSERT b, INSERT c", "INSERT b, INSERT c"]);
    let (_, message) = target.dead().remove(0);
    assert_eq!(message["DDBStreamBatchInfo"]["batchSize"], 2);
}

#[tokio::test]
async fn a_batch_without_a_limit_of_attempts_is_retried_until_it_succeeds() {
    let target = Recorder::answering(failures(5));
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a"]).await;
    let source = StreamSource { retries: None, max_age: Some(HALF_A_DAY), ..source() };
    follow(&endpoint, &data, source, &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a"; 6]);
    assert_eq!(target.dead(), []);
}

#[tokio::test]
async fn a_record_is_given_up_once_it_is_too_old() {
    let target =
        Recorder { attempt_takes: SignedDuration::from_hours(5), ..Recorder::answering(failures(3)) };
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a"]).await;
    let source = StreamSource { retries: None, max_age: Some(HALF_A_DAY), ..source() };
    let streams = follow(&endpoint, &data, source, &target).unwrap();
    streams.settled().await;
    // The attempts are after 0, 5 and 10 hours. After 15 hours the record is too old.
    assert_eq!(target.batches(), ["INSERT a"; 3]);
    let (queue, message) = target.dead().remove(0);
    assert_eq!(queue, "failed");
    let context = &message["requestContext"];
    assert_eq!(
        (&context["condition"], &context["approximateInvokeCount"]),
        (&json!("RecordAgeExceeded"), &json!(3))
    );
    let number = target.events.lock().unwrap()[0]["Records"][0]["dynamodb"]["SequenceNumber"].clone();
    assert_eq!(message["DDBStreamBatchInfo"]["startSequenceNumber"], number);
}

#[tokio::test]
async fn the_age_of_a_batch_is_noted_at_each_attempt() {
    let target = Recorder { late: SignedDuration::from_mins(6), ..Recorder::answering(failures(1)) };
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a"]).await;
    follow(&endpoint, &data, source(), &target).unwrap().settled().await;
    let minutes: Vec<_> = target.ages.lock().unwrap().iter().map(|age| age.as_secs() / 60).collect();
    assert_eq!(minutes, [6, 6]);
}

#[tokio::test]
async fn a_record_that_is_too_old_when_it_is_read_is_not_attempted() {
    let target = Recorder { late: SignedDuration::from_hours(13), ..Recorder::default() };
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    let source = StreamSource { retries: None, max_age: Some(HALF_A_DAY), ..source() };
    follow(&endpoint, &data, source, &target).unwrap().settled().await;
    assert_eq!(target.batches(), Vec::<String>::new());
    let sizes: Vec<_> =
        target.dead().iter().map(|(_, message)| message["DDBStreamBatchInfo"]["batchSize"].clone()).collect();
    assert_eq!(sizes, [2, 1]);
    assert_eq!(target.dead()[0].1.get("responseContext"), None, "the function was not invoked");
}

#[tokio::test]
async fn a_batch_that_failed_as_a_whole_is_retried_in_halves() {
    let target = Recorder::default();
    target.poison(Some("c"));
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c", "d"]).await;
    let source = StreamSource { batch_size: 4, bisect: true, report_item_failures: true, ..source() };
    follow(&endpoint, &data, source, &target).unwrap().settled().await;
    assert_eq!(
        target.batches(),
        [
            "INSERT a, INSERT b, INSERT c, INSERT d",
            "INSERT a, INSERT b",
            "INSERT c, INSERT d",
            "INSERT c",
            "INSERT c",
            "INSERT d",
        ]
    );
    assert_eq!(target.dead()[0].1["DDBStreamBatchInfo"]["batchSize"], 1);
}

#[tokio::test]
async fn a_record_that_fails_delays_only_its_own_lane() {
    let target = Recorder::default();
    target.poison(Some("n0"));
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let names: Vec<String> = (0..40).map(|number| format!("n{number}")).collect();
    put(&endpoint, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let source = || StreamSource { retries: None, parallel: 10, batch_size: 1, ..source() };
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    // A lane has four records on average, so the other nine lanes have at least half of all records.
    target.until(|delivered| delivered.len() >= 20).await;
    assert!(!target.delivered().contains(&"n0".to_owned()));
    streams.stop().await;
    target.poison(None);
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    streams.settled().await;
    let mut delivered = target.delivered();
    delivered.sort();
    let mut expected = names;
    expected.sort();
    assert_eq!(delivered, expected, "each record is delivered once, in spite of the restart");
}

#[tokio::test]
async fn changes_of_one_item_stay_in_order_in_many_lanes() {
    let target = Recorder::answering(vec![failure(), failure()]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a"]).await;
    for number in 1..6 {
        let item = json!({"pk": {"S": "u"}, "sk": {"S": "a"}, "number": {"N": number.to_string()}});
        endpoint.put(item).await;
    }
    endpoint.ask("DeleteItem", json!({"Key": key("u", "a")})).await;
    let source = StreamSource { retries: None, parallel: 10, batch_size: 1, ..source() };
    follow(&endpoint, &data, source, &target).unwrap().settled().await;
    let mut expected = vec!["INSERT a"; 3];
    expected.extend(["MODIFY a"; 5]);
    expected.push("REMOVE a");
    assert_eq!(target.batches(), expected);
}

#[tokio::test]
async fn a_record_that_fails_while_the_stack_stops_is_not_given_up() {
    let target = Recorder { stopping: true, ..Recorder::answering(failures(1)) };
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a"]).await;
    let source = || StreamSource { retries: Some(0), ..source() };
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    target.until(|_| target.batches() == ["INSERT a"]).await;
    streams.stop().await;
    let target = Recorder { stopping: false, ..target };
    follow(&endpoint, &data, source(), &target).unwrap().settled().await;
    assert_eq!((target.delivered(), target.dead()), (vec!["a".to_owned()], vec![]));
}
