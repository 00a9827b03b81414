//! Waiting for CloudFormation, with its events as progress.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudformation::types::StackEvent;

use crate::aws::Aws;
use crate::checks::refusals;
use crate::console::Console;
use crate::failure::{Failure, doing};

/// How many resources are named that are being changed.
const SHOWN: usize = 3;

/// Waits for a change of a stack that is about to begin.
#[derive(Debug)]
pub struct Watch {
    aws: Aws,
    /// Name or id. A deleted stack is found only by its id.
    stack: String,
    seen: BTreeSet<String>,
    /// Resources that are being changed.
    under_way: BTreeSet<String>,
    /// How many changes have ended.
    done: usize,
}

/// How a change of a stack ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Such as `UPDATE_COMPLETE`.
    pub status: String,
    /// What failed and why, one line for each resource. Consequences of other failures are left out.
    pub failures: Vec<String>,
}

impl Watch {
    /// Takes note of all events so far, so that only later ones are shown. The stack need not exist yet.
    ///
    /// # Errors
    /// If CloudFormation cannot be asked.
    pub async fn begin(aws: &Aws, stack: &str) -> Result<Self, Failure> {
        let mut watch = Self {
            aws: aws.clone(),
            stack: stack.to_owned(),
            seen: BTreeSet::new(),
            under_way: BTreeSet::new(),
            done: 0,
        };
        for event in watch.unseen().await? {
            watch.seen.insert(event.event_id().unwrap_or_default().to_owned());
        }
        Ok(watch)
    }

    /// Shows events until the change is over.
    ///
    /// # Errors
    /// If CloudFormation cannot be asked. A change that fails is an [`Outcome`].
    pub async fn finish(mut self, console: Console) -> Result<Outcome, Failure> {
        let mut failures = Vec::new();
        loop {
            let end = self.show(console, &mut failures).await?;
            match end {
                Some(status) => return Ok(Outcome { status, failures }),
                None => tokio::time::sleep(self.pause()).await,
            }
        }
    }

    /// Shows what changed: each failure, and otherwise one line. Returns the status of the stack if it is final.
    ///
    /// # Errors
    /// If CloudFormation cannot be asked.
    pub async fn show(
        &mut self,
        console: Console,
        failures: &mut Vec<String>,
    ) -> Result<Option<String>, Failure> {
        let mut end = None;
        let mut events = self.unseen().await?;
        events.reverse();
        let Some(last) = events.last().map(Line::of) else { return Ok(None) };
        for event in &events {
            self.seen.insert(event.event_id().unwrap_or_default().to_owned());
            let line = Line::of(event);
            if let Some(failure) = line.failure() {
                console
                    .progress(format!("  {} {} {}\n    {}", line.time, line.status, line.what, line.reason));
                if let Some(advice) = refusals::advice(&line.reason) {
                    console.progress(format!("    {advice}"));
                }
                failures.push(failure);
            }
            self.count(&line);
            end = line.is_end_of(&self.stack, event).then_some(line.status).or(end);
        }
        console.progress(format!("  {} {}", last.time, self.counted()));
        if let Some(status) = &end {
            console.progress(format!("  {} {status} {}", last.time, self.stack));
        }
        Ok(end)
    }

    fn count(&mut self, line: &Line) {
        if line.status.ends_with("_IN_PROGRESS") {
            self.under_way.insert(line.what.clone());
        } else if self.under_way.remove(&line.what) {
            self.done += 1;
        }
    }

    fn counted(&self) -> String {
        let names: Vec<&str> = self.under_way.iter().take(SHOWN).map(String::as_str).collect();
        let more = if self.under_way.len() > SHOWN { ", ..." } else { "" };
        format!("{} done, {} under way: {}{more}", self.done, self.under_way.len(), names.join(", "))
    }

    fn pause(&self) -> Duration {
        if self.aws.is_emulated() { Duration::from_millis(300) } else { Duration::from_secs(3) }
    }

    /// Events that were not shown yet, newest first.
    async fn unseen(&self) -> Result<Vec<StackEvent>, Failure> {
        let client = self.aws.cloudformation();
        let mut pages = client.describe_stack_events().stack_name(&self.stack).into_paginator().send();
        let mut events = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if super::is_absent(&error) => break,
                page => page.map_err(doing("read the events of the stack"))?,
            };
            let before = events.len();
            let is_new = |event: &&StackEvent| !self.seen.contains(event.event_id().unwrap_or_default());
            events.extend(page.stack_events().iter().filter(is_new).cloned());
            if events.len() - before < page.stack_events().len() {
                break;
            }
        }
        Ok(events)
    }
}

impl Outcome {
    /// Whether the change was made.
    pub fn is_complete(&self) -> bool {
        matches!(self.status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE")
    }

    /// Makes a failed change an error.
    ///
    /// # Errors
    /// If the change failed.
    pub fn required(self) -> Result<(), Failure> {
        if self.is_complete() {
            return Ok(());
        }
        let reasons = self.failures.join("\n  ");
        let advice = self.failures.iter().find_map(|reason| refusals::advice(reason));
        let failure = Failure::new(format!("CloudFormation ended with {}:\n  {reasons}", self.status));
        Err(failure.advice(
            advice.unwrap_or("remove the cause and repeat the command; the previous state was restored"),
        ))
    }
}

/// An event, as one line.
struct Line {
    time: String,
    status: String,
    what: String,
    reason: String,
}

impl Line {
    fn of(event: &StackEvent) -> Self {
        let seconds = event.timestamp().map(aws_smithy_types::DateTime::secs).unwrap_or_default();
        let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        Self {
            time: time.strftime("%H:%M:%S").to_string(),
            status: event.resource_status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
            what: format!(
                "{} ({})",
                event.logical_resource_id().unwrap_or_default(),
                event.resource_type().unwrap_or_default()
            ),
            reason: event.resource_status_reason().unwrap_or_default().to_owned(),
        }
    }

    fn failure(&self) -> Option<String> {
        let is_consequence = self.reason.is_empty() || self.reason.contains("cancelled");
        (self.status.ends_with("_FAILED") && !is_consequence)
            .then(|| format!("{}: {}", self.what, self.reason))
    }

    /// Whether the event ends the change: it is the stack's own, and its status is final.
    fn is_end_of(&self, stack: &str, event: &StackEvent) -> bool {
        let is_stack = event.resource_type() == Some("AWS::CloudFormation::Stack")
            && (event.physical_resource_id() == event.stack_id()
                || event.logical_resource_id() == Some(stack));
        // After these two, CloudFormation rolls back.
        let goes_on = matches!(self.status.as_str(), "UPDATE_FAILED" | "CREATE_FAILED");
        is_stack && !goes_on && (self.status.ends_with("_COMPLETE") || self.status.ends_with("_FAILED"))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::ResourceStatus;

    use super::*;

    fn event(status: ResourceStatus, kind: &str, reason: &str) -> StackEvent {
        StackEvent::builder()
            .stack_id("arn:stack")
            .event_id("1")
            .stack_name("files")
            .physical_resource_id("arn:stack")
            .logical_resource_id("files")
            .resource_type(kind)
            .resource_status(status)
            .resource_status_reason(reason)
            .build()
    }

    #[test]
    fn only_a_final_status_of_the_stack_itself_ends_the_wait() {
        let is_end = |status, kind| {
            let event = event(status, kind, "");
            Line::of(&event).is_end_of("files", &event)
        };
        let stack = "AWS::CloudFormation::Stack";
        assert!(is_end(ResourceStatus::UpdateComplete, stack));
        assert!(is_end(ResourceStatus::RollbackComplete, stack));
        assert!(!is_end(ResourceStatus::UpdateInProgress, stack));
        assert!(!is_end(ResourceStatus::from("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), stack));
        assert!(!is_end(ResourceStatus::CreateComplete, "AWS::S3::Bucket"));
    }

    #[test]
    fn a_cancelled_resource_is_no_cause() {
        let cancelled = event(ResourceStatus::CreateFailed, "AWS::S3::Bucket", "Resource creation cancelled");
        assert_eq!(Line::of(&cancelled).failure(), None);
        let refused =
            event(ResourceStatus::CreateFailed, "AWS::S3::Bucket", "files-originals already exists");
        assert_eq!(
            Line::of(&refused).failure().unwrap(),
            "files (AWS::S3::Bucket): files-originals already exists"
        );
    }

    #[test]
    fn a_rollback_is_an_error_with_the_first_cause() {
        let outcome = Outcome {
            status: "ROLLBACK_COMPLETE".to_owned(),
            failures: vec![
                "Distribution: Your account must be verified before you can add new CloudFront resources"
                    .to_owned(),
            ],
        };
        let failure = outcome.required().unwrap_err();
        assert!(failure.message.contains("ROLLBACK_COMPLETE"));
        assert!(failure.advice.unwrap().contains("AWS Support"));
    }
}
