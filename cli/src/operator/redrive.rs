//! `satchel redrive`

mod filter;
mod message;
mod stream;

use std::collections::BTreeSet;

use aws_sdk_sqs::types::{Message, QueueAttributeName};
use serde::Serialize;
use serde_json::Value;

use crate::failure::{End, Failure, doing};
use crate::options::Options;
use crate::stack::{Stack, invoke};
use crate::target::deployed;

use message::{Failed, Payload};

/// Seconds in which nobody else receives a message: as long as the slowest function may run.
const HIDDEN: i32 = 960;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Delete messages of records that the stream no longer has. They cannot be handled any more.
    #[arg(long)]
    drop_lost: bool,
}

/// What became of the messages.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Events that were handled this time. Their messages are deleted.
    handled: usize,
    /// Messages that were deleted because the stream no longer has their records.
    dropped: usize,
    left: Vec<Left>,
}

/// A message that stays in the queue.
#[derive(Debug, Serialize)]
struct Left {
    message: String,
    function: String,
    why: String,
}

/// Invokes each function again with the event that failed, and deletes the message if it succeeds.
///
/// # Errors
/// If the queue cannot be read.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let console = options.console();
    let advice = "look at GET /_local/queues/FailedEvents, and POST an event to /_local/invoke/<function>";
    let stack = deployed(options, advice).await?;
    let queue = stack.output("FailedEventsUrl")?.to_owned();
    let waiting = waiting(&stack, &queue).await?;
    console.plan(
        format!("the stack {} in {}", stack.name, stack.aws.region()),
        &[
            format!("invoke the functions of about {waiting} failed events again"),
            "delete each message after its function has succeeded, and keep the others".to_owned(),
        ],
    );
    console.ask()?;
    let mut report = Report::default();
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    while let Some(message) = receive(&stack, &queue).await? {
        let id = message.message_id().unwrap_or_default().to_owned();
        if !seen.insert(id.clone()) {
            break;
        }
        let (function, outcome) = again(&stack, message.body().unwrap_or_default()).await;
        match outcome {
            Ok(()) => {
                delete(&stack, &queue, &message).await?;
                console.progress(format!("{function}: handled"));
                report.handled += 1;
            }
            Err(Why::Lost) if args.drop_lost => {
                delete(&stack, &queue, &message).await?;
                console.progress(format!("{function}: dropped"));
                report.dropped += 1;
            }
            Err(why) => {
                let why = why.to_string();
                console.progress(format!("{function}: {why}"));
                report.left.push(Left { message: id, function, why });
                kept.push(message);
            }
        }
    }
    for message in kept {
        show(&stack, &queue, &message).await?;
    }
    console.finish(&report, || text(&report));
    Ok(if report.left.is_empty() { End::Done } else { End::Left })
}

fn text(report: &Report) -> String {
    let left =
        report.left.iter().map(|Left { message, function, why }| format!("\n  {message} {function}: {why}"));
    let Report { handled, dropped, .. } = report;
    format!(
        "{handled} events handled, {dropped} dropped, {} left{}",
        report.left.len(),
        left.collect::<String>()
    )
}

/// Why a message stays in the queue.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Why {
    #[error(
        "the stream no longer has its records (it keeps them for a day): docs/operations.md, \"Redrive failed events\", says \
         what is lost; then use --drop-lost"
    )]
    Lost,
    #[error("{0}")]
    Failed(String),
}

impl From<String> for Why {
    fn from(cause: String) -> Self {
        Self::Failed(cause)
    }
}

async fn delete(stack: &Stack, queue: &str, message: &Message) -> Result<(), Failure> {
    let handle = message.receipt_handle().unwrap_or_default();
    let delete = stack.aws.sqs().delete_message().queue_url(queue).receipt_handle(handle).send();
    delete.await.map(|_| ()).map_err(doing("delete a message of the queue"))
}

/// About how many messages are in the queue.
///
/// # Errors
/// If the queue cannot be read.
pub async fn waiting(stack: &Stack, queue: &str) -> Result<u64, Failure> {
    let name = QueueAttributeName::ApproximateNumberOfMessages;
    let asked = stack.aws.sqs().get_queue_attributes().queue_url(queue).attribute_names(name.clone());
    let answer = asked.send().await.map_err(doing("read the queue FailedEvents"))?;
    Ok(answer
        .attributes()
        .and_then(|all| all.get(&name))
        .and_then(|count| count.parse().ok())
        .unwrap_or_default())
}

async fn receive(stack: &Stack, queue: &str) -> Result<Option<Message>, Failure> {
    let asked = stack
        .aws
        .sqs()
        .receive_message()
        .queue_url(queue)
        .max_number_of_messages(1)
        .visibility_timeout(HIDDEN);
    let answer =
        asked.wait_time_seconds(2).send().await.map_err(doing("receive from the queue FailedEvents"))?;
    Ok(answer.messages().first().cloned())
}

/// Makes a message visible again that stays in the queue.
async fn show(stack: &Stack, queue: &str, message: &Message) -> Result<(), Failure> {
    let handle = message.receipt_handle().unwrap_or_default();
    let change = stack.aws.sqs().change_message_visibility().queue_url(queue).receipt_handle(handle);
    change.visibility_timeout(0).send().await.map_err(doing("return a message to the queue"))?;
    Ok(())
}

/// Invokes the function of a message again. Returns the function's name, and why the message stays.
async fn again(stack: &Stack, body: &str) -> (String, Result<(), Why>) {
    match Failed::parse(body) {
        Ok(failed) => (failed.name().to_owned(), repeat(stack, failed).await),
        Err(why) => ("unknown".to_owned(), Err(Why::Failed(why))),
    }
}

async fn repeat(stack: &Stack, failed: Failed) -> Result<(), Why> {
    let event = match &failed.payload {
        Payload::Event(event) => event.clone(),
        Payload::Batch(batch) => {
            stream::event(&stack.aws, &failed.function, batch).await?.ok_or(Why::Lost)?
        }
    };
    let answer = invoke(&stack.aws, &failed.function, &event).await.map_err(|failure| failure.message)?;
    Ok(judged(&answer)?)
}

/// Whether a function that was invoked handled everything: the functions of streams list what they did not.
fn judged(answer: &Value) -> Result<(), String> {
    match answer["batchItemFailures"].as_array() {
        Some(failures) if !failures.is_empty() => {
            Err(format!("{} records of the batch failed again; the log group has the cause", failures.len()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_batch_with_failures_is_not_handled() {
        assert!(judged(&json!({"batchItemFailures": []})).is_ok());
        assert!(judged(&Value::Null).is_ok());
        let failed = json!({"batchItemFailures": [{"itemIdentifier": "1"}]});
        assert!(judged(&failed).unwrap_err().starts_with("1 records"));
    }
}
