//! Whether a table can return to a time.

use aws_sdk_dynamodb::Client;
use aws_sdk_s3::Client as Buckets;
use aws_smithy_types::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::failure::Failure;

/// How far back DynamoDB's point-in-time recovery reaches at most.
const KEPT: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Refuses a time to which DynamoDB cannot restore the table. Nothing is changed yet.
///
/// # Errors
/// If the time is in the future, or the table's recovery does not reach it.
pub async fn check(client: &Client, table: &str, to: Timestamp, now: Timestamp) -> Result<(), Failure> {
    if to > now {
        return Err(Failure::usage(format!("{to} is in the future")));
    }
    // A call that fails says nothing: the restore itself would be refused.
    let answer = client.describe_continuous_backups().table_name(table).send().await.ok();
    let backups = answer.and_then(|answer| answer.continuous_backups_description);
    let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description);
    let window = recovery.and_then(|recovery| {
        Some((
            recovery.earliest_restorable_date_time.and_then(time)?,
            recovery.latest_restorable_date_time.and_then(time)?,
        ))
    });
    // An emulator keeps no earlier times, and names an empty window.
    let window = window.filter(|(earliest, latest)| earliest < latest);
    let (earliest, latest) = window.unwrap_or((now - KEPT, now));
    if to < earliest || to > latest {
        return Err(Failure::usage(format!("the table {table} cannot return to {to}"))
            .advice(format!("choose a time from {earliest} to {latest}")));
    }
    Ok(())
}

/// What to say if the journal is younger than the restore point, so that older erasures are not repeated. Nothing if the
/// age of its bucket is unknown.
pub async fn journal_warning(client: &Buckets, bucket: &str, to: Timestamp) -> Option<String> {
    let listed = client.list_buckets().prefix(bucket).send().await.ok()?;
    let found = listed.buckets().iter().find(|found| found.name() == Some(bucket))?;
    let began = found.creation_date().copied().and_then(time)?;
    (to < began).then(|| {
        format!("WARNING: the journal begins at {began}; deletions and closures between {to} and then are not repeated")
    })
}

fn time(time: DateTime) -> Option<Timestamp> {
    Timestamp::from_second(time.secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::canned::{config, reply};
    use crate::failure::End;

    const NOW: &str = "2026-11-30T12:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    async fn checked(description: &str, to: &str) -> Result<(), Failure> {
        let body = format!(
            r#"{{"ContinuousBackupsDescription": {{"ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {{"PointInTimeRecoveryStatus": "ENABLED"{description}}}}}}}"#
        );
        let client = Client::from_conf(config!(aws_sdk_dynamodb, reply(200, &body)));
        check(&client, "files-Table-1", at(to), at(NOW)).await
    }

    #[tokio::test]
    async fn only_a_time_in_the_window_of_the_recovery_is_accepted() {
        let (earliest, latest) = (at("2026-11-20T00:00:00Z"), at("2026-11-30T11:55:00Z"));
        let window = format!(
            r#", "EarliestRestorableDateTime": {}, "LatestRestorableDateTime": {}"#,
            earliest.as_second(),
            latest.as_second()
        );
        assert!(checked(&window, "2026-11-25T00:00:00Z").await.is_ok());
        for outside in ["2026-11-19T00:00:00Z", "2026-11-30T11:56:00Z"] {
            let failure = checked(&window, outside).await.unwrap_err();
            assert_eq!(failure.end, End::Usage);
            assert_eq!(
                failure.advice.unwrap(),
                "choose a time from 2026-11-20T00:00:00Z to 2026-11-30T11:55:00Z"
            );
        }
    }

    #[tokio::test]
    async fn without_a_window_the_last_35_days_are_accepted() {
        let empty = r#", "EarliestRestorableDateTime": 1, "LatestRestorableDateTime": 1"#;
        for description in ["", empty] {
            assert!(checked(description, "2026-11-30T11:59:00Z").await.is_ok());
            assert!(checked(description, "2026-10-26T12:00:00Z").await.is_ok());
            assert!(checked(description, "2026-10-26T11:00:00Z").await.is_err());
            let failure = checked(description, "2026-11-30T12:00:01Z").await.unwrap_err();
            assert!(failure.message.contains("in the future"), "{}", failure.message);
        }
    }

    #[tokio::test]
    async fn a_journal_that_is_younger_than_the_restore_point_is_mentioned() {
        let body = "<ListAllMyBucketsResult><Buckets><Bucket><Name>journal</Name>\
                    <CreationDate>2026-11-25T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>";
        let client = Buckets::from_conf(config!(aws_sdk_s3, reply(200, body)));
        let warning = journal_warning(&client, "journal", at("2026-11-24T00:00:00Z")).await.unwrap();
        assert!(warning.contains("begins at 2026-11-25T00:00:00Z"), "{warning}");
        assert!(journal_warning(&client, "journal", at("2026-11-26T00:00:00Z")).await.is_none());
        assert!(journal_warning(&client, "other", at("2026-11-24T00:00:00Z")).await.is_none());
    }
}
