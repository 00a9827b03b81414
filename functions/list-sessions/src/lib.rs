//! `GET /api/users/me/sessions`: lists the caller's sessions.

use jiff::Timestamp;
use satchel_auth::Sessions;
use satchel_guard::Auth;
use satchel_http::{ApiResult, Listing, PageQuery, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, SessionId};
use satchel_runtime::app;
use serde::Serialize;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, sessions: Sessions, clock: Clock }
}

/// A session as its owner sees it.
#[derive(Serialize)]
struct SessionView {
    id: SessionId,
    created_at: Timestamp,
    last_used_at: Timestamp,
    user_agent: Option<String>,
    /// Whether it is the session of this request.
    current: bool,
}

/// Returns a page of the account's active sessions, latest first.
///
/// # Errors
/// 401; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let page = PageQuery::read(&request);
    let load = async |user| {
        let page = page?;
        let found = app.sessions.list(user, page.limit, page.after).await?;
        Ok::<_, Error>((page, found))
    };
    let (caller, (page, (sessions, last))) = app.auth.caller_and(request.bearer()?, load).await?;
    let counts = |session: &satchel_model::Session| {
        session.auth_epoch == caller.user.auth_epoch && session.expires_at > app.clock.now()
    };
    let results = sessions.into_iter().filter(counts).map(|session| SessionView {
        current: session.id == caller.session.id,
        id: session.id,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        user_agent: session.user_agent,
    });
    let results: Vec<_> = results.collect();
    ok(&Listing { next: last.map(|last| page.next(&request, &[], &last)), results })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, SESSION, hides_failures, page, refuses_strangers, session, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-sessions.json");
    const OTHER: &str = "019ce36f-2530-7000-8000-000000000009";

    /// Another session, with these attributes changed.
    fn other(change: &Value) -> Value {
        let mut other = session();
        other["id"] = OTHER.into();
        other["sk"] = format!("SESSION#{OTHER}").into();
        other.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        other
    }

    fn replies() -> [Reply; 2] {
        [signed_in(), page(&[other(&json!({"user_agent": "curl/8.5.0"})), session()])]
    }

    fn view(id: &str, agent: Option<&str>) -> Value {
        json!({
            "id": id, "created_at": "2026-03-12T19:03:58Z", "last_used_at": "2026-03-12T19:03:58Z",
            "user_agent": agent, "current": id == SESSION,
        })
    }

    #[tokio::test]
    async fn sessions_are_listed_and_the_current_one_is_marked() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let results = [view(OTHER, Some("curl/8.5.0")), view(SESSION, None)];
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": results})));
        let query = aws.call("Query").json();
        assert_eq!((&query["ScanIndexForward"], &query["ConsistentRead"]), (&json!(false), &json!(true)));
    }

    #[tokio::test]
    async fn an_ended_session_is_not_listed() {
        for change in [json!({"auth_epoch": 2}), json!({"expires_at": "2026-01-01T00:00:00Z"})] {
            let aws = CannedAws::answering([signed_in(), page(&[other(&change), session()])]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [view(SESSION, None)]})));
        }
    }

    #[tokio::test]
    async fn a_full_page_contains_the_url_of_the_next_page() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().query("limit=1")).await;
        assert_eq!(answer.body["results"], json!([view(OTHER, Some("curl/8.5.0"))]));
        let next = answer.body["next"].as_str().unwrap();
        let start =
            "https://abc123.execute-api.us-east-1.amazonaws.com/api/users/me/sessions?limit=1&cursor=";
        let cursor = next.strip_prefix(start).unwrap_or_else(|| panic!("{next}"));
        let query = format!("limit=1&cursor={cursor}");
        let aws = CannedAws::answering(replies()).await;
        aws.ask(handle, Event::of(EVENT).signed_in().query(&query)).await;
        let start = aws.call("Query").json()["ExclusiveStartKey"].take();
        assert_eq!(start["sk"]["S"], format!("SESSION#{OTHER}"));
    }

    #[tokio::test]
    async fn limit_and_cursor_are_checked() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().query("limit=ten&cursor=x")).await;
        let errors = json!({"limit": ["A valid integer is required."], "cursor": ["Invalid cursor."]});
        assert_eq!(answer.outcome(), (400, errors));
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
