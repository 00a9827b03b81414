//! Every route with ids and cursors of other users and of other kinds of records. The routes are those of the
//! deployment, so this module must name the kind of id of each new route.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::bad_tokens::PUBLIC_ROUTES;
use crate::helpers::{
    Answer, TestStack, User, decode_token, fixture, id, not_found, not_signed_in, redacted, stack,
};

/// A kind of record that has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    File,
    Image,
    Resource,
    Session,
    Account,
    Tier,
}

/// The route that shows a record of each kind, or a list of them.
const READ_ROUTES: [(Kind, &str); 5] = [
    (Kind::File, "/api/files/{id}"),
    (Kind::Image, "/api/images/{id}"),
    (Kind::Resource, "/api/resource/{id}"),
    (Kind::Session, "/api/users/me/sessions"),
    (Kind::Account, "/api/users/me"),
];

/// A route that requires a token.
#[derive(Debug, Clone)]
struct Route {
    method: Method,
    path: String,
}

impl Route {
    fn takes_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// The kind of record that the id in the path belongs to.
    fn kind(&self) -> Kind {
        match self.path.split('/').skip(1).collect::<Vec<_>>()[..] {
            ["api", "files", "{id}", ..] | ["api", "download", "{id}"] => Kind::File,
            ["api", "images", "{id}", ..] => Kind::Image,
            ["api", "resource", "{id}"] => Kind::Resource,
            ["api", "users", "me", "sessions", "{id}"] => Kind::Session,
            ["api", "users", "{id}", ..] => Kind::Account,
            ["api", "account-tiers", "{id}"] => Kind::Tier,
            _ => panic!("{}: add the kind of its id", self.path),
        }
    }

    /// The path with this id, and with `link` as the second id if the path has one.
    fn path_with(&self, id: &str, link: &str) -> String {
        let path = self.path.replace("{id}", id).replace("{link_id}", link);
        let path = path.replace("{file_id}", link).replace("{image_id}", link);
        assert!(!path.contains('{'), "{path} has an unknown parameter");
        if path.ends_with("/thumbnail") { path + "?size=200" } else { path }
    }
}

fn authenticated_routes(stack: &TestStack) -> Vec<Route> {
    let routes = stack.deployment().routes.iter();
    let closed =
        routes.filter(|route| !PUBLIC_ROUTES.contains(&format!("{} {}", route.method, route.path).as_str()));
    closed
        .map(|route| Route { method: route.method.parse().expect("a method"), path: route.path.clone() })
        .collect()
}

/// An empty body, and one with all fields of all routes. Routes must check the owner before they check the body.
fn bodies() -> [Value; 2] {
    let all_fields = json!({
        "filename": "mine.txt", "content_type": "text/plain", "size": 1, "title": "mine", "visibility": "members",
        "field1": "mine", "field2": "mine", "tier": "Premium", "is_active": false, "expires_in": 300,
        "numbers": [1], "parts": [{"number": 1, "etag": "\"5d41402abc4b2a76b9719d911017c592\""}],
        "name": "Mine", "thumbnail_sizes": [200], "link_to_original": true, "expiring_links": true,
        "max_file_bytes": 1, "max_total_bytes": 1,
    });
    [json!({}), all_fields]
}

/// Sends a request with each of the bodies, or one request if the method takes no body.
async fn send_all(user: &User, route: &Route, path: &str) -> Vec<Answer> {
    let request = || user.request(route.method.clone(), path);
    if route.method == Method::GET {
        return vec![Answer::of(request()).await];
    }
    let mut answers = Vec::new();
    for body in bodies() {
        answers.push(Answer::of(request().json(&body)).await);
    }
    answers
}

/// Fails unless the response is 404 with every body. Returns the number of requests.
async fn assert_not_found(user: &User, route: &Route, path: &str) -> usize {
    let answers = send_all(user, route, path).await;
    for answer in &answers {
        let response = (answer.status, answer.text());
        assert_eq!(response, (404, not_found().to_string()), "{} {path}", route.method);
    }
    answers.len()
}

/// A user with two records of most kinds.
struct Owner {
    user: User,
    ids: BTreeMap<Kind, Vec<String>>,
    links: BTreeMap<Kind, Vec<String>>,
}

impl Owner {
    async fn new(stack: &TestStack, name: &str) -> Self {
        let user = stack.signed_up_user(name).await;
        user.move_to_tier("enterprise").await;
        let other_session = stack.sign_in(&user.name, &user.password, user.id.clone()).await;
        let session = |user: &User| decode_token(&user.access).1["sid"].as_str().expect("an id").to_owned();
        let mut ids = BTreeMap::from([
            (Kind::Session, vec![session(&user), session(&other_session)]),
            (Kind::Account, vec![user.id.clone()]),
            (Kind::Tier, vec!["basic".to_owned()]),
        ]);
        for number in 0..2 {
            let photo = format!("{number}.png");
            let file = user.upload_file(&format!("{number}.txt"), "text/plain", *b"hello\n").await;
            let image = user.upload_image(&photo, "image/png", fixture("one_pixel.png")).await;
            let resource = user.post("/api/resource", json!({"field1": name, "field2": "b"})).await.json();
            for (kind, made) in [(Kind::File, file), (Kind::Image, image), (Kind::Resource, resource)] {
                ids.entry(kind).or_default().push(id(&made).to_owned());
            }
        }
        let mut links: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (kind, path) in [(Kind::File, "/api/files"), (Kind::Image, "/api/images")] {
            for _ in 0..2 {
                let options = json!({"expires_in": 300});
                let made = user.post(&format!("{path}/{}/links", ids[&kind][0]), options).await.json();
                links.entry(kind).or_default().push(id(&made).to_owned());
            }
        }
        let pending = user.announce("/api/files", "later.txt", "text/plain", 6).await;
        ids.get_mut(&Kind::File).expect("files").push(id(&pending).to_owned());
        Self { user, ids, links }
    }

    /// The id of a link to a file or image, or `none` for other kinds.
    fn link(&self, kind: Kind) -> &str {
        self.links.get(&kind).map_or("none", |links| &links[0])
    }

    /// All of the owner's records, as the owner sees them.
    async fn all_records(&self) -> Vec<(u16, Value)> {
        let mut seen = Vec::new();
        for (kind, path) in READ_ROUTES {
            for id in &self.ids[&kind] {
                let (status, mut body) = self.user.get(&path.replace("{id}", id)).await.outcome();
                // Each request changes this time.
                for session in body["results"].as_array_mut().into_iter().flatten() {
                    session["last_used_at"].take();
                }
                seen.push((status, redacted(body)));
            }
        }
        seen.push(self.user.get(&format!("/api/files/{}/links", self.ids[&Kind::File][0])).await.outcome());
        seen
    }

    /// All ids that other users must not see.
    fn private_ids(&self) -> Vec<&str> {
        let own = self.ids.iter().filter(|(kind, _)| **kind != Kind::Tier).flat_map(|(_, ids)| ids);
        own.chain(self.links.values().flatten()).map(String::as_str).collect()
    }
}

#[tokio::test]
#[ignore = "some thousand requests; .ci/run runs it"]
async fn another_users_id_is_not_found_on_any_route() {
    let stack = stack();
    let (ada, eve) = (Owner::new(&stack, "ada").await, Owner::new(&stack, "eve").await);
    let before = ada.all_records().await;
    assert!(before.iter().all(|(status, _)| *status == 200), "{before:?}");
    let (mut asked, mut shown) = (0, 0);
    for route in authenticated_routes(&stack).iter().filter(|route| route.takes_id()) {
        let kind = route.kind();
        // A tier has no owner: every signed-in caller may see it.
        if kind == Kind::Tier && route.method == Method::GET {
            continue;
        }
        for id in &ada.ids[&kind] {
            asked += assert_not_found(&eve.user, route, &route.path_with(id, ada.link(kind))).await;
        }
        // The owner can use the path. Without this check, the 404s could mean that the paths are wrong.
        if route.method == Method::GET {
            let own = ada.user.get(&route.path_with(&ada.ids[&kind][0], ada.link(kind))).await;
            shown += usize::from([200, 302].contains(&own.status));
        }
        // Eve cannot reach Ada's link through her own record either.
        if route.path.contains("{link_id}") {
            assert_not_found(&eve.user, route, &route.path_with(&eve.ids[&kind][0], ada.link(kind))).await;
        }
    }
    assert!(asked >= 50 && shown >= 7, "{asked} {shown}");
    assert_eq!(ada.all_records().await, before);
    ada.user.assert_signed_in().await;
}

#[tokio::test]
#[ignore = "some thousand requests; .ci/run runs it"]
async fn an_id_of_another_kind_is_not_found_on_any_route() {
    let stack = stack();
    let ada = Owner::new(&stack, "ada").await;
    let before = ada.all_records().await;
    for route in authenticated_routes(&stack).iter().filter(|route| route.takes_id()) {
        let kind = route.kind();
        for (other, ids) in ada.ids.iter().filter(|(other, _)| **other != kind) {
            assert_not_found(&ada.user, route, &route.path_with(&ids[0], ada.link(*other))).await;
        }
    }
    assert_eq!(ada.all_records().await, before);
}

#[tokio::test]
#[ignore = "some thousand requests; .ci/run runs it"]
async fn a_malformed_id_is_not_found_on_any_route() {
    let stack = stack();
    let ada = Owner::new(&stack, "ada").await;
    let before = ada.all_records().await;
    for route in authenticated_routes(&stack).iter().filter(|route| route.takes_id()) {
        let own = &ada.ids[&route.kind()][0];
        let uppercase = own.to_uppercase();
        for wrong in ["x", "%00", "%20", "..%2F..%2Fusers", "%C3%A9", &format!("{own}x"), &uppercase] {
            assert_not_found(&ada.user, route, &route.path_with(wrong, "x")).await;
        }
    }
    assert_eq!(ada.all_records().await, before);
}

#[tokio::test]
#[ignore = "some thousand requests; .ci/run runs it"]
async fn without_a_token_no_route_reveals_what_exists() {
    let stack = stack();
    let ada = Owner::new(&stack, "ada").await;
    let before = ada.all_records().await;
    for route in authenticated_routes(&stack) {
        let ids = if route.takes_id() { ada.ids[&route.kind()].clone() } else { vec![String::new()] };
        for id in ids {
            let path = route.path_with(&id, if route.takes_id() { ada.link(route.kind()) } else { "" });
            for body in bodies() {
                let request = stack.http.request(route.method.clone(), stack.url(&path));
                let request = if route.method == Method::GET { request } else { request.json(&body) };
                let answer = Answer::of(request).await;
                assert_eq!(answer.status, 401, "{} {path}: {}", route.method, answer.text());
                answer.assert(401, &not_signed_in());
            }
        }
    }
    assert_eq!(ada.all_records().await, before);
}

/// All routes that return lists, each with the cursor of its second page, or an empty text if there is none.
async fn cursors(owner: &Owner) -> Vec<(Route, String)> {
    let mut found = Vec::new();
    for route in
        authenticated_routes(&owner.user.stack).into_iter().filter(|route| route.method == Method::GET)
    {
        let id = if route.takes_id() { owner.ids[&route.kind()][0].as_str() } else { "" };
        // The pages of this route have one size, and it refuses other parameters.
        let limit = if route.path == "/download-files" { "" } else { "?limit=1" };
        let path = route.path_with(id, "").replace("?size=200", "");
        let answer = owner.user.get(&format!("{path}{limit}")).await;
        let Some(next) = serde_json::from_slice::<Value>(&answer.bytes)
            .ok()
            .and_then(|body| body.as_object().and_then(|body| body.get("next").cloned()))
        else {
            continue;
        };
        let cursor = next.as_str().and_then(|next| next.split_once("cursor=")).map(|(_, cursor)| cursor);
        found.push((route, cursor.unwrap_or_default().to_owned()));
    }
    found
}

#[tokio::test]
#[ignore = "some thousand requests; .ci/run runs it"]
async fn the_cursor_of_another_user_reveals_nothing_on_any_list() {
    let stack = stack();
    let (ada, eve) = (Owner::new(&stack, "ada").await, Owner::new(&stack, "eve").await);
    let lists = cursors(&ada).await;
    let paths: Vec<_> = lists.iter().map(|(route, _)| route.path.as_str()).collect();
    for path in ["/api/files", "/api/images", "/api/resource", "/api/users/me/sessions", "/api/all_files"] {
        assert!(paths.contains(&path), "{path} is missing in {paths:?}");
    }
    let without: Vec<_> =
        lists.iter().filter(|(_, cursor)| cursor.is_empty()).map(|(route, _)| &route.path).collect();
    // Pages of this route have a thousand files.
    assert_eq!(without, ["/download-files"], "these lists have no second page");
    for (route, _) in &lists {
        for (from, cursor) in lists.iter().filter(|(_, cursor)| !cursor.is_empty()) {
            let id = if route.takes_id() { eve.ids[&route.kind()][0].as_str() } else { "" };
            let path = format!("{}?cursor={cursor}", route.path_with(id, ""));
            let answer = eve.user.get(&path).await;
            if answer.status != 200 {
                answer.assert(400, &json!({"cursor": ["Invalid cursor."]}));
            }
            let seen = answer.text();
            let shown = ada.private_ids().into_iter().find(|secret| seen.contains(secret));
            assert_eq!(shown, None, "{path}, with a cursor of {}", from.path);
        }
    }
}
