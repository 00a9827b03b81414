//! Copies of shared files, compared with the files.

use super::*;

fn shared() -> Value {
    with(file("ready"), &json!({"visibility": "members"}))
}

fn copy() -> Value {
    with(shared(), &json!({"pk": format!("SHARED#{FILE}"), "sk": "FILE", "month": "2026-03"}))
}

/// The audit's report on the copy, if the table has these records and reads the copy as `then` the second time.
async fn found_beside(order: Value, records: &[Value], then: &[Value]) -> (CannedAws, Report) {
    let first = [
        scanned(&[copy()], None).about("SHARED#").once(),
        found_all(then).about("SHARED#"),
        found_all(records).about("USER#"),
        done("TransactWriteItems"),
    ];
    found_with(order, first).await
}

#[tokio::test]
async fn a_copy_that_matches_its_file_is_no_finding_even_if_the_account_is_closed() {
    for account in [user(), with(user(), &json!({"is_active": false}))] {
        let (aws, report) = found_beside(json!({"repair": true}), &[shared(), account], &[copy()]).await;
        assert_eq!((report.copies, report.unexplained_copies, report.repaired), (1, 0, true));
        assert!(aws.calls_of("TransactWriteItems").is_empty());
    }
}

#[tokio::test]
async fn a_copy_without_a_file_or_an_account_is_found_and_removed_only_on_demand() {
    let erasing = with(user(), &json!({"is_active": false, "erasing": true}));
    let (private, changed) = (file("ready"), with(shared(), &json!({"revision": 8})));
    for records in [
        vec![],
        vec![user()],
        vec![shared()],
        vec![shared(), erasing],
        vec![private, user()],
        vec![changed, user()],
    ] {
        let (aws, report) = found_beside(json!({}), &records, &[copy()]).await;
        assert_eq!((report.copies, report.unexplained_copies, report.repaired), (1, 1, false), "{records:?}");
        assert!(aws.calls_of("TransactWriteItems").is_empty());
        let (aws, report) = found_beside(json!({"repair": true}), &records, &[copy()]).await;
        assert_eq!((report.unexplained_copies, report.repaired), (1, true));
        let removed = aws.call("TransactWriteItems").json()["TransactItems"][0]["Delete"].take();
        assert_eq!(removed["Key"]["pk"]["S"], format!("SHARED#{FILE}"));
        assert_eq!(removed["ConditionExpression"], "#revision = :revision");
        assert_eq!(removed["ExpressionAttributeValues"][":revision"]["N"], "7");
    }
}

#[tokio::test]
async fn a_copy_that_was_changed_or_removed_after_it_was_read_is_no_finding() {
    for then in [vec![], vec![with(copy(), &json!({"revision": 8}))]] {
        let (_, report) = found_beside(json!({"repair": true}), &[user()], &then).await;
        assert_eq!((report.copies, report.unexplained_copies), (1, 0));
    }
}
