//! Hands orders to erase an account to the function that carries them out.

use aws_lambda_events::dynamodb::EventRecord;
use satchel_runtime::{CallError, SignedService, StartError, Wired, Wiring};
use serde_dynamo::AttributeValue;
use serde_json::json;

/// The function that erases accounts, invoked by Lambda's API.
#[derive(Clone)]
pub(crate) struct Erasers {
    lambda: SignedService,
    function: String,
}

impl Wired for Erasers {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            lambda: SignedService::wired(wiring, "lambda", "AWS_ENDPOINT_URL_LAMBDA"),
            function: wiring.text("ERASE_ACCOUNT_FUNCTION"),
        })
    }
}

impl Erasers {
    /// Sends the record to the function, which Lambda invokes asynchronously. If it fails again and again, its event ends in
    /// the queue of failed events, and the sweep orders another round.
    pub async fn start(&self, order: &EventRecord) -> Result<(), CallError> {
        let path = format!("/2015-03-31/functions/{}/invocations", self.function);
        let headers = [("content-type", "application/json"), ("x-amz-invocation-type", "Event")];
        self.lambda.post(&path, &headers, &json!({"Records": [order]}).to_string()).await.map(drop)
    }
}

/// Whether a record is an order, or an order of another round, and not one that is carried out.
pub(crate) fn is_order(record: &EventRecord) -> bool {
    let is_of_erasures =
        matches!(record.change.keys.get("pk"), Some(AttributeValue::S(pk)) if pk.starts_with("ERASE#"));
    let is_emptied = matches!(record.change.new_image.get("is_emptied"), Some(AttributeValue::Bool(true)));
    is_of_erasures && record.event_name != "REMOVE" && !is_emptied
}
