//! Quotas of accounts, and the index of accounts.

use satchel_testing::cancelled;

use super::*;

#[tokio::test]
async fn a_wrong_quota_is_found_and_corrected_only_on_demand() {
    for (used, off) in [(100, 10), (0, 90), (-5, 95)] {
        let first = || [account(&json!({"used_bytes": used}))];
        let (aws, report) = found_with(json!({}), first()).await;
        assert_eq!((report.unexplained_accounts, report.unexplained_bytes), (1, off), "{used}");
        assert_eq!(aws.calls_of("Query").len(), 4, "nothing changed between two readings");
        assert!(aws.calls_of("UpdateItem").is_empty());
        let (aws, report) = found_with(json!({"repair": true}), first()).await;
        assert_eq!((report.unexplained_accounts, report.repaired), (1, true));
        let write = aws.call("UpdateItem").json();
        assert_eq!(write["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(
            write["UpdateExpression"],
            "SET #last_update = :mark, #used_bytes = :reserved, #kept_bytes = :counted"
        );
        let condition = write["ConditionExpression"].as_str().unwrap();
        assert!(
            condition.starts_with(
                "(#used_bytes = :used AND attribute_not_exists(#erasing) AND \
                 (attribute_not_exists(#kept_bytes) OR #kept_bytes = :kept)) AND "
            ),
            "{condition}"
        );
        let values = [":reserved", ":used"].map(|name| &write["ExpressionAttributeValues"][name]["N"]);
        assert_eq!(values, [&json!("90"), &json!(used.to_string())]);
    }
}

#[tokio::test]
async fn wrong_kept_bytes_are_found_and_corrected_only_on_demand() {
    let pk = format!("USER#{USER}");
    let day = json!({"pk": pk, "sk": "KEPT#2026-03-12", "bytes": 5, "due_at": "2026-03-21T19:03:58.000Z"});
    for (kept, off) in [(12, 7), (0, 5), (-2, 7)] {
        let first =
            || [account(&json!({"kept_bytes": kept})), page(std::slice::from_ref(&day)).about("KEPT#")];
        let (aws, report) = found_with(json!({}), first()).await;
        assert_eq!((report.unexplained_accounts, report.unexplained_bytes), (1, off), "{kept}");
        assert!(aws.calls_of("UpdateItem").is_empty());
        let (aws, report) = found_with(json!({"repair": true}), first()).await;
        assert_eq!((report.unexplained_accounts, report.repaired), (1, true));
        let values = aws.call("UpdateItem").json()["ExpressionAttributeValues"].take();
        assert_eq!(
            (&values[":counted"]["N"], &values[":kept"]["N"]),
            (&json!("5"), &json!(kept.to_string()))
        );
    }
    let explained = [account(&json!({"kept_bytes": 5})), page(&[day]).about("KEPT#")];
    let (_, report) = found_with(json!({}), explained).await;
    assert_eq!((report.unexplained_accounts, report.kept_bytes), (0, 5));
}

#[tokio::test]
async fn a_quota_that_changed_after_it_was_read_is_not_corrected() {
    let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    let changed = Reply::new("UpdateItem", json!({"__type": kind}).to_string()).status(400);
    let first = [account(&json!({"used_bytes": 100})), changed];
    let (_, report) = found_with(json!({"repair": true}), first).await;
    assert_eq!((report.unexplained_accounts, report.repaired), (1, false));
}

#[tokio::test]
async fn an_account_that_changes_is_read_until_two_readings_agree() {
    // The image was added between two readings.
    let before = page(&[file("ready")]).about("OWNER#").once();
    let (aws, report) = found_with(json!({}), [before]).await;
    assert_eq!((report.accounts, report.unexplained_accounts), (1, 0));
    assert_eq!(aws.calls_of("Query").len(), 4);
    // The sum is the same each time, although something changed.
    let revisions = |number: u64| {
        let changed = with(file("ready"), &json!({"revision": number}));
        page(&[changed]).about("OWNER#").once()
    };
    let (_, report) = found_with(json!({}), [1, 2, 3, 4].map(revisions)).await;
    assert_eq!((report.accounts, report.unexplained_accounts), (0, 0));
}

#[tokio::test]
async fn an_account_that_is_being_erased_is_not_compared() {
    let erasing = account(&json!({"used_bytes": 100, "erasing": true}));
    for gone in [erasing, found(None).about(USER)] {
        let (_, report) = found_with(json!({}), [gone]).await;
        assert_eq!((report.accounts, report.unexplained_accounts), (0, 0));
    }
}

#[tokio::test]
async fn an_account_of_an_older_release_is_listed_with_its_login_record() {
    let first = || [scanned(&[user()], None).about("\"USER\"").once()];
    let (aws, report) = found_with(json!({}), [&first()[..], &[done("TransactWriteItems")]].concat()).await;
    assert_eq!((report.listed_accounts, report.repaired), (1, false));
    let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
    let updates: Vec<_> = writes.as_array().unwrap().iter().map(|write| &write["Update"]).collect();
    let user = format!("USER#{USER}");
    for (update, (pk, list, place)) in
        updates.iter().zip([(user.as_str(), "AGE", USER), ("NAME#ada", "NAME", "ada")])
    {
        assert_eq!(update["Key"]["pk"]["S"], pk);
        assert_eq!(update["UpdateExpression"], "SET #roster = :list, #roster_place = :place");
        let values = [":list", ":place"].map(|name| &update["ExpressionAttributeValues"][name]["S"]);
        assert_eq!(values, [list, place]);
    }
    let conditions: Vec<_> = updates.iter().map(|update| &update["ConditionExpression"]).collect();
    assert_eq!(conditions, ["attribute_exists(pk)", "#user_id = :user"]);

    // The account was erased, or its name was taken over after it had expired.
    let gone = cancelled(&["None", "ConditionalCheckFailed"]);
    let (_, report) = found_with(json!({}), [&first()[..], &[gone]].concat()).await;
    assert_eq!(report.listed_accounts, 0);
    let denied = [&first()[..], &[denied("TransactWriteItems")], &replies()].concat();
    let (_, report) = audited(json!({}), IN_TIME, denied).await;
    assert!(report.is_err());
}
