//! `AWS::SES::ConfigurationSet`, its event destinations, `AWS::SNS::Topic`, and `SNS` events of functions.

use local_deployment::{Function, MailConfiguration, MailDestination, Subscription};

use super::document::Resource;
use super::error::Checked;
use super::names;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::{CONFIGURATION_SET, EVENT_DESTINATION, TOPIC};

/// Delivery and statistics of mail. Locally, mail goes only to the inbox.
const SET_IGNORED: [&str; 5] =
    ["DeliveryOptions", "ReputationOptions", "SendingOptions", "SuppressionOptions", "Tags"];
const TOPIC_IGNORED: [&str; 5] =
    ["DisplayName", "KmsMasterKeyId", "SignatureVersion", "Tags", "TracingConfig"];

/// The configuration sets and the destinations of their events, without the subscriptions of functions.
pub(super) fn configuration(scope: &Scope) -> Checked<MailConfiguration> {
    for topic in resources::of_type(scope, TOPIC)? {
        Properties::of(scope, topic, &["TopicName"], &TOPIC_IGNORED)?;
    }
    let set = |resource: &Resource| {
        Properties::of(scope, resource, &["Name"], &SET_IGNORED)?;
        names::physical(scope, resource)
    };
    let destinations = resources::of_type(scope, EVENT_DESTINATION)?;
    let destinations = destinations.into_iter().map(|resource| destination(scope, resource));
    Ok(MailConfiguration {
        sets: resources::of_type(scope, CONFIGURATION_SET)?.into_iter().map(set).collect::<Checked<_>>()?,
        destinations: destinations.filter_map(Checked::transpose).collect::<Checked<_>>()?,
        subscriptions: Vec::new(),
    })
}

/// The destination of events of a configuration set, if it is enabled.
fn destination(scope: &Scope, resource: &Resource) -> Checked<Option<MailDestination>> {
    let properties = Properties::of(scope, resource, &["ConfigurationSetName", "EventDestination"], &[])?;
    let set = properties.required_text("ConfigurationSetName")?;
    let destination = properties.mapping("EventDestination")?;
    let destination = destination.ok_or_else(|| properties.problem("`EventDestination` is missing"))?;
    destination.only(&["Enabled", "MatchingEventTypes", "SnsDestination"], &["Name"])?;
    // A destination is disabled by default.
    if destination.flag("Enabled")? != Some(true) {
        return Ok(None);
    }
    let topic = destination.mapping("SnsDestination")?;
    let topic = topic.ok_or_else(|| destination.problem("`SnsDestination` is missing"))?;
    topic.only(&["TopicARN"], &[])?;
    let events = destination.texts("MatchingEventTypes")?;
    Ok(Some(MailDestination {
        set,
        events: events.iter().map(|event| event.to_lowercase()).collect(),
        topic: topic_of(scope, &topic, "TopicARN")?,
    }))
}

/// The subscription that an event of type `SNS` defines.
pub(super) fn subscription(scope: &Scope, event: &Properties, function: &Function) -> Checked<Subscription> {
    event.only(&["Topic"], &[])?;
    Ok(Subscription { topic: topic_of(scope, event, "Topic")?, function: function.name.clone() })
}

fn topic_of(scope: &Scope, properties: &Properties, name: &str) -> Checked<String> {
    let arn = properties.required_text(name)?;
    match names::find_by_arn(scope, TOPIC, &arn)? {
        Some(_) => Ok(arn),
        None => Err(properties.problem_of(name, "must be the ARN of a topic of this template")),
    }
}
