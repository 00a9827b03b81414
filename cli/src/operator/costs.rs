//! `satchel costs`: what costs money at rest, without any request.

use aws_sdk_cloudwatch::types::{MetricAlarm, RecentlyActive};
use serde::Serialize;

use crate::failure::{End, Failure, doing};
use crate::options::Options;
use crate::stack::Stack;
use crate::target::deployed;

/// The day on which the prices below were read, in us-east-1.
const PRICED_ON: &str = "2026-11-30";

/// What AWS charges for one thing that a stack has, in USD a month, and how many are free in an account.
struct Price {
    what: &'static str,
    each: f64,
    free: usize,
}

/// Alarms are charged by the metrics that they watch.
const ALARMS: Price = Price { what: "alarm metrics", each: 0.10, free: 10 };
const METRICS: Price = Price { what: "custom metrics", each: 0.30, free: 10 };
const DASHBOARDS: Price = Price { what: "dashboards", each: 3.00, free: 3 };
const SECRETS: Price = Price { what: "secrets", each: 0.40, free: 0 };

#[derive(Debug, clap::Args)]
pub struct Args {}

/// The costs of a stack at rest.
#[derive(Debug, PartialEq, Serialize)]
pub struct Costs {
    items: Vec<Item>,
    /// USD a month, if the stack alone uses the free tier of CloudWatch.
    pub usd_per_month: f64,
    /// USD a month, if the free tier is used up by others in the account.
    pub usd_per_month_without_free_tier: f64,
    priced_on: &'static str,
}

#[derive(Debug, PartialEq, Serialize)]
struct Item {
    what: &'static str,
    count: usize,
    usd_each: f64,
    free: usize,
    usd_per_month: f64,
}

/// How many of everything a stack has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    alarm_metrics: usize,
    metrics: usize,
    dashboards: usize,
    secrets: usize,
}

/// Counts and prices what costs money without any request.
///
/// # Errors
/// If a service cannot be asked.
pub async fn run(_: Args, options: &Options) -> Result<End, Failure> {
    let stack = deployed(options, "a local stack costs nothing").await?;
    let costs = at_rest(&stack).await?;
    options.console().finish(&costs, || costs.text());
    Ok(End::Done)
}

/// The costs of a stack at rest.
///
/// # Errors
/// If a service cannot be asked.
pub async fn at_rest(stack: &Stack) -> Result<Costs, Failure> {
    let resources = stack.resources().await?;
    let of = |kind: &str| resources.iter().filter(|resource| resource.resource_type() == Some(kind)).count();
    let cloudwatch = stack.aws.cloudwatch();
    let described = cloudwatch.describe_alarms().into_paginator().send().collect::<Result<Vec<_>, _>>().await;
    let described = described.map_err(doing("list the alarms"))?;
    let names: Vec<&str> = resources
        .iter()
        .filter(|resource| resource.resource_type() == Some("AWS::CloudWatch::Alarm"))
        .filter_map(|resource| resource.physical_resource_id())
        .collect();
    let is_ours = |alarm: &&MetricAlarm| alarm.alarm_name().is_some_and(|name| names.contains(&name));
    let alarms = described.iter().flat_map(|page| page.metric_alarms()).filter(is_ours);
    let listed = cloudwatch.list_metrics().namespace(&stack.name).recently_active(RecentlyActive::Pt3H);
    let listed = listed.into_paginator().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.map_err(doing("list the metrics"))?;
    Ok(Costs::of(Counts {
        alarm_metrics: alarms.map(watched).sum(),
        metrics: listed.iter().map(|page| page.metrics().len()).sum(),
        dashboards: of("AWS::CloudWatch::Dashboard"),
        secrets: of("AWS::SecretsManager::Secret"),
    }))
}

/// How many metrics an alarm watches. Expressions over them are free.
fn watched(alarm: &MetricAlarm) -> usize {
    alarm.metrics().iter().filter(|query| query.metric_stat().is_some()).count().max(1)
}

impl Costs {
    fn of(counts: Counts) -> Self {
        let item = |price: Price, count: usize| Item {
            what: price.what,
            count,
            usd_each: price.each,
            free: price.free,
            usd_per_month: dollars(count.saturating_sub(price.free), price.each),
        };
        let items = vec![
            item(ALARMS, counts.alarm_metrics),
            item(METRICS, counts.metrics),
            item(DASHBOARDS, counts.dashboards),
            item(SECRETS, counts.secrets),
        ];
        Self {
            usd_per_month: items.iter().map(|item| item.usd_per_month).sum(),
            usd_per_month_without_free_tier: items
                .iter()
                .map(|item| dollars(item.count, item.usd_each))
                .sum(),
            priced_on: PRICED_ON,
            items,
        }
    }

    /// The table, for a person.
    pub fn text(&self) -> String {
        let line = |item: &Item| {
            let Item { what, count, usd_each, free, usd_per_month } = item;
            format!("{what:15} {count:4}   {free:3} free   {usd_each:.2} each   {usd_per_month:6.2}\n")
        };
        format!(
            "{}at rest: {:.2} USD a month; {:.2} if the account's free tier of CloudWatch is used up\n(prices of {} in \
             us-east-1; requests, storage and logs are in docs/operations.md)",
            self.items.iter().map(line).collect::<String>(),
            self.usd_per_month,
            self.usd_per_month_without_free_tier,
            self.priced_on,
        )
    }
}

fn dollars(count: usize, each: f64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from) * each
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};

    use super::*;

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 0.001
    }

    #[test]
    fn the_free_tier_is_subtracted() {
        let costs = Costs::of(Counts { alarm_metrics: 22, metrics: 14, dashboards: 1, secrets: 2 });
        // 12 alarms at 0.10, 4 metrics at 0.30, no dashboard, 2 secrets at 0.40
        assert!(near(costs.usd_per_month, 1.20 + 1.20 + 0.80), "{costs:?}");
        // 22 at 0.10, 14 at 0.30, one at 3, 2 at 0.40
        assert!(near(costs.usd_per_month_without_free_tier, 2.20 + 4.20 + 3.00 + 0.80), "{costs:?}");
        assert!(costs.text().contains("at rest: 3.20 USD a month; 10.20 if"), "{}", costs.text());
    }

    #[test]
    fn an_alarm_over_an_expression_is_charged_by_its_metrics() {
        let stat = MetricStat::builder().metric(Metric::builder().build()).period(60).stat("Sum").build();
        let metric = |id| MetricDataQuery::builder().id(id).metric_stat(stat.clone()).build();
        let rate = MetricDataQuery::builder().id("rate").expression("100 * errors / requests").build();
        let alarm = MetricAlarm::builder()
            .metrics(rate)
            .metrics(metric("errors"))
            .metrics(metric("requests"))
            .build();
        assert_eq!(watched(&alarm), 2);
        assert_eq!(watched(&MetricAlarm::builder().metric_name("5xx").build()), 1);
    }
}
