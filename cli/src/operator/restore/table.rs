//! Restoring the table, and the settings that DynamoDB does not restore.
//!
//! See <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html>.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    PointInTimeRecoverySpecification, StreamSpecification, StreamViewType, TableDescription, TableStatus,
    TimeToLiveSpecification, TimeToLiveStatus,
};

use super::state::State;
use crate::aws::Aws;
use crate::console::Console;
use crate::failure::{Failure, doing};

/// The attribute by which records expire, if the former table does not say.
const TTL: &str = "ttl";

/// Restores the table under its new name, unless an earlier run has begun that, and waits until it is there.
///
/// # Errors
/// If the time is not within the last 35 days, or DynamoDB refuses.
pub async fn restore(aws: &Aws, state: &State, console: Console) -> Result<(), Failure> {
    let client = aws.dynamodb();
    if describe(aws, &state.table).await?.is_none() {
        let request = client
            .restore_table_to_point_in_time()
            .source_table_name(&state.source)
            .target_table_name(&state.table)
            .restore_date_time(aws_smithy_types::DateTime::from_secs(state.to.as_second()));
        request.send().await.map_err(doing(format!("restore the table {}", state.source)))?;
    }
    until_active(aws, &state.table, console).await.map(|_| ())
}

/// Sets stream, expiry, recovery and protection of the restored table. Remembers the ARN of the stream.
///
/// # Errors
/// If DynamoDB refuses.
pub async fn configure(aws: &Aws, state: &mut State, console: Console) -> Result<(), Failure> {
    let client = aws.dynamodb();
    let table = until_active(aws, &state.table, console).await?;
    if !table.deletion_protection_enabled().unwrap_or_default() {
        let request = client.update_table().table_name(&state.table).deletion_protection_enabled(true);
        request.send().await.map_err(doing("protect the restored table"))?;
        until_active(aws, &state.table, console).await?;
    }
    if !table.stream_specification().is_some_and(|stream| stream.stream_enabled()) {
        let stream =
            StreamSpecification::builder().stream_enabled(true).stream_view_type(view(aws, state).await);
        let stream = stream.build().map_err(doing("describe the stream"))?;
        let request = client.update_table().table_name(&state.table).stream_specification(stream);
        request.send().await.map_err(doing("turn on the stream of the restored table"))?;
        until_active(aws, &state.table, console).await?;
    }
    expire(aws, &state.table).await?;
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let recovery = recovery.build().map_err(doing("describe the recovery"))?;
    let request = client.update_continuous_backups().table_name(&state.table);
    let answer = request.point_in_time_recovery_specification(recovery).send().await;
    answer.map_err(doing("turn on point-in-time recovery of the restored table"))?;
    let table = until_active(aws, &state.table, console).await?;
    let stream =
        table.latest_stream_arn().ok_or_else(|| Failure::new("the restored table has no stream yet"))?;
    state.stream = Some(stream.to_owned());
    state.save()
}

/// What the stream of the former table shows, or what the template says if that table cannot tell any more.
async fn view(aws: &Aws, state: &State) -> StreamViewType {
    let source = describe(aws, &state.source).await.ok().flatten();
    let stream = source.and_then(|table| table.stream_specification);
    stream.and_then(|stream| stream.stream_view_type).unwrap_or(StreamViewType::NewImage)
}

async fn expire(aws: &Aws, table: &str) -> Result<(), Failure> {
    let client = aws.dynamodb();
    let now =
        client.describe_time_to_live().table_name(table).send().await.map_err(doing("read the expiry"))?;
    let status = now.time_to_live_description().and_then(|ttl| ttl.time_to_live_status());
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let ttl = TimeToLiveSpecification::builder().attribute_name(TTL).enabled(true).build();
    let ttl = ttl.map_err(doing("describe the expiry"))?;
    let request = client.update_time_to_live().table_name(table).time_to_live_specification(ttl);
    request.send().await.map_err(doing("turn on the expiry of the restored table"))?;
    Ok(())
}

async fn describe(aws: &Aws, table: &str) -> Result<Option<TableDescription>, Failure> {
    match aws.dynamodb().describe_table().table_name(table).send().await {
        Ok(answer) => Ok(answer.table),
        Err(error)
            if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            Ok(None)
        }
        Err(error) => Err(doing(format!("read the table {table}"))(error)),
    }
}

/// Waits until the table and its indexes are there.
async fn until_active(aws: &Aws, table: &str, console: Console) -> Result<TableDescription, Failure> {
    let pause = if aws.is_emulated() { Duration::from_millis(200) } else { Duration::from_secs(15) };
    let mut waited = Duration::ZERO;
    loop {
        let found = describe(aws, table).await?;
        let found = found.ok_or_else(|| Failure::new(format!("the table {table} has disappeared")))?;
        if found.table_status() == Some(&TableStatus::Active) {
            return Ok(found);
        }
        let status = found.table_status().map(TableStatus::as_str).unwrap_or_default();
        console.progress(format!("  {table} is {status} after {} s", waited.as_secs()));
        tokio::time::sleep(pause).await;
        waited += pause;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    /// The operations that were asked for. A table is `UPDATING` once after each update.
    #[derive(Debug, Clone, Default)]
    struct Asked(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Asked {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            let mut asked = self.0.lock().unwrap();
            let is_updating = asked.last().is_some_and(|last| last == "UpdateTable");
            let body = match operation.as_str() {
                "DescribeTable" if is_updating => r#"{"Table": {"TableStatus": "UPDATING"}}"#,
                "DescribeTable" => r#"{"Table": {"TableStatus": "ACTIVE", "LatestStreamArn": "arn:stream"}}"#,
                _ => "{}",
            };
            asked.push(operation);
            let status = StatusCode::try_from(200).unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
        }
    }

    #[tokio::test]
    async fn each_setting_waits_until_the_table_is_active_again() {
        let asked = Asked::default();
        let connector = SharedHttpConnector::new(asked.clone());
        let aws = Aws::canned(http_client_fn(move |_, _| connector.clone()));
        let folder = tempfile::tempdir().unwrap();
        let to = "2026-11-30T08:15:00Z".parse().unwrap();
        let mut state = State::read(folder.path().join("state.json"), "files-Table-1", "files", to).unwrap();
        configure(&aws, &mut state, Console::default()).await.unwrap();

        assert_eq!(state.stream.as_deref(), Some("arn:stream"));
        let asked = asked.0.lock().unwrap();
        let stream = asked.iter().rposition(|operation| operation == "UpdateTable").unwrap();
        let after =
            ["UpdateTable", "DescribeTable", "DescribeTable", "DescribeTimeToLive", "UpdateTimeToLive"];
        assert_eq!(asked[stream..stream + after.len()], after);
        assert_eq!(asked.iter().filter(|operation| *operation == "UpdateTable").count(), 2);
    }
}
