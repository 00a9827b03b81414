use super::super::routing::Routes;
use super::route;

/// The route for a request, and what its variables stand for.
fn taken(routes: &[&str], method: &str, path: &str) -> Option<(String, Vec<(String, String)>)> {
    let routes = Routes::new(&routes.iter().map(|key| route(key)).collect::<Vec<_>>());
    let segments: Vec<String> = path[1..].split('/').map(str::to_owned).collect();
    let found = routes.find(method, &segments)?;
    Some((found.route.function.clone(), found.parameters.into_iter().collect()))
}

fn key(routes: &[&str], method: &str, path: &str) -> Option<String> {
    taken(routes, method, path).map(|(key, _)| key)
}

#[test]
fn the_most_specific_route_wins_whatever_their_order() {
    // The example of the API Gateway developer guide.
    let routes = ["ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"];
    assert_eq!(key(&routes, "GET", "/pets/dog/1").as_deref(), Some("GET /pets/dog/1"));
    assert_eq!(key(&routes, "GET", "/pets/dog/2").as_deref(), Some("GET /pets/dog/{id}"));
    assert_eq!(key(&routes, "GET", "/pets/cat/1").as_deref(), Some("GET /pets/{proxy+}"));
    assert_eq!(key(&routes, "POST", "/test/5").as_deref(), Some("ANY /{proxy+}"));
}

#[test]
fn a_full_match_beats_a_greedy_variable() {
    let routes = ["GET /files/{rest+}", "GET /{kind}/all"];
    assert_eq!(key(&routes, "GET", "/files/all").as_deref(), Some("GET /{kind}/all"));
}

#[test]
fn a_method_beats_any() {
    let routes = ["ANY /files", "GET /files"];
    assert_eq!(key(&routes, "GET", "/files").as_deref(), Some("GET /files"));
    assert_eq!(key(&routes, "PUT", "/files").as_deref(), Some("ANY /files"));
}

#[test]
fn another_method_and_another_length_find_nothing() {
    let routes = ["GET /files/{id}"];
    for (method, path) in [
        ("HEAD", "/files/1"),
        ("POST", "/files/1"),
        ("GET", "/files"),
        ("GET", "/files/"),
        ("GET", "/files/1/2"),
        ("GET", "/"),
        ("GET", "/FILES/1"),
    ] {
        assert_eq!(key(&routes, method, path), None, "{method} {path}");
    }
}

#[test]
fn variables_stand_for_segments_and_greedy_ones_for_the_rest() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let (_, parameters) = taken(&["GET /s/{token}/of/{id}"], "GET", "/s/a b/of/c").expect("a route");
    assert_eq!(parameters, [pair("id", "c"), pair("token", "a b")]);
    let (_, parameters) = taken(&["GET /s/{rest+}"], "GET", "/s/a/b").expect("a route");
    assert_eq!(parameters, [pair("rest", "a/b")]);
}

#[test]
fn the_root_is_a_route_of_its_own() {
    assert_eq!(key(&["GET /"], "GET", "/").as_deref(), Some("GET /"));
    assert_eq!(key(&["GET /{all+}"], "GET", "/"), None);
}
