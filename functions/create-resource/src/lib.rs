//! `POST /api/resource`: creates a resource.

use satchel_api::{Fields, Input};
use satchel_guard::{Auth, Idempotency};
use satchel_http::{Accepts, ApiResult, Request, created};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::{Refusal, Resource, ResourceId, ResourceText};
use satchel_resources::Resources;
use satchel_runtime::{StartError, Wired, Wiring, app};

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        resources: Resources,
        idempotency: Idempotency,
        limit: ResourceLimit,
        clock: Clock,
        random: Random,
    }
}

/// The maximum number of resources per account.
#[derive(Clone)]
struct ResourceLimit(u32);

impl Wired for ResourceLimit {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(wiring.parsed("MAX_RESOURCES")))
    }
}

/// Stores a resource that belongs to the caller.
///
/// # Errors
/// 401; 400 if a field is invalid; 422 if the Idempotency-Key was used with another request; 403 if the
/// account has reached its limit of resources.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = app.auth.caller(request.bearer()?).await?;
    let input = request.input(Accepts::Json).await?;
    let idempotent = app.idempotency.of(request.idempotency_key(&input)?.as_ref());
    let resource = read(ResourceId::new(app.random, app.clock.now()), &input)?;
    created(&app.resources.create(&caller, resource, &idempotent, app.limit.0).await?)
}

fn read(id: ResourceId, input: &Input) -> Result<Resource, Refusal> {
    let mut fields = Fields::of(input);
    let first = fields.required("field1", ResourceText::parse);
    let second = fields.required("field2", ResourceText::parse);
    let (first, second) = fields.finish(first.zip(second))?;
    Ok(Resource { id, field1: first, field2: second })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, cancelled_on, done, found_all, hides_failures, page,
        page_that_goes_on, refuses_strangers, resource, session, signed_in, user, with,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-resource.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_resource_is_stored_apart_from_files_if_the_caller_is_signed_in() {
        let aws = CannedAws::answering(replies()).await;
        let mut answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let id = answer.body["id"].take();
        let id: ResourceId = id.as_str().unwrap().parse().unwrap();
        let seen = json!({"id": null, "field1": "First", "field2": "Second"});
        assert_eq!(answer.outcome(), (201, seen));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        let text = |text: &str| json!({"S": text});
        let item = json!({
            "pk": text(&format!("RESOURCES#{USER}")), "sk": text(&format!("RESOURCE#{id}")),
            "id": text(&id.to_string()), "field1": text("First"), "field2": text("Second"),
        });
        assert_eq!(writes[2]["Put"]["Item"], item);
        let account = &writes[1]["Update"];
        assert_eq!(account["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(account["UpdateExpression"], "ADD #resource_count :one");
        let good = "#auth_epoch = :epoch AND #is_active = :true";
        let condition = format!("{good} AND #resource_count >= :zero AND #resource_count < :limit");
        assert_eq!(account["ConditionExpression"], condition);
        let values = json!({
            ":epoch": {"N": "3"}, ":true": {"BOOL": true}, ":one": {"N": "1"}, ":zero": {"N": "0"},
            ":limit": {"N": "10000"},
        });
        assert_eq!(account["ExpressionAttributeValues"], values);
    }

    #[tokio::test]
    async fn a_caller_at_the_limit_is_refused_with_advice() {
        let full = with(user(), &json!({"resource_count": 10_000}));
        let aws = CannedAws::answering([signed_in(), cancelled_on(&[None, Some(full), None])]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let detail = "An account may have at most 10000 resources. Delete one that is no longer needed, then try again.";
        assert_eq!(answer.outcome(), (403, json!({"detail": detail, "code": "too_many"})));
    }

    /// An account from before resources were counted, with this count.
    fn uncounted(count: &Value) -> Value {
        let mut user = with(user(), &json!({"resource_count": count}));
        if count.is_null() {
            user.as_object_mut().unwrap().remove("resource_count");
        }
        user
    }

    #[tokio::test]
    async fn the_resources_of_an_older_account_are_counted_page_by_page() {
        for (seen, condition) in
            [(json!(null), "attribute_not_exists(#resource_count)"), (json!(-2), "#resource_count = :seen")]
        {
            let caller = found_all(&[session(), uncounted(&seen)]).about("SESSION#");
            let pages = [page_that_goes_on(&[resource(), resource()]).once(), page(&[resource()])];
            let replies = [vec![caller], pages.to_vec(), vec![done("TransactWriteItems")]].concat();
            let aws = CannedAws::answering(replies).await;
            assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 201);
            let queries = aws.calls_of("Query");
            assert_eq!(queries.len(), 2);
            for query in &queries {
                assert_eq!(
                    (&query.json()["Select"], &query.json()["ConsistentRead"]),
                    (&json!("COUNT"), &json!(true))
                );
            }
            let account = aws.call("TransactWriteItems").json()["TransactItems"][1]["Update"].take();
            assert_eq!(account["UpdateExpression"], "SET #resource_count = :count");
            assert_eq!(account["ExpressionAttributeValues"][":count"], json!({"N": "4"}));
            let and = account["ConditionExpression"].as_str().unwrap();
            assert_eq!(and, format!("#auth_epoch = :epoch AND #is_active = :true AND {condition}"));
        }
    }

    #[tokio::test]
    async fn a_count_that_a_concurrent_deletion_invalidated_is_repeated() {
        let caller = found_all(&[session(), uncounted(&json!(null))]).about("SESSION#");
        let overtaken = cancelled_on(&[None, Some(uncounted(&json!(-1))), None]).once();
        let counts = [page(&[resource(), resource()]).once(), page(&[resource()])];
        let replies = [vec![caller, overtaken], counts.to_vec(), vec![done("TransactWriteItems")]].concat();
        let aws = CannedAws::answering(replies).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 201);
        let tries = aws.calls_of("TransactWriteItems");
        let counts = tries.iter().map(|call| {
            let mut call = call.json();
            call["TransactItems"][1]["Update"]["ExpressionAttributeValues"].take()
        });
        let counts: Vec<_> =
            counts.map(|values| (values[":count"]["N"].clone(), values[":seen"]["N"].clone())).collect();
        assert_eq!(counts, [(json!("3"), json!(null)), (json!("2"), json!("-1"))]);
    }

    /// The created resource, and the record of the idempotency key.
    async fn written_for(key: Option<&str>) -> (Value, Value) {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().header("idempotency-key", key);
        let mut answer = aws.ask(handle, event).await;
        let written = aws.call("TransactWriteItems").json();
        (answer.body["id"].take(), written.pointer("/TransactItems/3/Put").cloned().unwrap_or_default())
    }

    #[tokio::test]
    async fn the_use_of_an_idempotency_key_is_stored_with_the_record() {
        assert_eq!(written_for(None).await.1, json!(null));
        let (id, one) = written_for(Some("one")).await;
        assert_eq!(one["ConditionExpression"], "attribute_not_exists(pk) OR #ttl <= :now");
        let item = &one["Item"];
        assert_eq!((&item["pk"]["S"], &item["made"]["S"]), (&json!(format!("IDEMPOTENCY#{USER}")), &id));
        assert_eq!(item.as_object().unwrap().len(), 6, "{item:#}");
        let number = |value: &Value| value["N"].as_str().unwrap().parse::<i64>().unwrap();
        assert_eq!(number(&item["ttl"]) - number(&one["ExpressionAttributeValues"][":now"]), 86_400);
        let (_, two) = written_for(Some("two")).await;
        assert_ne!(item["sk"], two["Item"]["sk"], "each key has a record");
        assert_eq!(item["fingerprint"], two["Item"]["fingerprint"], "the request is the same");
    }

    #[tokio::test]
    async fn all_invalid_fields_are_reported_together() {
        let aws = CannedAws::answering([signed_in()]).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"field2": "x".repeat(1001)}));
        let errors = json!({
            "field1": ["This field is required."],
            "field2": ["Ensure this field has no more than 1000 characters."],
        });
        assert_eq!(aws.ask(handle, event).await.outcome(), (400, errors));
    }

    #[tokio::test]
    async fn a_caller_who_was_signed_out_meanwhile_stores_nothing() {
        for reasons in
            [["ConditionalCheckFailed", "None", "None"], ["None", "ConditionalCheckFailed", "None"]]
        {
            let aws = CannedAws::answering([signed_in(), cancelled(&reasons)]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!((answer.status, &answer.body["code"]), (401, &json!("token_not_valid")));
        }
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    }
}
